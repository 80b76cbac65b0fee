import type { Field } from './attack.js';

const BEAT_MS = 10;

/** Later than this is a delay that a measure would show. */
const LATE_MS = 40;

/** Those who measure share a process with the attacker: when that was itself late is no fault of the server. */
export class OwnDelay {
  #last = performance.now();
  #late = -Infinity;

  constructor(field: Field) {
    const timer = setInterval(() => this.#beat(), BEAT_MS);
    timer.unref();
    field.onEnd(() => clearInterval(timer));
  }

  #beat(): void {
    const now = performance.now();
    if (now - this.#last > BEAT_MS + LATE_MS) this.#late = now;
    this.#last = now;
  }

  /** This process itself stood still at some time since then. */
  since(begun: number): boolean {
    this.#beat();
    return this.#late >= begun;
  }
}
