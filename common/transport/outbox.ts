import type { Writable } from 'node:stream';
import type { Clock } from '../clock.js';
import { RecordSealer } from '../crypto/record-key.js';
import type { Secret } from '../crypto/secret.js';
import { CELL } from '../wire/limits.js';
import { cellsFor, messageLength, RECORD_CAPACITY_MAX, type RawMessage } from '../wire/record.js';
import { pack } from './packing.js';
import { atEndOfTurn } from './turn.js';

interface Queued extends RawMessage {
  payload: Buffer;
  readonly tag: string | undefined;
  readonly cells: number;
}

/**
 * Sealed bytes that are handed to the stream before it has to drain. More would only wait in another place, and a slow
 * line would look like one that takes nothing.
 */
const AHEAD = 64 * 1024;

/**
 * Sends messages in records (docs/PROTOCOL.md part 3). What is added in one turn of the event loop leaves in one
 * write, packed into as few records as hold it; while the stream is blocked, messages wait here, unsealed and counted.
 */
export class Outbox {
  readonly #sealer: RecordSealer;
  /** Made when there is something to count: a connection that says nothing needs none. */
  #cellsOf: Map<string, number> | undefined;
  #queue: Queued[] = [];
  /** So many at the beginning of the queue wait longer than their turn: they are counted, and keep no record in memory. */
  #kept = 0;
  #queuedCells = 0;
  #scheduled = false;
  #blockedSince: number | undefined;
  #closed = false;
  /** In one record: a server takes no more than its rate allows at once. */
  messagesMax = Infinity;
  /** The stream takes nothing more for now. */
  blocked: () => void = () => undefined;

  constructor(
    private readonly stream: Writable,
    username: string,
    key: Secret,
    private readonly clock: Clock,
    private readonly sent?: (header: Buffer, ciphertext: Buffer) => void,
    /** Of the first record. */
    counter = 0n,
  ) {
    this.#sealer = new RecordSealer(username, key, counter);
    stream.on('drain', this.#drained);
  }

  /** Cells that wait here, those of this turn too, and in the stream. */
  get cells(): number {
    return this.#queuedCells + Math.ceil(this.stream.writableLength / CELL);
  }

  /** Cells that wait here for one tag, and longer than this turn. */
  cellsOf(tag: string): number {
    return this.#cellsOf?.get(tag) ?? 0;
  }

  /** Since when, by the clock's monotonic time, the stream has taken nothing. */
  get blockedSince(): number | undefined {
    return this.#blockedSince;
  }

  /** @param tag says on whose account the message waits */
  add(command: string, payload: Buffer, tag?: string): void {
    if (this.#closed) return;
    const cells = cellsFor(messageLength(payload));
    this.#queue.push({ command, payload, tag, cells });
    this.#queuedCells += cells;
    if (this.#blockedSince !== undefined) this.#keep();
    this.#schedule();
  }

  /** Forgets what waits for a tag. */
  drop(tag: string): void {
    const left = (messages: readonly Queued[]) => messages.filter((message) => message.tag !== tag);
    for (const message of this.#queue) if (message.tag === tag) this.#queuedCells -= message.cells;
    this.#kept = left(this.#queue.slice(0, this.#kept)).length;
    this.#queue = left(this.#queue);
    this.#cellsOf?.delete(tag);
  }

  #count({ tag }: Queued, cells: number): void {
    if (tag === undefined) return;
    const total = this.cellsOf(tag) + cells;
    this.#cellsOf ??= new Map();
    if (total === 0) this.#cellsOf.delete(tag);
    else this.#cellsOf.set(tag, total);
  }

  #schedule(): void {
    if (this.#scheduled || this.#blockedSince !== undefined) return;
    this.#scheduled = true;
    atEndOfTurn(this.#flush);
  }

  readonly #flush = (): void => {
    this.#scheduled = false;
    if (this.#closed || this.#queue.length === 0) return;
    this.stream.cork();
    let taken = 0;
    while (taken < this.#queue.length && this.stream.writableLength < AHEAD) taken = this.#sealFrom(taken);
    this.#queue.splice(0, taken);
    this.#kept = Math.max(0, this.#kept - taken);
    this.#keep();
    this.stream.uncork();
    if (this.stream.writableNeedDrain) this.#block();
    else if (this.#queue.length > 0) this.#schedule();
  };

  #block(): void {
    if (this.#blockedSince !== undefined) return;
    this.#blockedSince = this.clock.now();
    this.blocked();
  }

  /** Seals one record from the message at `first` on; @returns the index behind its last message. */
  #sealFrom(first: number): number {
    let length = 0;
    let end = first;
    for (let message = this.#queue[end]; message; message = this.#queue[end]) {
      const longer = length + messageLength(message.payload);
      if (end > first && (longer > RECORD_CAPACITY_MAX || end - first >= this.messagesMax)) break;
      length = longer;
      this.#queuedCells -= message.cells;
      if (end < this.#kept) this.#count(message, -message.cells);
      end++;
    }
    const all = first === 0 && end === this.#queue.length;
    const [header, ciphertext] = this.#sealer.seal(pack(all ? this.#queue : this.#queue.slice(first, end)));
    this.sent?.(header, ciphertext);
    this.stream.write(header);
    this.stream.write(ciphertext);
    return end;
  }

  /** What waits longer than this turn does not keep the record that brought it. */
  #keep(): void {
    for (; this.#kept < this.#queue.length; this.#kept++) {
      const message = this.#queue[this.#kept]!;
      message.payload = compact(message.payload);
      this.#count(message, message.cells);
    }
  }

  readonly #drained = (): void => {
    this.#blockedSince = undefined;
    if (this.#queue.length > 0) this.#schedule();
  };

  /** Resolves once everything is sealed and with the stream, which is then to be ended, or once the stream is gone. */
  async flushed(): Promise<void> {
    while (this.#queue.length > 0 && !this.stream.destroyed) {
      await new Promise<void>((resolve) => {
        const woken = () => {
          this.stream.off('drain', woken).off('close', woken);
          resolve();
        };
        this.stream.on('close', woken);
        if (this.#blockedSince === undefined) setImmediate(woken);
        else this.stream.on('drain', woken);
      });
    }
  }

  /** Lets go of the key and of what waits; nothing is sent after it. */
  wipe(): void {
    this.#closed = true;
    this.stream.off('drain', this.#drained);
    this.#sealer.wipe();
    this.#queue = [];
    this.#kept = 0;
    this.#queuedCells = 0;
    this.#cellsOf = undefined;
  }
}

/** A payload is a view on the record that brought it: a small one would keep a large record in memory. */
function compact(payload: Buffer): Buffer {
  return payload.length * 4 < payload.buffer.byteLength ? Buffer.from(payload) : payload;
}
