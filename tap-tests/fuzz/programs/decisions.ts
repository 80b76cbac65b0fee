import { type Random, seeded } from '../../support/mutations.js';

/** An input as a list of decisions: what a story does next stands in its next byte. */
export class Decisions {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  /** False once all bytes are used: from then on every number is 0. */
  get more(): boolean {
    return this.#at < this.bytes.length;
  }

  below(count: number): number {
    return (this.bytes[this.#at++] ?? 0) % count;
  }

  one<T>(all: readonly T[]): T {
    return all[this.below(all.length)]!;
  }

  /** For what takes many numbers: they hang on two bytes. */
  get random(): Random {
    return seeded(this.below(256) * 256 + this.below(256));
  }
}

/** Stories to begin with: so many of them, each as long as that. */
export const stories = (count: number, length: number): Buffer[] => Array.from({ length: count }, (_, at) => {
  const random = seeded(at + 1);
  return Buffer.from(Array.from({ length }, () => random(256)));
});
