import { Writable } from 'node:stream';

/** Takes bytes only while it is open; `written` is what it took. */
export class SlowStream extends Writable {
  readonly #taken: Buffer[] = [];
  /** Calls that reached it: a corked write of many buffers is one. */
  writes = 0;
  #open = true;
  #held: (() => void) | undefined;

  constructor(highWaterMark = 16 * 1024) {
    super({ highWaterMark });
  }

  get written(): Buffer {
    return Buffer.concat(this.#taken);
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.writes++;
    this.#taken.push(...chunks.map(({ chunk }) => chunk));
    if (this.#open) done();
    else this.#held = done;
  }

  /** From here on a write is not finished. */
  block(): void {
    this.#open = false;
  }

  unblock(): void {
    this.#open = true;
    const held = this.#held;
    this.#held = undefined;
    held?.();
  }
}
