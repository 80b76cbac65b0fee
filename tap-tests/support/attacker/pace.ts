import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from './records.js';

/** What a `welc` allows (docs/PROTOCOL.md, part 4). */
export interface Rate {
  readonly messages: number;
  readonly seconds: number;
}

export const rateOf = ({ payload }: Message): Rate => (JSON.parse(payload.toString()) as { rate: Rate }).rate;

/** By so much an honest client is slower than it may be: its clock is not the server's. */
const SLACK = 1.02;

/** Spreads one user's messages as an honest client does. */
export class Pace {
  readonly #sent: { readonly at: number; readonly count: number }[] = [];
  #inWindow = 0;

  constructor(readonly rate: Rate) {}

  /** Milliseconds between two messages, evenly spread. */
  get spacing(): number {
    return (this.rate.seconds * 1000 * SLACK) / this.rate.messages;
  }

  get windowMs(): number {
    return this.rate.seconds * 1000 * SLACK + 5;
  }

  /** Waits until `count` messages may be sent, and counts them as sent now. */
  async turn(count = 1): Promise<void> {
    while (this.#inWindow + count > this.rate.messages) {
      const oldest = this.#sent.shift()!;
      this.#inWindow -= oldest.count;
      const wait = oldest.at + this.windowMs - performance.now();
      if (wait > 0) await sleep(wait);
    }
    this.#sent.push({ at: performance.now(), count });
    this.#inWindow += count;
  }
}
