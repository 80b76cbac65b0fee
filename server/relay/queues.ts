/** What waits to be sent to one receiver. */
export interface Queue {
  readonly cells: number;
  /** Closes the receiver, not before the end of the current step. */
  overflow(): void;
}

/**
 * All queues together (docs/PROTOCOL.md part 6). Queues drain without saying so, hence the sum errs to the high side;
 * it is counted anew before anyone is closed, and then it is the fullest that goes, not whoever came last.
 */
export class Queues {
  readonly #counted = new Map<Queue, number>();
  #total = 0;

  constructor(private readonly most: number) {}

  /** Cells of all queues, at most. */
  get total(): number {
    return this.#total;
  }

  /** Notes how much waits in a queue that has just grown. */
  weigh(queue: Queue): void {
    this.#note(queue, queue.cells);
    if (this.#total <= this.most) return;
    for (const each of this.#counted.keys()) this.#note(each, each.cells);
    if (this.#total > this.most) this.#closeFullest();
  }

  remove(queue: Queue): void {
    this.#total -= this.#counted.get(queue) ?? 0;
    this.#counted.delete(queue);
  }

  #note(queue: Queue, cells: number): void {
    this.#total += cells - (this.#counted.get(queue) ?? 0);
    this.#counted.set(queue, cells);
  }

  #closeFullest(): void {
    let fullest: Queue | undefined;
    let cells = 0;
    for (const [queue, own] of this.#counted) if (own > cells) [fullest, cells] = [queue, own];
    if (!fullest) return;
    this.remove(fullest);
    fullest.overflow();
  }
}
