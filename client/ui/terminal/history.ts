/** Lines that one history keeps. */
export const HISTORY_MAX = 500;

/**
 * What arrow up brings back: a history for each peer and each room, and one for the server prompt, so that words
 * for one are not offered to another. In memory only.
 */
export class Histories {
  /** The array that readline works on; its contents are changed, never the array. */
  readonly lines: string[] = [];
  readonly #kept = new Map<string, string[]>();
  #current = '';

  /** @param of a peer's or a room's key (place.ts), or nothing for the server prompt */
  use(of: string): void {
    if (of === this.#current) return;
    this.#kept.set(this.#current, [...this.lines]);
    this.#current = of;
    this.lines.splice(0, this.lines.length, ...(this.#kept.get(of) ?? []));
  }
}
