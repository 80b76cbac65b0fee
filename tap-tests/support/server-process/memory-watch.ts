import type { Test } from 'tap';
import type { ServerProcess } from './server-process.js';

const EACH_MS = 20;

/** Looks from outside how much memory a server takes, from now on. */
export class MemoryWatch {
  readonly #first: number;
  #most: number;

  constructor(t: Test, private readonly server: ServerProcess) {
    this.#first = this.#most = server.rss;
    const timer = setInterval(() => this.#look(), EACH_MS);
    t.teardown(() => clearInterval(timer));
  }

  #look(): void {
    this.#most = Math.max(this.#most, this.server.rss);
  }

  /** By how many MiB it has been larger than at the beginning. */
  get growth(): number {
    this.#look();
    return (this.#most - this.#first) / 1024 ** 2;
  }
}
