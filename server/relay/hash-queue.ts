import { matches, type Password } from '../../common/crypto/password.js';
import { LimitError } from '../../common/errors.js';

/** Hashes that wait; one more is refused. Each takes some tenths of a second. */
const WAITING_MAX = 64;

/** One hash of a password at a time: each takes 128 MiB, and a thread that signatures need too. */
export class HashQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  get waiting(): number {
    return this.#waiting;
  }

  /** Throws LimitError 'busy' where too many wait. */
  matches(password: Buffer, stored: Password): Promise<boolean> {
    return this.run(() => matches(password, stored));
  }

  /** Does this work when all before it is done. Throws as `matches`. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= WAITING_MAX) throw new LimitError('busy', 'Too many passwords wait to be checked.');
    this.#waiting++;
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      this.#waiting--;
    }
  }
}
