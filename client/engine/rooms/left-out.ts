import type { Clock } from '../../../common/clock.js';
import { ROOM_STEP_MS } from '../../../common/wire/limits.js';

/** From one ask of a member that is heard to the next, at most. */
const ASK_MAX_MS = 640_000;

/** Who takes no part in rounds for now, and comes back by asking (docs/PROTOCOL.md part 10, A round). */
export class LeftOut {
  readonly #names = new Set<string>();
  /** Who has entered behind the start of the last round: it cannot have answered, and was not silent. */
  readonly #entered = new Set<string>();
  readonly #asks = new Map<string, { from: number; pause: number }>();
  #asked = -Infinity;

  constructor(private readonly own: string, private readonly clock: Clock) {}

  get names(): ReadonlySet<string> {
    return this.#names;
  }

  /** A round begins, to which these are invited of all who are present. */
  begin(present: readonly string[], invited: readonly string[]): void {
    this.#entered.clear();
    for (const name of present) {
      if (invited.includes(name)) this.#names.delete(name);
      else this.#names.add(name);
    }
  }

  add(name: string): void {
    this.#names.add(name);
  }

  /** They were invited, and have not answered. */
  silent(names: readonly string[]): void {
    for (const name of names) if (!this.#entered.has(name)) this.#names.add(name);
  }

  entered(name: string): void {
    this.#names.delete(name);
    this.#entered.add(name);
  }

  forget(name: string): void {
    this.#names.delete(name);
  }

  /** @returns true where one is to ask: left out, and here; once in 10 s */
  ask(): boolean {
    if (!this.#names.has(this.own) || this.clock.now() - this.#asked < ROOM_STEP_MS) return false;
    this.#asked = this.clock.now();
    return true;
  }

  /**
   * One that asks and is silent again costs all others a round: each time it has to wait longer.
   * @returns true where it comes back
   */
  hear(sender: string): boolean {
    const now = this.clock.now();
    const { from, pause } = this.#asks.get(sender) ?? { from: now, pause: ROOM_STEP_MS };
    if (now < from || !this.#names.has(sender)) return false;
    this.#asks.set(sender, { from: now + pause, pause: Math.min(2 * pause, ASK_MAX_MS) });
    this.#names.delete(sender);
    return true;
  }
}
