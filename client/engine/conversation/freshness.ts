import type { Clock } from '../../../common/clock.js';
import { LATE_MS } from '../../../common/wire/limits.js';

/**
 * Tells late records of one direction (docs/PROTOCOL.md part 5). Only differences count, so the two clocks may differ
 * by any amount. Neither time ever goes back: arrival is monotonic; sealing follows a wall clock that goes forward, as
 * it does when a computer has slept and its monotonic time has not, and stays where the wall clock is set back.
 */
export class Freshness {
  readonly #arrivalOffset: number;
  #sealingOffset: number;
  #base = Infinity;

  constructor(private readonly clock: Clock) {
    this.#arrivalOffset = this.#sealingOffset = clock.wall() - clock.now();
  }

  /** The time of sealing, in whole ms since 1970. */
  sealing(): number {
    this.#sealingOffset = Math.max(this.#sealingOffset, this.clock.wall() - this.clock.now());
    return Math.round(this.clock.now() + this.#sealingOffset);
  }

  /** True for a record that took longer than the fastest so far by more than 60 s. */
  late(sealedAt: number): boolean {
    const delay = this.clock.now() + this.#arrivalOffset - sealedAt;
    this.#base = Math.min(this.#base, delay);
    return delay - this.#base > LATE_MS;
  }
}
