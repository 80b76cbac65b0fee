import { counterBytes, u32, u8 } from './bytes.js';
import { CELL } from './cells.js';
import type { RecordFaults } from './faults.js';
import { expand, gcmOpen, gcmSeal } from './primitives.js';

/** A message of part 3 of docs/PROTOCOL.md: four letters and a payload. */
export interface Message {
  readonly command: string;
  readonly payload: Buffer;
}

const HEADER = 33;
const OVERHEAD = 49;
const RECORDS_PER_KEY = 2n ** 20n;

/** The key of one direction, which moves on by itself. */
class Direction {
  counter = 0n;

  constructor(readonly username: string, public key: Buffer) {}

  step(): void {
    this.counter += 1n;
    if (this.counter % RECORDS_PER_KEY === 0n) this.key = expand(this.key, 'MessageApp/2 key update', 32);
  }
}

export const header = (username: string, counter: bigint, k: number): Buffer =>
  Buffer.concat([Buffer.from(username.padEnd(16, '\0')), counterBytes(counter), u8(k)]);

export const pack = (messages: readonly Message[]): Buffer =>
  Buffer.concat(messages.flatMap(({ command, payload }) => [Buffer.from(command), u32(payload.length), payload]));

export class Sealer extends Direction {
  /** A record with these messages, in as few cells as hold them or in `cells`. Not even its own counter stops it. */
  seal(messages: readonly Message[], faults: RecordFaults = {}, cells?: number): Buffer {
    return this.sealPlaintext(pack(messages), faults, cells);
  }

  sealPlaintext(content: Buffer, faults: RecordFaults = {}, cells = Math.max(1, Math.ceil((content.length + OVERHEAD) / CELL))): Buffer {
    const padded = Buffer.alloc(cells * CELL - OVERHEAD);
    content.copy(padded);
    const head = header(faults.username ?? this.username, faults.counter ?? this.counter, faults.k ?? cells);
    const sealed = gcmSeal(faults.key ?? this.key, faults.iv ?? head.subarray(16, 28), head, faults.plaintext?.(padded) ?? padded);
    this.step();
    const record = Buffer.concat([head, sealed]);
    return faults.record?.(record) ?? record;
  }
}

export class Opener extends Direction {
  /** How many cells the record has whose first cell this is; throws where its header is not the one that is due. */
  cellsOf(first: Buffer): number {
    const k = first[HEADER - 1]!;
    if (!first.subarray(0, HEADER).equals(header(this.username, this.counter, k)) || k < 1 || k > 16) throw new Error('the header of a record is wrong');
    return k;
  }

  open(record: Buffer): Message[] {
    const plaintext = gcmOpen(this.key, record.subarray(16, 28), record.subarray(0, HEADER), record.subarray(HEADER));
    this.step();
    const messages: Message[] = [];
    for (let at = 0; at < plaintext.length && plaintext[at] !== 0;) {
      const length = plaintext.readUInt32BE(at + 4);
      messages.push({ command: plaintext.toString('latin1', at, at + 4), payload: plaintext.subarray(at + 8, at + 8 + length) });
      at += 8 + length;
    }
    return messages;
  }
}
