import { randomBytes } from 'node:crypto';
import { CELL, handshakeCell, M1, M3, readHandshakeCell, refusalIn } from '../../support/attacker/cells.js';
import { Initiator, loginT0 } from '../../support/attacker/exchange.js';
import type { Line } from '../../support/attacker/line.js';
import { Sealer } from '../../support/attacker/records.js';
import { message } from '../../support/attacker/session.js';
import { X25519 } from '../../support/attacker/suites.js';
import { type Attack, type Field, Verdict } from './attack.js';
import { forEach } from './crowd.js';
import { knock } from './doors.js';
import { MALFORMED } from './outcomes.js';

const TYPES = [0, 1, 2, 3, 4, 14, 15, 16, 255];

interface Bodies {
  readonly body1: Buffer;
  readonly body3: Buffer;
}

type Cell = (bodies: Bodies) => Buffer;

/** Every type of cell that is not due, with a body that would be right elsewhere, and a record. */
const cellsBut = (due: number): [what: string, cell: Cell][] => [
  ...TYPES.filter((type) => type !== due).map((type): [string, Cell] =>
    [`type ${type}`, ({ body1, body3 }) => handshakeCell(type, type === M3 ? body3 : body1)]),
  ['a record', () => new Sealer('alice', randomBytes(32)).seal([message('list', Buffer.alloc(2))])],
  ['zeros', () => Buffer.alloc(CELL)],
];

/** One cell out of turn: refusal 1 at once, and the end. */
async function say(line: Line, verdict: Verdict, what: string, bytes: Buffer): Promise<void> {
  line.write(bytes);
  const cell = await line.read(CELL);
  const code = cell && refusalIn(cell);
  verdict.expect(code === MALFORMED, `${what}: ${code === undefined ? 'no refusal' : `refusal ${code}`}`);
  await line.gone().catch(() => verdict.expect(false, `${what}: not closed`));
  verdict.expect(line.waiting === 0, `${what}: more came behind the refusal`);
  line.socket.destroy();
}

/** A client before M1, and its bodies: M3 is there as soon as M2 is. */
async function begin(field: Field): Promise<{ line: Line; initiator: Initiator }> {
  const [{ name, person, certificates }] = field.insiders;
  return { line: await knock(field), initiator: new Initiator(name, { t0: loginT0, person, certificates }, [X25519]) };
}

async function beforeM1(field: Field, verdict: Verdict, what: string, cell: Cell): Promise<void> {
  const { line, initiator: { body1 } } = await begin(field);
  await say(line, verdict, `${what} in the place of M1`, cell({ body1, body3: body1 }));
}

async function beforeM3(field: Field, verdict: Verdict, what: string, cell: Cell): Promise<void> {
  const { line, initiator } = await begin(field);
  line.write(handshakeCell(M1, initiator.body1));
  const { body3 } = initiator.answer(readHandshakeCell((await line.read(CELL))!).body);
  await say(line, verdict, `${what} in the place of M3`, cell({ body1: initiator.body1, body3 }));
}

export const handshakeOutOfTurn: Attack = {
  row: 'A8',
  title: 'cells out of turn before the login is done',
  async run(field) {
    const verdict = new Verdict();
    const [first, third] = [cellsBut(M1), cellsBut(M3)];
    await forEach(first, 16, ([what, cell]) => beforeM1(field, verdict, what, cell));
    await forEach(third, 16, ([what, cell]) => beforeM3(field, verdict, what, cell));
    return verdict.finding(
      `${first.length} cells in the place of M1, ${third.length} in that of M3: each other type, a record, zeros`,
      'each refused with 1 at once, and closed',
    );
  },
};
