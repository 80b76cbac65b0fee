import { LIST_LINES_MAX } from '../../common/wire/limits.js';
import type { Endpoint } from './endpoint.js';

/** Who is logged in: at most one endpoint a name. */
export class Presence {
  readonly #endpoints = new Map<string, Endpoint>();
  /** The same names in byte order, so that a page of `list` costs no sorting. */
  readonly #names: string[] = [];

  get size(): number {
    return this.#endpoints.size;
  }

  get(username: string): Endpoint | undefined {
    return this.#endpoints.get(username);
  }

  /** Test and claim in one step. */
  claim(endpoint: Endpoint): boolean {
    if (this.#endpoints.has(endpoint.username)) return false;
    this.#endpoints.set(endpoint.username, endpoint);
    this.#names.splice(this.#position(endpoint.username), 0, endpoint.username);
    return true;
  }

  /** Only the endpoint that holds a name gives it up. */
  release(endpoint: Endpoint): boolean {
    if (this.#endpoints.get(endpoint.username) !== endpoint) return false;
    this.#endpoints.delete(endpoint.username);
    this.#names.splice(this.#position(endpoint.username), 1);
    return true;
  }

  /** One page of names with `prefix`, strictly after `after`, without `without`, and whether there are more. */
  page(prefix: string, after: string, without: string): { names: string[]; more: boolean } {
    const names: string[] = [];
    for (let at = this.#position(after > prefix ? after : prefix); at < this.#names.length; at++) {
      const name = this.#names[at]!;
      if (!name.startsWith(prefix)) break;
      if (name === without || name === after) continue;
      if (names.length === LIST_LINES_MAX) return { names, more: true };
      names.push(name);
    }
    return { names, more: false };
  }

  /** Where `name` is, or would be. Usernames are ASCII, so the order of strings is the order of bytes. */
  #position(name: string): number {
    let low = 0;
    let high = this.#names.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#names[middle]! < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
