import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { u16 } from '../support/attacker/bytes.js';
import { CELL, handshakeCell } from '../support/attacker/cells.js';
import { frwd, kind, pubk } from '../support/attacker/conversation.js';
import { Initiator, loginT0, Responder } from '../support/attacker/exchange.js';
import { newPerson } from '../support/attacker/primitives.js';
import { type Message, Sealer } from '../support/attacker/records.js';
import { erro, exchReason, message } from '../support/attacker/session.js';
import { fieldOf, withstands } from '../support/attack-field.js';
import { ClientStage } from '../support/client-stage.js';
import type { Role } from '../support/puppet-bob.js';
import { TestServer } from '../support/test-server.js';
import { handshakeOutOfTurn } from './live/A8-out-of-turn-handshake.js';
import { sessionOutOfTurn } from './live/A8-out-of-turn-session.js';

for (const attack of [handshakeOutOfTurn, sessionOutOfTurn]) {
  test(`A8, the server: ${attack.title}`, async (t) => {
    await withstands(t, attack, fieldOf(t, await TestServer.start(t)));
  });
}

const ID = Buffer.alloc(8, 0x11);
const stranger = newPerson();
const aboutBob = (command: string) => Buffer.from(`${command}bob`);
const introduction = (role: Role, peer = 'bob') =>
  pubk({ conversation: ID, role, peer, certificates: [], spki: stranger.spki });

/** Bodies that are right somewhere: each kind has to be refused for being out of turn and for nothing else. */
const initiator = new Initiator('', { t0: loginT0, person: stranger }, [2]);
const { body2 } = new Responder(initiator.body1, { t0: loginT0, person: stranger });
const bodies = [initiator.body1, initiator.body1, body2, initiator.answer(body2).body3, randomBytes(CELL - 66)];

test('A8, the client: cells in the place of M2', async (t) => {
  const types = [0, 1, 3, 4, 14, 16, 255].map((each): [string, Buffer] => [`type ${each}`, handshakeCell(each, body2)]);
  const others: [string, Buffer][] = [
    ['zeros', Buffer.alloc(CELL)],
    ['a record', new Sealer('alice', randomBytes(32)).seal([message('welc', '{}')])],
    ['a refusal with a code that there is not', handshakeCell(15, u16(99))],
    ['a refusal with a byte behind it', handshakeCell(15, Buffer.of(0, 3, 0))],
  ];
  for (const [what, cell] of [...types, ...others]) {
    const stage = await ClientStage.open(t, { faults: { cell: () => cell } });
    await stage.told('closed');
    t.match(stage.events, [{ event: 'closed', status: 3 }], what);
    t.equal(stage.sent, CELL, `${what}: M1, and no M3`);
  }
});

/** Every command of a server, with a payload that is right for it. */
const serverSays: Message[] = [
  ...['reqt', 'call', 'refu', 'cach'].map((each) => message(each, 'bob')), introduction('caller'),
  frwd(ID, kind.P1, initiator.body1), exchReason(ID, 0), message('list', Buffer.of(0)), erro(1, aboutBob('chat')),
  message('ping', 'x'), message('pong'), message('exit'),
];

test('A8, the client: anything in the place of welc', async (t) => {
  const wrong = [...serverSays, message('chat', 'bob'), message('acpt', 'bob'), message('root'), message('WELC', '{}')];
  for (const each of wrong) {
    const stage = await ClientStage.open(t, { welcome: null });
    await stage.comes();
    stage.session.say(each, message('welc', '{}'));
    await stage.told('closed');
    t.match(stage.events, [{ event: 'closed', status: 3 }], each.command);
    t.equal(stage.sent, 2 * CELL, `${each.command}: M1 and M3, and nothing to that`);
  }
});

test('A8, the client: cells in the place of M4', async (t) => {
  for (const [cell, status] of [
    [handshakeCell(1, initiator.body1), 3], [handshakeCell(2, body2), 3], [Buffer.alloc(CELL), 3],
    [handshakeCell(15, u16(3)), 4], [handshakeCell(15, u16(4)), 4],
  ] as const) {
    const stage = await ClientStage.open(t, { welcome: null });
    await stage.comes();
    stage.session.line.write(cell);
    await stage.told('closed');
    t.match(stage.events, [{ event: 'closed', status }], cell.toString('hex', 4, 10));
  }
});

const ENDS = 'closed 5';
const UNASKED = 'warning unasked, > exch';

type Row = [what: string, said: Message[], due: string];

/** Without a call, a conversation or a question: what comes of each command (part 4). */
const idle: Row[] = [
  ['welc again', [message('welc', '{}')], ENDS],
  ['reqt, once', [message('reqt', 'bob'), message('reqt', 'bob')], 'request'],
  ['call that nobody made', [message('call', 'bob')], ''],
  ['refu of no call', [message('refu', 'bob')], ''],
  ['cach of no request', [message('cach', 'bob')], ''],
  ['pubk, caller', [introduction('caller')], UNASKED],
  ['pubk, receiver', [introduction('receiver')], UNASKED],
  ['pubk with her own name', [introduction('caller', 'alice')], UNASKED],
  ['frwd in no conversation', [1, 2, 3, 4].map((each) => frwd(ID, each, bodies[each]!)), ''],
  ['exch of no conversation', [exchReason(ID, 0)], ''],
  ['list that nobody asked for', [message('list', Buffer.of(0))], ''],
  ...[1, 2, 3, 4, 5, 7, 8].map((code): Row =>
    [`erro ${code}`, ['chat', 'cach', 'acpt', 'refu'].map((each) => erro(code, aboutBob(each))), '']),
  ['erro 6', [erro(6, Buffer.concat([Buffer.from('frwd'), ID])), erro(6)], ''],
  ['erro that there is not', [erro(99, aboutBob('chat'))], ''],
  ['pong of no ping', [message('pong')], ENDS],
  ['exit', [message('exit')], ENDS],
  ...['chat', 'acpt', 'root', 'PING', 'wel\x01'].map((each): Row => [`${each} of a server`, [message(each, 'bob')], ENDS]),
];

test('A8, the client: every command without a reason', async (t) => {
  for (const [what, said, due] of idle) {
    const stage = await ClientStage.ready(t);
    t.equal(await stage.afterwards(...said), due, what);
  }
});

test('A8, the client: a ping before the answer to the last one has left', async (t) => {
  const stage = await ClientStage.open(t, { welcome: '{"rate":{"messages":1,"seconds":3600}}' });
  await stage.told('ready');
  stage.session.say(message('ping', '1'), message('ping', '2'));
  await stage.session.expect('pong', ({ payload }) => payload.toString() === '1');
  t.equal(stage.events.length, 1, 'one may wait for the rate');
  stage.session.say(message('ping', '3'));
  await stage.told('closed');
  t.match(stage.events.at(-1), { event: 'closed', status: 5 });
});

/** What alice did, what the server says to it, and what comes of that. */
const calls: [what: string, before: (stage: ClientStage) => Promise<void>, said: Message[], due: string][] = [
  ['call', calling, [message('call', 'bob')], 'calling'],
  ['cach by who is called', calling, [message('cach', 'bob')], ''],
  ['refu, twice', calling, [message('refu', 'bob'), message('refu', 'bob')], 'refused'],
  ['pubk in the other role', calling, [introduction('receiver')], UNASKED],
  ['pubk of another', calling, [introduction('caller', 'user3')], UNASKED],
  ['pubk behind refu', calling, [message('refu', 'bob'), introduction('caller')], `refused, ${UNASKED}`],
  ['erro about it, twice', calling, [erro(1, aboutBob('chat')), erro(7, aboutBob('chat'))], 'error not-online'],
  ['erro about another command', calling, [erro(5, aboutBob('cach')), erro(5, aboutBob('acpt'))], ''],
  ['pubk as the receiver', requested, [introduction('receiver')], UNASKED],
  ['refu and call', requested, [message('refu', 'bob'), message('call', 'bob')], ''],
  ['cach, twice', requested, [message('cach', 'bob'), message('cach', 'bob')], 'cancelled'],
  ['pubk as the caller', accepted, [introduction('caller')], UNASKED],
  ['pubk behind cach', accepted, [message('cach', 'bob'), introduction('receiver')], `cancelled, ${UNASKED}`],
  ['erro 5', accepted, [erro(5, aboutBob('acpt'))], 'error no-request'],
  ['pubk that crossed cach', withdrawn, [introduction('caller')], '> exch'],
  ['pubk that crossed cach, twice', withdrawn, [introduction('caller'), introduction('caller')],
    'warning unasked, > exch, > exch'],
];

async function calling(stage: ClientStage): Promise<void> {
  stage.do({ do: 'chat', with: 'bob' });
  await stage.session.expect('chat');
}

async function requested(stage: ClientStage): Promise<void> {
  stage.session.say(message('reqt', 'bob'));
  await stage.told('request');
}

async function accepted(stage: ClientStage): Promise<void> {
  await requested(stage);
  stage.do({ do: 'accept', with: 'bob' });
  await stage.session.expect('acpt');
}

async function withdrawn(stage: ClientStage): Promise<void> {
  await calling(stage);
  stage.do({ do: 'cancel', with: 'bob' });
  await stage.session.expect('cach');
}

test('A8, the client: commands in a call', async (t) => {
  for (const [what, before, said, due] of calls) {
    const stage = await ClientStage.ready(t);
    await before(stage);
    t.equal(await stage.afterwards(...said), due, `${before.name}: ${what}`);
  }
});
