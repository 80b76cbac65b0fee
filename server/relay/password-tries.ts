import type { Clock } from '../../common/clock.js';
import { addressGroup } from './address.js';
import { FadingMap } from './fading-map.js';

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
/** Without a try for so long, all is forgotten. */
const FORGOTTEN_MS = 15 * 60_000;

interface Tries {
  /** In a row, not known to have been right. */
  count: number;
  /** When the next one may be made, in ms of the clock. */
  next: number;
}

/**
 * Tries of passwords, by name and address together (docs/PROTOCOL.md part 12): whoever guesses waits ever longer, and
 * nobody is locked out by what others do elsewhere.
 */
export class PasswordTries {
  readonly #tries: FadingMap<Tries>;

  constructor(private readonly clock: Clock) {
    this.#tries = new FadingMap(
      () => ({ count: 0, next: clock.now() }),
      ({ next }) => clock.now() - next >= FORGOTTEN_MS,
    );
  }

  /** Pairs that are remembered. */
  get size(): number {
    return this.#tries.size;
  }

  /**
   * Takes a turn, as if it were going to be wrong: several at once are made one after another.
   * @returns when it may be made, or undefined where that is too far off; then it does not count
   */
  take(username: string, address: string): number | undefined {
    const tries = this.#tries.of(key(username, address));
    const now = this.clock.now();
    if (now - tries.next >= FORGOTTEN_MS) tries.count = 0;
    const turn = Math.max(now, tries.next);
    if (turn - now > LONGEST_MS) return undefined;
    tries.next = turn + Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries.count, 16));
    tries.count++;
    return turn;
  }

  /** It was right: what came before does not count any more. */
  right(username: string, address: string): void {
    const tries = this.#tries.of(key(username, address));
    tries.count = 0;
    tries.next = this.clock.now();
  }
}

const key = (username: string, address: string) => `${username} ${addressGroup(address)}`;
