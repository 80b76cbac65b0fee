import { setImmediate as nextTurn } from 'node:timers/promises';
import { u32, u8 } from '../../support/attacker/bytes.js';
import { CELL } from '../../support/attacker/cells.js';
import { kind } from '../../support/attacker/conversation.js';
import type { Message } from '../../support/attacker/records.js';
import { message } from '../../support/attacker/session.js';
import { until } from '../../support/until.js';
import type { Honest } from './honest.js';

/** With fewer messages than this they are made as large as they may be. */
const MANY_PER_SECOND = 1_000;

/** Sealed bytes that wait in this process; the rest is made when they have gone. */
const AHEAD = 1024 * 1024;

/** Bytes of a cell that are not filling: header and tag, command and length, conversation, kind, number. */
const AROUND = 49 + 8 + 8 + 1 + 4;

/** Bodies with a number in each, as fast as the rate and the line allow. */
export class Numbers {
  /** How many have been said. */
  said = 0;
  readonly #cells: number;

  constructor(private readonly from: Honest, many = from.pace.spacing * MANY_PER_SECOND < 1_000) {
    this.#cells = many ? 1 : 16;
  }

  /** Of one message. */
  get bytes(): number {
    return this.#cells * CELL;
  }

  #next(conversation: Buffer): Message {
    const filling = Buffer.alloc(this.bytes - AROUND);
    return message('frwd', Buffer.concat([conversation, u8(kind.record), u32(this.said++), filling]));
  }

  /** The next one, or as many small ones as one record takes, when the rate and the line allow it. */
  async say(conversation: Buffer): Promise<void> {
    const { session: { line }, session, pace } = this.from;
    const count = Math.min(16 / this.#cells, pace.rate.messages);
    await pace.turn(count);
    session.say(...Array.from({ length: count }, () => this.#next(conversation)));
    // A turn for whoever else is in this process, and for what the server has to say to it.
    await nextTurn();
    const ahead = () => line.socket.writableLength > AHEAD && !line.closed;
    if (ahead()) await until('the line to take more', () => !ahead(), 60_000);
    if (line.closed) throw new Error('who only sent was cut');
  }

  /** So many at once, one a record, whatever the rate. */
  paste(conversation: Buffer, count: number): void {
    for (let n = 0; n < count; n++) this.from.session.say(this.#next(conversation));
  }
}

/** The numbers that came in a conversation, in the order in which they came. */
export const numbersIn = (heard: readonly Message[], conversation: Buffer): number[] =>
  heard.filter(({ command, payload }) => command === 'frwd' && payload.subarray(0, 8).equals(conversation))
    .map(({ payload }) => payload.readUInt32BE(9));

/** None is missing between the first and the last, and none is out of its order. */
export const isWhole = (numbers: readonly number[], first: number): boolean =>
  numbers.every((number, at) => number === first + at);
