import { CELL, handshakeCell, M1, readHandshakeCell, refusalIn } from '../../support/attacker/cells.js';
import { Initiator, loginT0 } from '../../support/attacker/exchange.js';
import type { Line } from '../../support/attacker/line.js';
import { list } from '../../support/attacker/session.js';
import { X25519 } from '../../support/attacker/suites.js';
import { type Attack, type Field, Verdict } from './attack.js';
import { enter, knock, leave } from './doors.js';
import { MALFORMED, NOT_AUTHENTICATED } from './outcomes.js';
import { Tape } from './tape.js';

/** Somebody's login and their first record, as somebody on the way has them. */
interface Recording {
  readonly m1: Buffer;
  readonly m3: Buffer;
  readonly record: Buffer;
}

/** M1 is said and M2 has come. */
async function opened(field: Field, m1: Buffer): Promise<Line> {
  const line = await knock(field);
  line.write(m1);
  await line.read(CELL);
  return line;
}

async function refusedWith(
  verdict: Verdict, what: string, line: Line, code: number, ...bytes: Buffer[]
): Promise<void> {
  line.write(Buffer.concat(bytes));
  const cell = await line.read(CELL);
  const came = cell && refusalIn(cell);
  const words = came === undefined ? 'LET IN' : `refused with ${came}`;
  verdict.expect(came === code, `${what}: ${cell ? words : 'closed without a word'}`);
  await line.gone().catch(() => verdict.expect(false, `${what}: the connection stays open`));
  line.socket.destroy();
}

async function replays(field: Field, verdict: Verdict, when: string, { m1, m3, record }: Recording): Promise<void> {
  const tries: [what: string, code: number, first: Buffer, behind: Buffer[]][] = [
    ['the whole login', NOT_AUTHENTICATED, m1, [m3]],
    ['the whole login with its first record', MALFORMED, m1, [m3, record]],
    ["M3 behind another's M1", NOT_AUTHENTICATED, freshM1(field, 1), [m3]],
    ["M3 behind a new M1 of the same user", NOT_AUTHENTICATED, freshM1(field, 0), [m3]],
    ['M1 in the place of M3', MALFORMED, m1, [m1]],
  ];
  await Promise.all(tries.map(async ([what, code, first, behind]) =>
    refusedWith(verdict, `${what}, ${when}`, await opened(field, first), code, ...behind)));
}

function freshM1(field: Field, insider: 0 | 1): Buffer {
  const { name, person } = field.insiders[insider];
  return handshakeCell(M1, new Initiator(name, { t0: loginT0, person }, [X25519]).body1);
}

/** Two handshakes of the same user at once, and each M3 in the other's place. */
async function crossed(field: Field, verdict: Verdict): Promise<void> {
  const [{ name, person, certificates }] = field.insiders;
  const both = await Promise.all([0, 1].map(async () => {
    const initiator = new Initiator(name, { t0: loginT0, person, certificates }, [X25519]);
    const line = await knock(field);
    line.write(handshakeCell(M1, initiator.body1));
    const { body3 } = initiator.answer(readHandshakeCell((await line.read(CELL))!).body, field.server);
    return { line, m3: handshakeCell(3, body3) };
  }));
  await Promise.all(both.map(({ line }, at) =>
    refusedWith(verdict, 'M3 of another handshake of the same user', line, NOT_AUTHENTICATED, both[1 - at]!.m3)));
}

export const replayedLogin: Attack = {
  row: 'A9',
  title: 'a recorded login replayed',
  async run(field) {
    const verdict = new Verdict();
    let tape: Tape;
    const session = await enter(field, field.insiders[0], (line) => (tape = new Tape(line)));
    session.say(list());
    await session.expect('list');
    const recording = { m1: tape!.sentCell(0), m3: tape!.sentCell(1), record: tape!.sentCell(2) };
    await replays(field, verdict, 'the user online', recording);
    leave(session);
    await replays(field, verdict, 'the user gone', recording);
    await crossed(field, verdict);
    return verdict.finding(
      'a login replayed whole and with its record, M3 in other connections, that of two handshakes swapped; '
        + 'the user online and not',
      'refused with 3, the same whether the user is online; with 1 where more is behind M3',
    );
  },
};
