import type { IncomingHttpHeaders } from 'node:http';
import { randomBytes, sameBytes, sha256 } from '../../../common/crypto/node.js';

/** Browsers that may be in at the same time; one more puts the oldest out. */
const BROWSERS_MAX = 8;

const SECRET_BYTES = 32;

/**
 * Who may come in (SECURITY.md, "The page"). Everything lies below a folder with a name that is guessed by nobody,
 * and the cookie is for that folder alone: browsers give cookies of 127.0.0.1 to whatever listens on another port of
 * it, but not to another path. The folder's name alone opens nothing.
 */
export class Gate {
  /** `/NAME/`, 128 bits. */
  readonly folder = `/${randomBytes(16).toString('hex')}/`;
  /** SHA-256 of what was given out: the comparison takes the same time for every wrong one. */
  #token: Buffer | undefined;
  #cookies: Buffer[] = [];

  /** @param port where it listens on 127.0.0.1 */
  constructor(private readonly port: number) {}

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A new address that lets one browser in; the one before opens nothing any more. */
  address(): string {
    const token = randomBytes(SECRET_BYTES).toString('base64url');
    this.#token = sha256(token);
    return `${this.origin}${this.folder}?token=${token}`;
  }

  /** The `Set-Cookie` for whoever has the token, which is used up by it. */
  redeem(token: string): string | undefined {
    if (!this.#token || !sameBytes(sha256(token), this.#token)) return undefined;
    this.#token = undefined;
    const cookie = randomBytes(SECRET_BYTES).toString('base64url');
    this.#cookies = [...this.#cookies, sha256(cookie)].slice(-BROWSERS_MAX);
    return `messageapp=${cookie}; Path=${this.folder}; HttpOnly; SameSite=Strict`;
  }

  /** Whether the request is for this server, and not by a page of another one that the browser shows. */
  isOurs(headers: IncomingHttpHeaders, method: string): boolean {
    if (headers.host !== `127.0.0.1:${this.port}`) return false;
    // Ports of one host are one site, so that the cookie's SameSite does not tell them apart: these do.
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
    if (method === 'POST') return headers.origin === this.origin;
    return headers.origin === undefined || headers.origin === this.origin;
  }

  /** @returns which of the browsers that were let in has sent the request: undefined for none */
  browser({ cookie }: IncomingHttpHeaders): string | undefined {
    const given = (cookie ?? '').split(';').map((pair) => pair.trim())
      .filter((pair) => pair.startsWith('messageapp=')).map((pair) => sha256(pair.slice('messageapp='.length)));
    return given.slice(0, BROWSERS_MAX)
      .map((hash) => this.#cookies.find((known) => sameBytes(hash, known)))
      .find((known) => known !== undefined)?.toString('hex');
  }
}
