import type { Clock } from '../../../common/clock.js';
import { LATE_MS } from '../../../common/wire/limits.js';

/**
 * Tells late records of one direction (docs/PROTOCOL.md part 5). Only differences count, so the two clocks may differ
 * by any amount; each side's runs on monotonic time from the beginning of the conversation, so that a clock that is set
 * in between harms nothing.
 */
export class Freshness {
  readonly #offset: number;
  #base = Infinity;

  constructor(private readonly clock: Clock) {
    this.#offset = clock.wall() - clock.now();
  }

  /** Own time, in whole ms since 1970. */
  now(): number {
    return Math.round(this.clock.now() + this.#offset);
  }

  /** True for a record that took longer than the fastest so far by more than 60 s. */
  late(sealedAt: number): boolean {
    const delay = this.now() - sealedAt;
    this.#base = Math.min(this.#base, delay);
    return delay - this.#base > LATE_MS;
  }
}
