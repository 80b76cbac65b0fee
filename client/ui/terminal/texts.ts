import type { Clock, Timer } from '../../../common/clock.js';
import type { Event } from '../../engine/protocol.js';
import { notice, type Row } from './row.js';

/** A text that has not arrived after this is spoken of. Receipts alone may take a second. */
export const PATIENCE_MS = 5_000;

interface Text {
  readonly with: string;
  readonly text: string;
  readonly at: number;
  spokenOf: boolean;
}

/**
 * One's own texts by id, until they are known to have arrived: to say which did not, and to show those
 * again.
 */
export class Texts {
  readonly #texts = new Map<string, Text>();
  #count = 0;
  #timer: Timer | undefined;

  constructor(private readonly clock: Clock, private readonly print: (rows: Row[]) => void) {}

  /** How many are not known to have arrived. */
  get waiting(): number {
    return this.#texts.size;
  }

  /** @returns the id to send it under */
  add(name: string, text: string): string {
    const id = `t${++this.#count}`;
    this.#texts.set(id, { with: name, text, at: this.clock.now(), spokenOf: false });
    this.#timer ??= this.clock.after(PATIENCE_MS, this.#late);
    return id;
  }

  textOf(id: string): string | undefined {
    return this.#texts.get(id)?.text;
  }

  /** To be called when the event has been shown: what it settles is forgotten. */
  take(event: Event): void {
    if (event.event === 'delivered') this.#arrived(event.id);
    else if (event.event === 'discarded' || event.event === 'error') this.#texts.delete(event.id ?? '');
    else if (event.event === 'left') this.#gone(event.with);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #arrived(id: string): void {
    const text = this.#texts.get(id);
    this.#texts.delete(id);
    if (!text?.spokenOf) return;
    const others = [...this.#texts.values()].some((other) => other.spokenOf && other.with === text.with);
    if (!others) this.print([notice(this.#now, `Delivered to ${text.with} now.`, 'quiet')]);
  }

  #gone(name: string): void {
    for (const [id, text] of this.#texts) if (text.with === name) this.#texts.delete(id);
  }

  readonly #late = (): void => {
    this.#timer = undefined;
    const { clock } = this;
    const unspoken = [...this.#texts.values()].filter(({ spokenOf }) => !spokenOf);
    const late = unspoken.filter(({ at }) => clock.now() - at >= PATIENCE_MS);
    for (const text of late) text.spokenOf = true;
    const next = unspoken.find(({ spokenOf }) => !spokenOf);
    if (next) this.#timer = clock.after(Math.max(1, next.at + PATIENCE_MS - clock.now()), this.#late);
    for (const name of new Set(late.map((text) => text.with))) {
      const count = late.filter((text) => text.with === name).length;
      const what = count === 1 ? 'Your last text is' : `${count} of your texts are`;
      this.print([notice(this.#now, `${what} not delivered to ${name} yet.`, 'quiet')]);
    }
  };

  get #now(): Date {
    return new Date(this.clock.wall());
  }
}
