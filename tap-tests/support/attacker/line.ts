import { connect, type Socket } from 'node:net';
import { until } from '../until.js';

export interface Target {
  readonly host: string;
  readonly port: number;
}

/** A TCP connection of which every byte counts. */
export class Line {
  #received: Buffer[] = [];
  #waiting = 0;
  /** All bytes that ever came. */
  total = 0;
  closed = false;
  ended = false;
  onData: (() => void) | undefined;

  constructor(readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => (this.closed = true));
    socket.on('end', () => (this.ended = true));
    socket.on('data', (chunk: Buffer) => {
      this.#received.push(chunk);
      this.#waiting += chunk.length;
      this.total += chunk.length;
      this.onData?.();
    });
  }

  /** @param localAddress one of 127.0.0.0/8, to be many attackers at once */
  static async to({ host, port }: Target, localAddress?: string): Promise<Line> {
    const socket = connect({ host, port, ...(localAddress === undefined ? {} : { localAddress }) });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new Line(socket);
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** The next `length` bytes, if they are there. */
  take(length: number): Buffer | undefined {
    if (this.#waiting < length) return undefined;
    const all = this.#received.length === 1 ? this.#received[0]! : Buffer.concat(this.#received);
    this.#received = all.length > length ? [all.subarray(length)] : [];
    this.#waiting -= length;
    return all.subarray(0, length);
  }

  putBack(bytes: Buffer): void {
    this.#received.unshift(bytes);
    this.#waiting += bytes.length;
  }

  /** Waits for `length` bytes; `undefined` if the other side went before. */
  async read(length: number, ms = 10_000): Promise<Buffer | undefined> {
    await until(`${length} bytes`, () => this.#waiting >= length || this.ended || this.closed, ms);
    return this.take(length);
  }

  write(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** Waits until the other side has closed. */
  async gone(ms = 10_000): Promise<void> {
    await until('the end of the connection', () => this.ended || this.closed, ms);
  }

  cut(): void {
    this.socket.resetAndDestroy();
  }

  /** Stops reading, as a reader who has gone to sleep. */
  sleep(): void {
    this.socket.pause();
  }

  wake(): void {
    this.socket.resume();
  }
}
