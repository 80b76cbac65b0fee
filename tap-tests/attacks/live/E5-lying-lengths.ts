import { u16, u32 } from '../../support/attacker/bytes.js';
import { CELL } from '../../support/attacker/cells.js';
import { message, type Session } from '../../support/attacker/session.js';
import { type Attack, Verdict } from './attack.js';
import { enter } from './doors.js';
import { endsMalformed } from './outcomes.js';

/** A record whose plaintext is these bytes and zeros, or other bytes from `at` on. */
const plain = (...parts: readonly (Buffer | string)[]) => (session: Session): Buffer =>
  session.sealPlaintext(Buffer.concat(parts.map((part) => Buffer.from(part as string))));

const withK = (k: number, cells = 1) => (session: Session): Buffer =>
  session.seal([message('ping')], { k }, cells);

const CAPACITY = CELL - 49;

/** Whatever a length says that is not so: in the header of a record, of a message, and in payloads. */
const cases: [what: string, record: (session: Session) => Buffer][] = [
  ['k = 0', withK(0)],
  ['k = 17', withK(17)],
  ['k = 17, and 17 cells', withK(17, 17)],
  ['k = 255', withK(255)],
  ['k = 2 where there are 3 cells', withK(2, 3)],
  ['k = 3 where there are 2 cells, and a record behind them',
    (session) => Buffer.concat([withK(3, 2)(session), session.seal([message('ping')])])],
  ['no message', plain('')],
  ['a message cut off', plain(Buffer.alloc(0))],
  ['n past the end by 1', plain('ping', u32(CAPACITY - 8 + 1))],
  ['n = 2^31', plain('ping', u32(2 ** 31))],
  ['n = 2^32 - 1', plain('ping', u32(2 ** 32 - 1))],
  ['n as large as the record, a ping', plain('ping', u32(CAPACITY - 8))],
  ['n too small, the rest is no padding', plain('ping', u32(2), 'four')],
  ['n = 33 of a ping', plain('ping', u32(33), 'x'.repeat(33))],
  ['a head of 7 bytes at the end', plain('list', u32(CAPACITY - 8 - 7), Buffer.alloc(CAPACITY - 8 - 7), 'ping\0\0\0')],
  ['padding that is not zero', plain('ping', u32(0), Buffer.alloc(4_000), 'x')],
  ['a list whose prefix is longer than the payload', plain('list', u32(2), Buffer.of(200, 0))],
  ['a list with a byte behind it', plain('list', u32(3), Buffer.of(0, 0, 0))],
  ['a conversation of 7 bytes', plain('exch', u32(7), Buffer.alloc(7, 1))],
  ['frwd without a body', plain('frwd', u32(8), Buffer.alloc(8, 1))],
  ['a username of 17', plain('chat', u32(17), 'a'.repeat(17))],
  ['a username with a length before it', plain('chat', u32(7), u16(5), 'alice')],
];

export const lyingLengths: Attack = {
  row: 'E5',
  title: 'lengths that lie',
  async run(field) {
    const verdict = new Verdict();
    for (const [index, [what, record]] of cases.entries()) {
      if (!verdict.held) break;
      const session = await enter(field, field.insiders[index % 2]!);
      session.line.write(record(session));
      await endsMalformed(session, verdict, what);
    }
    return verdict.finding(
      `${cases.length} records: k of 0, 17, 255, or other than the cells; lengths of messages and fields that lie`,
      'erro 12 and the end, each time; the server waits for nothing that does not come',
    );
  },
};
