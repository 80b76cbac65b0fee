import { inspect } from 'node:util';

/**
 * Key material. It prints as `[secret]` wherever it is logged, inspected, joined to a string or made JSON, and can be
 * wiped. Wiping overwrites this copy; what JavaScript cannot promise beyond that is in SECURITY.md.
 */
export class Secret {
  #bytes: Buffer | undefined;

  /** Takes over `bytes`: the caller keeps no other reference. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The bytes themselves, not a copy. Throws once wiped: use after wiping is a fault of this program. */
  get bytes(): Buffer {
    if (!this.#bytes) throw new Error('a wiped secret was used');
    return this.#bytes;
  }

  get wiped(): boolean {
    return this.#bytes === undefined;
  }

  wipe(): void {
    this.#bytes?.fill(0);
    this.#bytes = undefined;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
