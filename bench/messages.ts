import { randomBytes } from '../common/crypto/node.js';
import { CELL } from '../common/wire/limits.js';

const COUNTER = 16;

/** What stands for ciphertext: as little compressible, and made once. */
const noise = randomBytes(CELL);

/** The messages of one direction: a head, a counter, the same bytes in each, and a tail where they have one. */
export class Messages {
  readonly #template: Buffer;
  readonly #counterEnd: number;
  #count = 0;

  /** @param length of each message, head and tail included */
  constructor(private readonly head: Buffer, length: number, tail: Buffer = Buffer.alloc(0)) {
    this.#counterEnd = head.length + COUNTER;
    const rest = noise.subarray(0, length - this.#counterEnd - tail.length);
    this.#template = Buffer.concat([head, Buffer.alloc(COUNTER), rest, tail]);
  }

  /** How many were made, or checked. */
  get count(): number {
    return this.#count;
  }

  next(): Buffer {
    const message = Buffer.from(this.#template);
    message.writeUIntLE(this.#count++, this.head.length, 6);
    return message;
  }

  /** Throws unless it is the next one, with every byte of it. */
  check(message: Buffer): void {
    const { length } = this.#template;
    const whole = message.length === length
      && this.#same(message, 0, this.head.length) && this.#same(message, this.#counterEnd, length);
    if (!whole) throw new Error('A message of the bench was changed on its way.');
    const counter = message.readUIntLE(this.head.length, 6);
    if (counter !== this.#count) throw new Error(`Message ${counter} came in the place of ${this.#count}.`);
    this.#count++;
  }

  #same(message: Buffer, from: number, to: number): boolean {
    return message.compare(this.#template, from, to, from, to) === 0;
  }
}
