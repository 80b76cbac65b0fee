import { counterBytes, readCounter, COUNTER } from '../../../common/crypto/ratchet.js';
import { WireError } from '../../../common/errors.js';
import { UNRECEIPTED_MAX } from '../../../common/wire/limits.js';

export interface Text {
  readonly id: string;
  readonly bytes: Buffer;
}

/** Texts that may wait for their turn in one conversation: a book, but not all of memory. */
export const WAITING_MAX = 1_000;

/** What one has said: texts that wait, and texts that were sent and have no receipt (docs/PROTOCOL.md part 5). */
export class Outgoing {
  readonly #waiting: Text[] = [];
  /** Said while it is open whether they are signed: they wait behind the others. */
  readonly #held: Text[] = [];
  readonly #unreceipted = new Map<bigint, string>();
  /** The last receipt covered all texts up to here. */
  #receipted = -1n;

  get full(): boolean {
    return this.#waiting.length + this.#held.length >= WAITING_MAX;
  }

  /** @param held it waits until `release`, or is given back by `takeHeld` */
  add(text: Text, held = false): void {
    (held ? this.#held : this.#waiting).push(text);
  }

  release(): void {
    this.#waiting.push(...this.#held.splice(0));
  }

  /** @returns the ids of those that were held, which are not sent */
  takeHeld(): string[] {
    return this.#held.splice(0).map(({ id }) => id);
  }

  /** The next text, if one waits and no more than 64 are on their way. */
  next(): Text | undefined {
    return this.#unreceipted.size < UNRECEIPTED_MAX ? this.#waiting[0] : undefined;
  }

  /** Takes out those that wait and have more bytes. @returns their ids */
  takeLonger(bytes: number): string[] {
    const longer = this.#waiting.filter((text) => text.bytes.length > bytes);
    this.#waiting.splice(0, Infinity, ...this.#waiting.filter((text) => !longer.includes(text)));
    return longer.map(({ id }) => id);
  }

  /** The text at the front was sealed as this record. */
  sent(counter: bigint): void {
    this.#unreceipted.set(counter, this.#waiting.shift()!.id);
  }

  /**
   * The peer says that it has shown all texts up to a counter.
   * @param records how many have been sent
   * @returns their ids. Throws WireError 'malformed' where the receipt falls back or goes beyond what was sent.
   */
  receipt(content: Buffer, records: bigint): string[] {
    if (content.length !== COUNTER) throw new WireError('malformed', 'receipt: not 16 bytes');
    const upTo = readCounter(content);
    if (upTo < this.#receipted || upTo >= records) throw new WireError('malformed', 'receipt: of what was not sent');
    this.#receipted = upTo;
    const shown: string[] = [];
    for (const [counter, id] of this.#unreceipted) {
      if (counter > upTo) break;
      this.#unreceipted.delete(counter);
      shown.push(id);
    }
    return shown;
  }

  /** The peer says that a text came too late. @returns its id. Throws WireError 'malformed' for what was not sent. */
  discarded(content: Buffer): string {
    const id = content.length === COUNTER ? this.#unreceipted.get(readCounter(content)) : undefined;
    if (id === undefined) throw new WireError('malformed', 'discarded: of what was not sent');
    this.#unreceipted.delete(readCounter(content));
    return id;
  }

  /** Texts that are on their way, and not known to have arrived. */
  get unconfirmed(): boolean {
    return this.#unreceipted.size > 0;
  }

  /** Ids of what was never sent, and of what was sent and not confirmed. */
  left(): { unsent: string[]; unconfirmed: string[] } {
    const unsent = [...this.#waiting, ...this.#held].map(({ id }) => id);
    return { unsent, unconfirmed: [...this.#unreceipted.values()] };
  }
}

/** What one has shown: the receipt that is due. */
export class Incoming {
  #upTo: bigint | undefined;

  shown(counter: bigint): void {
    this.#upTo = counter;
  }

  get due(): boolean {
    return this.#upTo !== undefined;
  }

  /** The content of the receipt; none is due afterwards. */
  receipt(): Buffer {
    const content = counterBytes(this.#upTo ?? 0n);
    this.#upTo = undefined;
    return content;
  }
}
