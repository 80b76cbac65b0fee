/**
 * A map for keys that strangers choose: addresses, names, pairs of names. An entry that says no more than a new one
 * would is stale; each key that comes anew looks at two others in turn and clears them away if they are. So the size
 * stays below twice what is in use, without a timer and without ever walking over the whole map.
 */
export class FadingMap<T> {
  readonly #entries = new Map<string, T>();
  /** Goes round the map; always from the front would pass over every place that was cleared there before. */
  #round = this.#entries.entries();

  constructor(private readonly make: () => T, private readonly stale: (entry: T) => boolean) {}

  get size(): number {
    return this.#entries.size;
  }

  /** The entry of a key, without making one. */
  peek(key: string): T | undefined {
    return this.#entries.get(key);
  }

  /** The entry of a key; a new one where there is none. */
  of(key: string): T {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    this.#lookAtNext();
    this.#lookAtNext();
    const entry = this.make();
    this.#entries.set(key, entry);
    return entry;
  }

  #lookAtNext(): void {
    const next = this.#round.next();
    if (next.done) this.#round = this.#entries.entries();
    else if (this.stale(next.value[1])) this.#entries.delete(next.value[0]);
  }
}
