import { RecordOpener } from '../crypto/record-key.js';
import type { Secret } from '../crypto/secret.js';
import { WireError } from '../errors.js';
import { CELL, RECORD_CELLS_MAX } from '../wire/limits.js';
import { unpackMessages } from '../wire/record.js';

interface Waiting {
  readonly cells: number;
  /** A view on the chunk where the record came in one piece; else its own memory, whatever the pieces. */
  bytes: Buffer;
  borrowed: boolean;
  missing: number;
}

/** Username, counter and k. */
const HEADER_COMPARED = 33;
const EMPTY = Buffer.alloc(0);

/**
 * Takes in the bytes of one direction however they are cut, and gives records in their order, unopened until they are
 * asked for. A header is compared with the one expected before a byte behind it is kept (docs/PROTOCOL.md part 3).
 */
export class Inbox<C extends string> {
  readonly #opener: RecordOpener;
  readonly #records: Waiting[] = [];
  #head: Buffer = EMPTY;
  #cells = 0;

  constructor(username: string, key: Secret, private readonly table: Readonly<Record<C, unknown>>, counter = 0n) {
    this.#opener = new RecordOpener(username, key, counter);
  }

  /** Cells taken in, or announced and on their way, that have not been opened. */
  get waitingCells(): number {
    return this.#cells;
  }

  /** True inside a record: a connection that ends here was cut. */
  get partial(): boolean {
    return this.#head.length > 0 || (this.#records.at(-1)?.missing ?? 0) > 0;
  }

  /**
   * Where something wrong follows whole records, these count: it must not matter how the bytes were cut.
   * Throws WireError 'bad-record' as soon as a header is not the one expected, and what `work` throws.
   * @param chunk is there only until this returns
   * @param work opens what is whole, or leaves it for later
   */
  push(chunk: Buffer, work: () => void = () => undefined): void {
    try {
      let rest = chunk;
      while (rest.length > 0) {
        const last = this.#records.at(-1);
        rest = last && last.missing > 0 ? this.#fill(last, rest) : this.#begin(rest);
      }
    } finally {
      try {
        work();
      } finally {
        if (this.#records.length > 0) this.#keep();
      }
    }
  }

  #keep(): void {
    for (const record of this.#records) {
      if (!record.borrowed) continue;
      record.bytes = Buffer.from(record.bytes);
      record.borrowed = false;
    }
  }

  #fill(record: Waiting, bytes: Buffer): Buffer {
    const length = record.cells * CELL;
    const taken = Math.min(bytes.length, record.missing);
    if (taken === length) {
      record.bytes = bytes.length === length ? bytes : bytes.subarray(0, length);
      record.borrowed = true;
    } else {
      if (record.missing === length) record.bytes = Buffer.allocUnsafeSlow(length);
      bytes.copy(record.bytes, length - record.missing, 0, taken);
    }
    record.missing -= taken;
    return taken === bytes.length ? EMPTY : bytes.subarray(taken);
  }

  #begin(bytes: Buffer): Buffer {
    const head = this.#head.length > 0 ? Buffer.concat([this.#head, bytes]) : bytes;
    if (head.length < HEADER_COMPARED) {
      this.#head = Buffer.from(head);
      return bytes.subarray(bytes.length);
    }
    const cells = head.readUInt8(HEADER_COMPARED - 1);
    if (!this.#opener.expects(head, this.#records.length)) {
      throw new WireError('bad-record', 'A record has another name or counter than the one expected.');
    }
    if (cells < 1 || cells > RECORD_CELLS_MAX) throw new WireError('bad-record', `A record of ${cells} cells.`);
    this.#cells += cells;
    this.#records.push({ cells, bytes: EMPTY, borrowed: false, missing: cells * CELL });
    this.#head = EMPTY;
    return head;
  }

  /** True where a whole record waits to be opened. */
  get ready(): boolean {
    return this.#records[0]?.missing === 0;
  }

  /**
   * Opens the next whole record, if there is one.
   * Throws WireError 'bad-record' where it does not verify, 'malformed' where its plaintext is none.
   */
  next(): { command: C; payload: Buffer }[] | undefined {
    if (!this.ready) return undefined;
    const { cells, bytes } = this.#records.shift()!;
    const plaintext = this.#opener.open(bytes);
    if (!plaintext) throw new WireError('bad-record', 'A record does not verify.');
    this.#cells -= cells;
    return unpackMessages(plaintext, this.table);
  }

  wipe(): void {
    this.#opener.wipe();
    this.#records.length = 0;
    this.#cells = 0;
  }
}
