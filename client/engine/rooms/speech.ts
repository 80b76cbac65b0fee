import type { Epoch } from './epoch.js';

export interface Text {
  readonly id: string;
  readonly bytes: Buffer;
}

/** What went to the relay and has not come back; a receipt has no text. */
interface Flying {
  readonly epoch: Epoch;
  readonly record: Buffer;
  readonly text: Text | undefined;
}

/** A text that counts, and is not known to have been shown to all. */
interface Placed {
  readonly epoch: Epoch;
  /** Its number in the epoch. */
  readonly number: number;
  readonly text: Text;
}

/** Texts that may wait for their turn in one room. */
export const WAITING_MAX = 1_000;

/** What one says in a room: what waits, what is on its way to the relay, what counts and has no receipt of all. */
export class Speech {
  /** Came back without counting: they go before those that wait. */
  readonly #again: Text[] = [];
  readonly #waiting: Text[] = [];
  #flying: Flying[] = [];
  #placed: Placed[] = [];

  get full(): boolean {
    return this.#waiting.length >= WAITING_MAX;
  }

  get waits(): boolean {
    return this.#again.length > 0 || this.#waiting.length > 0;
  }

  add(text: Text): void {
    this.#waiting.push(text);
  }

  take(): Text | undefined {
    return this.#again.shift() ?? this.#waiting.shift();
  }

  /** It was taken and not sent, or did not count: the next to be said. */
  again(text: Text): void {
    this.#again.push(text);
  }

  sent(flying: Flying): void {
    this.#flying.push(flying);
  }

  /** Texts of an earlier epoch are still on their way, and may have to be said before the next. */
  fliesUnderAnother(epoch: Epoch): boolean {
    return this.#flying.some((flying) => flying.text && flying.epoch !== epoch);
  }

  /** One's own record has come back. @returns undefined where it is not the one that is due */
  back(record: Buffer): Flying | undefined {
    return this.#flying[0]?.record.equals(record) ? this.#flying.shift() : undefined;
  }

  place(placed: Placed): void {
    this.#placed.push(placed);
  }

  /** Texts that all have shown by now; each is given once. */
  delivered(): Text[] {
    return this.#take(({ epoch, number }) => epoch.missing(number).length === 0);
  }

  /** Texts of an epoch that somebody has not shown, and who. */
  missing(epoch: Epoch): { text: Text; to: readonly string[] }[] {
    return this.#placed.filter((placed) => placed.epoch === epoch)
      .map(({ text, number }) => ({ text, to: epoch.missing(number) }))
      .filter(({ to }) => to.length > 0);
  }

  /** Nothing more is to be known about texts of this epoch. */
  close(epoch: Epoch): void {
    this.#take((placed) => placed.epoch === epoch);
  }

  #take(which: (placed: Placed) => boolean): Text[] {
    const taken = this.#placed.filter(which);
    this.#placed = this.#placed.filter((placed) => !taken.includes(placed));
    return taken.map(({ text }) => text);
  }

  /** Ids of what was never sent, and of what was sent and not confirmed. */
  left(): { unsent: string[]; unconfirmed: string[] } {
    const flying = this.#flying.flatMap(({ text }) => (text ? [text.id] : []));
    return {
      unsent: [...this.#again, ...this.#waiting].map(({ id }) => id),
      unconfirmed: [...this.#placed.map(({ text }) => text.id), ...flying],
    };
  }
}
