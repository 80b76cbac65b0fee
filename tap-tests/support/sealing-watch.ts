import type { Test } from 'tap';
import { type Sealing, watchSealing } from '../../common/crypto/node.js';

/** Writes down every (key, IV) that is sealed with in this process, until the test is over. */
export class SealingWatch {
  readonly #pairs = new Set<string>();
  readonly #keys = new Set<string>();
  readonly #layers = new Map<string, number>();
  /** Pairs that came more than once. */
  readonly twice: string[] = [];

  constructor(t: Test) {
    watchSealing((sealing) => this.note(sealing));
    t.teardown(() => watchSealing(undefined));
  }

  note({ key, iv, aad }: Sealing): void {
    const bytes = (Buffer.isBuffer(key) ? key : key.export()).toString('hex');
    const pair = `${bytes} ${iv.toString('hex')}`;
    if (this.#pairs.has(pair)) this.twice.push(pair);
    this.#pairs.add(pair);
    this.#keys.add(bytes);
    const layer = aad.toString('latin1', 0, 12) === 'MessageAppV2' ? 'inner' : 'outer';
    this.#layers.set(layer, this.records(layer) + 1);
  }

  records(layer: 'inner' | 'outer'): number {
    return this.#layers.get(layer) ?? 0;
  }

  get keys(): number {
    return this.#keys.size;
  }
}
