import { connect, createServer, type Server, type Socket } from 'node:net';
import { CELL } from './cells.js';
import { CUT, type Edit } from './edits.js';
import type { Target } from './line.js';

/** What passes in one direction of one connection: all of it as it came, but for the edits that are planned. */
export class Flow {
  readonly #came: Buffer[] = [];
  readonly #went: Buffer[] = [];
  #edits: Edit[] = [];
  /** Came, and has not gone on. */
  #pending = Buffer.alloc(0);
  #length = 0;
  #at = 0;
  #held = false;
  #ended = false;
  #working = false;

  constructor(
    private readonly from: Socket, private readonly to: Socket, private readonly passage: { cut(): void; cell(): void },
  ) {
    from.on('data', (chunk: Buffer) => this.#take(chunk));
    from.on('end', () => {
      this.#ended = true;
      void this.#work();
    });
    from.on('close', () => this.#ended || to.destroy());
  }

  /** The bytes as they came. */
  get came(): Buffer {
    return Buffer.concat(this.#came);
  }

  /** The bytes as they went on. */
  get went(): Buffer {
    return Buffer.concat(this.#went);
  }

  /** How many bytes came. */
  get length(): number {
    return this.#length;
  }

  /** Edits of what did not pass yet; those at the same offset are made in the order in which they were planned. */
  plan(...edits: readonly Edit[]): void {
    this.#edits = [...this.#edits, ...edits].sort((one, other) => one.at - other.at);
    void this.#work();
  }

  /** Nothing more goes on until `release`, also no end of the stream. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    void this.#work();
  }

  #take(chunk: Buffer): void {
    this.#came.push(chunk);
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const before = Math.floor(this.#length / CELL);
    this.#length += chunk.length;
    for (let cell = before; cell < Math.floor(this.#length / CELL); cell += 1) this.passage.cell();
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    while (!this.#held) {
      const edit = this.#edits[0];
      this.#give(this.#next(edit ? edit.at - this.#at : this.#pending.length));
      if (!edit || this.#at < edit.at || this.#pending.length < edit.take) break;
      this.#edits.shift();
      const given = await edit.give(this.#next(edit.take));
      if (given === CUT) return this.passage.cut();
      this.#give(given);
    }
    this.#working = false;
    if (this.#ended && !this.#held) this.to.end();
  }

  #next(length: number): Buffer {
    const taken = this.#pending.subarray(0, Math.max(0, length));
    this.#pending = this.#pending.subarray(taken.length);
    this.#at += taken.length;
    return taken;
  }

  #give(bytes: Buffer): void {
    if (bytes.length === 0 || this.to.destroyed) return;
    this.#went.push(bytes);
    if (this.to.write(bytes)) return;
    this.from.pause();
    this.to.once('drain', () => this.from.resume());
  }
}

/** One connection through the proxy. */
export class Passage {
  readonly toServer: Flow;
  readonly toClient: Flow;
  /** A `>` for each whole cell that came from the client, a `<` for each from the server, in their order. */
  shape = '';

  constructor(private readonly client: Socket, private readonly server: Socket) {
    for (const socket of [client, server]) socket.setNoDelay(true).on('error', () => undefined);
    this.toServer = new Flow(client, server, { cut: () => this.cut(), cell: () => (this.shape += '>') });
    this.toClient = new Flow(server, client, { cut: () => this.cut(), cell: () => (this.shape += '<') });
  }

  get closed(): boolean {
    return this.client.destroyed && this.server.destroyed;
  }

  /** Ends it for both: what went on by now arrives, and nothing behind it. */
  cut(): void {
    for (const socket of [this.client, this.server]) socket.end(() => socket.destroy());
  }

  /** Ends it with a reset. */
  reset(): void {
    for (const socket of [this.client, this.server]) socket.resetAndDestroy();
  }
}

/** Somebody on the way between clients and a server: sees every byte, and lets through what it likes. */
export class Proxy {
  /** In the order in which the clients came. */
  readonly passages: Passage[] = [];

  private constructor(private readonly listener: Server) {}

  /** @param script is called for each connection before its first byte passes */
  static async open(target: Target, script?: (passage: Passage, number: number) => void): Promise<Proxy> {
    const listener = createServer({ allowHalfOpen: true });
    const proxy = new Proxy(listener);
    listener.on('connection', (client) => {
      const passage = new Passage(client, connect({ ...target, allowHalfOpen: true }));
      proxy.passages.push(passage);
      script?.(passage, proxy.passages.length - 1);
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.listener.address() as { port: number }).port;
  }

  get last(): Passage {
    return this.passages.at(-1)!;
  }

  async close(): Promise<void> {
    for (const passage of this.passages) passage.reset();
    await new Promise((resolve) => this.listener.close(resolve));
  }
}
