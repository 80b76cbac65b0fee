import { CELL } from '../../support/attacker/cells.js';
import { message } from '../../support/attacker/session.js';
import { type Attack, type Field, type Insider, Verdict } from './attack.js';
import { forEach, spread, upTo } from './crowd.js';
import { affordable, enter } from './doors.js';
import { endsMalformed } from './outcomes.js';

/** Username, counter, k, tag. */
const HEADER_BITS = 49 * 8;
const K = 32;

/** Every bit of header and tag, and some of the ciphertext, the last among them. */
function bitsOf(field: Field): number[] {
  const ciphertext = upTo(CELL * 8).slice(HEADER_BITS);
  const bits = [...upTo(HEADER_BITS), ...spread(ciphertext, 60 * field.scale), CELL * 8 - 1];
  return spread(bits, affordable(field, bits.length));
}

async function flip(field: Field, insider: Insider, bit: number, verdict: Verdict): Promise<void> {
  const session = await enter(field, insider);
  const record = session.seal([message('ping', 'flipped')]);
  record[bit >> 3]! ^= 1 << (bit & 7);
  // Another k announces more cells: they come, so that the record is whole and has to be looked at.
  const cells = record[K]! <= 16 ? Math.max(1, record[K]!) : 1;
  session.line.write(Buffer.concat([record, Buffer.alloc((cells - 1) * CELL)]));
  await endsMalformed(session, verdict, `bit ${bit}`);
  verdict.expect(!session.heard.some(({ command }) => command === 'pong'), `bit ${bit}: the record was taken`);
}

export const bitsFlipped: Attack = {
  row: 'B6',
  title: 'single bits of a record flipped',
  async run(field) {
    const verdict = new Verdict();
    const bits = bitsOf(field);
    // One name is logged in once: the two insiders take turns, each with every other bit.
    await forEach(field.insiders, 2, async (insider, turn) => {
      for (let at = turn; at < bits.length && verdict.held; at += 2) await flip(field, insider, bits[at]!, verdict);
    });
    return verdict.finding(
      `${bits.length} sessions, in each one bit of a record: all of header and tag, some of the rest`,
      'erro 12 and the end, each time',
    );
  },
};
