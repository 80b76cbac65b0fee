import type { Clock, Timer } from '../../../common/clock.js';
import type { Event } from '../../engine/protocol.js';
import { keyOf, type Place } from './place.js';
import { notice, type Row } from './row.js';

/** A text that has not arrived after this is spoken of. Receipts alone may take a second. */
export const PATIENCE_MS = 5_000;

/** In a room of 64 receipts take up to 7.4 s (docs/PROTOCOL.md part 10, Receipts). */
export const ROOM_PATIENCE_MS = 10_000;

/** With an id: nothing more comes of that text. */
const settled: ReadonlySet<Event['event']> = new Set(['discarded', 'undelivered', 'error']);

interface Text {
  readonly place: Place;
  readonly text: string;
  /** When it is spoken of. */
  readonly due: number;
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
  add(place: Place, text: string): string {
    const id = `t${++this.#count}`;
    const patience = 'room' in place ? ROOM_PATIENCE_MS : PATIENCE_MS;
    this.#texts.set(id, { place, text, due: this.clock.now() + patience, spokenOf: false });
    this.#wait();
    return id;
  }

  textOf(id: string): string | undefined {
    return this.#texts.get(id)?.text;
  }

  /** To be called when the event has been shown: what it settles is forgotten. */
  take(event: Event): void {
    if (event.event === 'delivered') this.#arrived(event.id);
    else if (settled.has(event.event)) this.#texts.delete(('id' in event && event.id) || '');
    else if (event.event === 'left') this.#gone(event);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #wait(): void {
    this.#timer?.cancel();
    const next = Math.min(...[...this.#texts.values()].filter(({ spokenOf }) => !spokenOf).map(({ due }) => due));
    this.#timer = next === Infinity ? undefined : this.clock.after(Math.max(1, next - this.clock.now()), this.#late);
  }

  #arrived(id: string): void {
    const text = this.#texts.get(id);
    this.#texts.delete(id);
    if (!text?.spokenOf) return;
    const key = keyOf(text.place);
    const others = [...this.#texts.values()].some((other) => other.spokenOf && keyOf(other.place) === key);
    if (!others) this.print([notice(this.#now, `Delivered to ${whom(text.place)} now.`, 'quiet')]);
  }

  #gone(place: Place): void {
    for (const [id, text] of this.#texts) if (keyOf(text.place) === keyOf(place)) this.#texts.delete(id);
  }

  readonly #late = (): void => {
    this.#timer = undefined;
    const late = [...this.#texts.values()].filter(({ spokenOf, due }) => !spokenOf && due <= this.clock.now());
    for (const text of late) text.spokenOf = true;
    this.#wait();
    for (const [key, { place }] of new Map(late.map((text) => [keyOf(text.place), text]))) {
      const count = late.filter((text) => keyOf(text.place) === key).length;
      const what = count === 1 ? 'Your last text is' : `${count} of your texts are`;
      this.print([notice(this.#now, `${what} not delivered to ${whom(place)} yet.`, 'quiet')]);
    }
  };

  get #now(): Date {
    return new Date(this.clock.wall());
  }
}

const whom = (place: Place): string => ('room' in place ? `all in ${place.room}` : place.with);
