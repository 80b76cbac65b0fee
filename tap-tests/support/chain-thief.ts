import type { Test } from 'tap';
import { Secret } from '../../common/crypto/secret.js';
import { Chain } from './attacker/conversation.js';
import type { Body } from './attacker/switchboard.js';

const LENGTH = 32;

/**
 * Looks into the memory of the clients of a test at one moment. A chain is a secret of 32 bytes that nobody else marks
 * as one, so a thief tries all that there are on the next record of a direction.
 */
export class ChainThief {
  readonly #used = new Set<string>();
  #stolen: string[] = [];

  constructor(t: Test) {
    const bytes = Object.getOwnPropertyDescriptor(Secret.prototype, 'bytes')!;
    const note = (value: Buffer) => value.length === LENGTH && this.#used.add(value.toString('hex'));
    Object.defineProperty(Secret.prototype, 'bytes', {
      ...bytes,
      get(this: Secret) {
        const value = bytes.get!.call(this) as Buffer;
        note(value);
        return value;
      },
    });
    t.teardown(() => Object.defineProperty(Secret.prototype, 'bytes', bytes));
  }

  /** Takes what there is at this moment. What comes to be later is not among it. */
  steal(): void {
    this.#stolen = [...this.#used];
  }

  get secrets(): Buffer[] {
    return this.#stolen.map((hex) => Buffer.from(hex, 'hex'));
  }

  /**
   * The chain that opens this record of part 5, if it was stolen: a chain is wiped when it has been used, so what is in
   * memory is the successor of the one that was used last.
   */
  chainFor({ content }: Body): Chain | undefined {
    for (const secret of this.secrets) {
      const chain = new Chain(secret);
      chain.step();
      chain.counter = content.readBigUInt64LE(12);
      try {
        const { chain: value, counter } = chain;
        chain.open(content);
        const found = new Chain(value);
        found.counter = counter;
        return found;
      } catch {
        continue;
      }
    }
    return undefined;
  }
}
