import { setTimeout as sleep } from 'node:timers/promises';
import type { Person } from './person.js';
import { Numbered, type Tally } from './tally.js';

const SETTLE_MS = 30_000;
/** The relay's default. */
const RATE_WINDOW_MS = 5_000;

/** Two who chat: each says something now and then, and at times they hang up and call again. */
export class Pair {
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #directions: readonly [Numbered, Numbered];
  #quiet = true;

  constructor(readonly caller: Person, readonly receiver: Person, tally: Tally, private readonly everyMs: number) {
    this.#directions = [new Numbered(tally), new Numbered(tally)];
    receiver.onMessage = (text) => this.#directions[0].take(text);
    caller.onMessage = (text) => this.#directions[1].take(text);
  }

  async connect(): Promise<void> {
    const { caller, receiver } = this;
    const requested = receiver.next('request');
    caller.do({ do: 'chat', with: receiver.name });
    await requested;
    const begun = [caller.next('chat'), receiver.next('chat')];
    receiver.do({ do: 'accept', with: caller.name });
    await Promise.all(begun);
  }

  /** @param silence ms before the first text, so that no text waits for the rate that a call has used up */
  talk(silence = 0): void {
    this.#quiet = false;
    this.#speakLater(this.caller, this.receiver, this.#directions[0], silence);
    this.#speakLater(this.receiver, this.caller, this.#directions[1], silence);
  }

  /** After half to one and a half of the mean pause. */
  #speakLater(from: Person, to: Person, texts: Numbered, silence = 0): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      from.do({ do: 'say', with: to.name, text: texts.next() });
      this.#speakLater(from, to, texts);
    }, silence + this.everyMs * (0.5 + Math.random()));
    this.#timers.add(timer);
  }

  /** Nobody says more, and what was said has arrived, or half a minute has passed. */
  async settle(): Promise<void> {
    this.#quiet = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    const end = performance.now() + SETTLE_MS;
    while (this.#directions.some(({ waiting }) => waiting > 0) && performance.now() < end) await sleep(20);
  }

  get quiet(): boolean {
    return this.#quiet;
  }

  /** Hangs up and calls again. */
  async callAgain(): Promise<void> {
    await this.settle();
    const left = [this.caller.next('left'), this.receiver.next('left')];
    this.caller.do({ do: 'leave', with: this.receiver.name });
    await Promise.all(left);
    await this.connect();
    this.talk(RATE_WINDOW_MS);
  }
}
