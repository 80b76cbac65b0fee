/** Every text of a run, counted on both sides. */
export class Tally {
  sent = 0;
  received = 0;
  doubled = 0;
  outOfOrder = 0;
  /** Texts whose end was not theirs: another text than was sent. */
  changed = 0;
  /** What honest users were told and should not have been, by kind. */
  readonly disturbances = new Map<string, number>();
  /** Milliseconds from `say` to `message`, since the last look. */
  #latencies: number[] = [];

  arrived(ms: number): void {
    this.received += 1;
    this.#latencies.push(ms);
  }

  disturbed(what: string): void {
    this.disturbances.set(what, (this.disturbances.get(what) ?? 0) + 1);
  }

  get lost(): number {
    return this.sent - this.received;
  }

  takeLatencies(): number[] {
    const taken = this.#latencies;
    this.#latencies = [];
    return taken;
  }
}

/** One direction of a pair: texts have numbers that go up by one, and the time at which they were said. */
export class Numbered {
  #said = 0;
  #due = 1;

  constructor(private readonly tally: Tally) {}

  /** The next text, as long as a person's, at times some cells long. */
  next(): string {
    this.tally.sent += 1;
    const fill = Math.random() < 0.02 ? Math.floor(Math.random() * 12_000) : Math.floor(20 + Math.random() * 180);
    return `${++this.#said} ${performance.now()} ${'x'.repeat(fill)} ${this.#said}`;
  }

  take(text: string): void {
    const [number = NaN, said = NaN] = text.split(' ', 2).map(Number);
    if (!text.endsWith(` ${number}`)) this.tally.changed += 1;
    if (number < this.#due) {
      this.tally.doubled += 1;
      return;
    }
    if (number > this.#due) this.tally.outOfOrder += 1;
    this.#due = number + 1;
    this.tally.arrived(performance.now() - said);
  }

  get waiting(): number {
    return this.#said + 1 - this.#due;
  }
}
