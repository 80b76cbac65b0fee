import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError, WireError } from '../../../common/errors.js';
import type { PageFile } from './files.js';
import { Gate } from './gate.js';

/** A text of 65,412 bytes, each written as \u0000, and what is around it. */
const BODY_MAX = 512 * 1024;

const CONNECTIONS_MAX = 64;

/** What the page does: everything else is a file of it. */
export interface Actions {
  /** A new tab of a browser. */
  events(response: ServerResponse, browser: string): void;
  /** A message of the page, `name` being the last part of its address. Throws WireError 'malformed'. */
  post(name: string, body: string): void;
  /** A browser was let in by its address. */
  opened(): void;
}

/** Said with everything: nothing but our own files runs, nobody puts us into a frame, nothing stays in a cache. */
const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    + "require-trusted-types-for 'script'; trusted-types 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
};

const CLOSED = 'This address opens nothing, or was used already. Where the client runs, Enter gives another one.\n';

/** The page over HTTP on 127.0.0.1 (SECURITY.md, "The page"). */
export class WebServer {
  readonly gate: Gate;

  private constructor(
    private readonly server: Server,
    port: number,
    private readonly files: ReadonlyMap<string, PageFile>,
    private readonly actions: Actions,
  ) {
    this.gate = new Gate(port);
    server.on('request', (request, response) => this.#take(request, response));
  }

  /**
   * @param port 0 for any that is free
   * Throws UsageError 'cannot-listen'.
   */
  static async listen(port: number, files: ReadonlyMap<string, PageFile>, actions: Actions): Promise<WebServer> {
    const server = createServer({
      maxHeaderSize: 8 * 1024, headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000,
    });
    server.maxConnections = CONNECTIONS_MAX;
    await new Promise<void>((resolve, reject) => {
      const refused = (error: Error) =>
        new UsageError('cannot-listen', `The page cannot be served on 127.0.0.1 port ${port}: ${error.message}.`);
      server.once('error', (error) => reject(refused(error)));
      server.listen(port, '127.0.0.1', resolve);
    });
    return new WebServer(server, (server.address() as AddressInfo).port, files, actions);
  }

  /** Whoever still reads is given a moment to read to the end. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeIdleConnections();
    const late = setTimeout(() => this.server.closeAllConnections(), 500);
    await closed;
    clearTimeout(late);
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '' } = request;
    if (method !== 'GET' && method !== 'POST') return this.#say(response, 405, 'Only GET and POST are known here.\n');
    const { folder } = this.gate;
    if (!this.gate.isOurs(request.headers, method)) return this.#say(response, 403, CLOSED);
    const token = `${folder}?token=`;
    if (method === 'GET' && url.startsWith(token)) return this.#letIn(url.slice(token.length), request, response);
    const browser = this.gate.browser(request.headers);
    if (!url.startsWith(folder) || browser === undefined) return this.#say(response, 403, CLOSED);
    const name = url.slice(folder.length);
    if (method === 'POST') return this.#post(name, request, response);
    if (name === 'events') return this.#events(response, browser);
    const file = this.files.get(name);
    if (!file) return this.#say(response, 404, 'There is no such page.\n');
    response.writeHead(200, { ...headers, 'content-type': file.type }).end(file.content);
  }

  #letIn(token: string, request: IncomingMessage, response: ServerResponse): void {
    const cookie = this.gate.redeem(token);
    // A page that is loaded again by its first address is let in by its cookie.
    const isKnown = cookie !== undefined || this.gate.browser(request.headers) !== undefined;
    if (!isKnown) return this.#say(response, 403, CLOSED);
    const given = cookie === undefined ? {} : { 'set-cookie': cookie };
    response.writeHead(303, { ...headers, location: this.gate.folder, ...given }).end();
    if (cookie !== undefined) this.actions.opened();
  }

  #events(response: ServerResponse, browser: string): void {
    response.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8' });
    this.actions.events(response, browser);
  }

  #post(name: string, request: IncomingMessage, response: ServerResponse): void {
    const isJson = request.headers['content-type'] === 'application/json';
    if (!isJson) return this.#say(response, 415, 'Only JSON is taken.\n');
    const parts: Buffer[] = [];
    let length = 0;
    request.on('data', (part: Buffer) => {
      length += part.length;
      if (length <= BODY_MAX) parts.push(part);
      else if (!response.headersSent) this.#say(response.setHeader('connection', 'close'), 413, 'That is too long.\n');
    });
    request.on('end', () => {
      if (response.headersSent) return;
      try {
        this.actions.post(name, Buffer.concat(parts).toString('utf8'));
        response.writeHead(204, headers).end();
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        this.#say(response, 400, `${error.message}\n`);
      }
    });
  }

  #say(response: ServerResponse, status: number, text: string): void {
    response.writeHead(status, { ...headers, 'content-type': 'text/plain; charset=utf-8' }).end(text);
  }
}
