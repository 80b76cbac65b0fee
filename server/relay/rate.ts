import type { Clock } from '../../common/clock.js';
import type { RelayLimits } from '../../common/wire/limits.js';
import { FadingMap } from './fading-map.js';

/**
 * The rate rule of docs/PROTOCOL.md part 6: so many messages in any window of so long, by username. A window outlives
 * the connection, or a user would have a new budget with each one.
 */
export class Rates {
  readonly #windows: FadingMap<Window>;

  constructor(
    private readonly limits: Pick<RelayLimits, 'rateMessages' | 'rateWindowMs'>,
    private readonly clock: Clock,
  ) {
    this.#windows = new FadingMap(
      (): Window => ({ times: [], oldest: 0, newest: -Infinity }),
      ({ newest }) => clock.now() - newest >= limits.rateWindowMs,
    );
  }

  /** Usernames that are remembered. */
  get size(): number {
    return this.#windows.size;
  }

  /** Milliseconds until this user may send one more message; 0 if now. */
  wait(username: string): number {
    const window = this.#windows.peek(username);
    if (!window || window.times.length < this.limits.rateMessages) return 0;
    return Math.max(0, window.times[window.oldest]! + this.limits.rateWindowMs - this.clock.now());
  }

  /** Counts one message. The caller has asked `wait` before. */
  count(username: string): void {
    const window = this.#windows.of(username);
    window.newest = this.clock.now();
    if (window.times.length < this.limits.rateMessages) {
      window.times.push(window.newest);
    } else {
      window.times[window.oldest] = window.newest;
      window.oldest = (window.oldest + 1) % window.times.length;
    }
  }
}

/** When the last messages came: a ring as soon as it is full; the next to be overwritten is the oldest. */
interface Window {
  readonly times: number[];
  oldest: number;
  newest: number;
}
