import { handshakeCell, M1, M2, M3, REFUSAL } from '../../support/attacker/cells.js';
import { vec8 } from '../../support/attacker/bytes.js';
import { erro, message, type Session } from '../../support/attacker/session.js';
import type { Message } from '../../support/attacker/records.js';
import { type Attack, type Field, Verdict } from './attack.js';
import { callUp } from './calls.js';
import { enter, leave } from './doors.js';
import { answered, endsMalformed } from './outcomes.js';

const CONVERSATION = Buffer.alloc(8, 0x77);

/** What a client never says: the server's own commands, with payloads that fit them, and what is no command. */
const foreign = (peer: string): Message[] => [
  message('welc', '{}'), message('reqt', peer), message('call', peer),
  message('pubk', Buffer.concat([CONVERSATION, Buffer.of(0), vec8(peer), Buffer.of(0, 0, 1, 1)])),
  erro(1), message('erro'),
  message('CHAT', peer), message('root'), message('__pr'), message('get '), message('\x01\x01\x01\x01'),
  message('pong', 'that nobody asked for'),
];

/** What a login consists of, once more behind it. */
const cells = [M1, M2, M3, REFUSAL].map((type): [string, Buffer] =>
  [`a cell of type ${type}`, handshakeCell(type, Buffer.alloc(40, 1))]);

async function wrongWhenLoggedIn(field: Field, verdict: Verdict): Promise<number> {
  const steps: [what: string, bytes: (session: Session) => Buffer][] = [
    ...foreign(field.insiders[1].name).map((each): [string, (session: Session) => Buffer] =>
      [`${JSON.stringify(each.command)} of a client`, (session) => session.seal([each])]),
    ...cells.map(([what, cell]): [string, () => Buffer] => [what, () => cell]),
  ];
  for (const [index, [what, bytes]] of steps.entries()) {
    if (!verdict.held) break;
    const session = await enter(field, field.insiders[index % 2]!);
    session.line.write(bytes(session));
    await endsMalformed(session, verdict, what);
  }
  return steps.length;
}

/** Commands that the state does not allow get their `erro`, and change nothing (part 4). */
async function commandsWithoutReason(verdict: Verdict, alice: Session, bob: Session, absent: string): Promise<void> {
  const rows: [Session, Message, string][] = [
    [alice, message('chat', alice.username), 'erro 2'],
    [alice, message('chat', absent), 'erro 1'],
    [alice, message('cach', bob.username), 'erro 5'],
    [alice, message('acpt', bob.username), 'erro 5'],
    [bob, message('refu', alice.username), 'erro 5'],
    [bob, message('frwd', Buffer.concat([CONVERSATION, Buffer.of(4)])), 'erro 6'],
    [bob, message('exch', CONVERSATION), 'erro 6'],
    [bob, message('list', Buffer.alloc(2)), 'list'],
  ];
  for (const [session, said, due] of rows) await answered(verdict, session, 'without a call', said, due);
}

/** In a conversation: calls are at an end, and the relay carries whatever kind it is given. */
async function commandsInConversation(verdict: Verdict, alice: Session, bob: Session): Promise<void> {
  const { conversation } = await callUp(alice, bob);
  await answered(verdict, alice, 'in a conversation', message('chat', bob.username), 'erro 3');
  await answered(verdict, bob, 'in a conversation', message('acpt', alice.username), 'erro 5');
  for (const [from, to, kind] of [[alice, bob, 0], [bob, alice, 255]] as const) {
    const said = Buffer.concat([conversation, Buffer.of(kind, 1, 2, 3)]);
    from.say(message('frwd', said));
    const { payload } = await to.expect('frwd');
    verdict.expect(payload.equals(said), `kind ${kind} arrived as ${payload.toString('hex')}`);
  }
}

/** Behind `exit` the server throws away what still comes, in the same record, in a later one, or none at all. */
async function afterExit(verdict: Verdict, session: Session, other: Session): Promise<void> {
  session.say(message('exit'), message('ping', 'late'), message('chat', other.username));
  await session.expect('exit');
  session.say(message('chat', other.username));
  session.line.write(handshakeCell(M1, Buffer.alloc(40, 1)));
  await session.gone();
  const names = (heard: readonly Message[]) => heard.map(({ command }) => command).join(', ');
  verdict.expect(session.heard.length === 0, `behind exit: ${names(session.heard)}`);
  const heard = names(await other.settled());
  verdict.expect(heard === 'exch', `behind exit the other one heard: ${heard}`);
}

export const sessionOutOfTurn: Attack = {
  row: 'A8',
  title: 'commands and cells out of turn once logged in',
  async run(field) {
    const verdict = new Verdict();
    const wrong = await wrongWhenLoggedIn(field, verdict);
    const [alice, bob] = [await enter(field, field.insiders[0]), await enter(field, field.insiders[1])];
    await commandsWithoutReason(verdict, alice, bob, 'nobody-is-called');
    await commandsInConversation(verdict, alice, bob);
    await afterExit(verdict, alice, bob);
    leave(alice, bob);
    return verdict.finding(
      `${wrong} commands of the server, unknown ones and cells of a login said by a client; `
        + '10 commands in the wrong state; more behind exit',
      'erro 12 and the end; the erro that is documented, and nothing changed; silence',
    );
  },
};
