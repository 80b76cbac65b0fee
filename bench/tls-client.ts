import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import type { Line, Pair, Visit } from './line.js';
import { Messages } from './messages.js';
import { EVERYONE, FRAME, Frames, Gathered, memberNumber } from './tls-frames.js';

const HOST = '127.0.0.1';

/** A client of the TLS relay: a full handshake with its certificate, no session is taken up again. */
export class TlsClient implements Visit {
  readonly #frames = new Frames();
  readonly #out: Gathered;
  readonly #closed: Promise<void>;
  #leaving = false;
  heard: (frame: Buffer) => void = () => undefined;

  private constructor(private readonly socket: TLSSocket) {
    this.#out = new Gathered(socket);
    this.#closed = new Promise((resolve) => socket.once('close', () => {
      if (!this.#leaving) throw new Error('The TLS relay closed a connection of the bench.');
      resolve();
    }));
    socket.on('data', (chunk: Buffer) => {
      const frames = this.#frames.push(chunk);
      for (let at = 0; at < frames.length; at += FRAME) this.heard(frames.subarray(at, at + FRAME));
    });
  }

  /** Resolves when the relay has greeted, which it does when the certificate was verified. */
  static async logIn(port: number, secureContext: SecureContext): Promise<TlsClient> {
    const client = new TlsClient(connect({ host: HOST, port, secureContext }).setNoDelay(true));
    await client.next();
    return client;
  }

  send(frame: Buffer): void {
    this.#out.write(frame);
  }

  next(): Promise<Buffer> {
    return new Promise((resolve) => {
      this.heard = (frame) => {
        this.heard = () => undefined;
        resolve(frame);
      };
    });
  }

  leave(): Promise<void> {
    this.#leaving = true;
    this.heard = () => undefined;
    this.socket.end();
    return this.#closed;
  }
}

class TlsLine implements Line {
  readonly #outgoing: Messages;
  readonly #incoming: Messages;
  heard: () => void = () => undefined;

  constructor(private readonly client: TlsClient, own: Buffer, other: Buffer) {
    this.#outgoing = new Messages(other, FRAME);
    this.#incoming = new Messages(own, FRAME);
    client.heard = (frame) => {
      this.#incoming.check(frame);
      this.heard();
    };
  }

  get sent(): number {
    return this.#outgoing.count;
  }

  get received(): number {
    return this.#incoming.count;
  }

  send(): void {
    this.client.send(this.#outgoing.next());
  }

  leave(): Promise<void> {
    return this.client.leave();
  }
}

/** Logs one in, whom the relay then knows by its number. */
async function join(port: number, number: Buffer, context: SecureContext): Promise<TlsClient> {
  const client = await TlsClient.logIn(port, context);
  const known = client.next();
  client.send(Buffer.concat([number, Buffer.alloc(FRAME - number.length)]));
  await known;
  return client;
}

/** Logs two in, who then know each other's number. @param index of the pair */
export async function tlsPair(port: number, index: number, clients: readonly SecureContext[]): Promise<Pair> {
  const numbers = [memberNumber(2 * index), memberNumber(2 * index + 1)] as const;
  const context = clients[index % clients.length]!;
  const [one, other] = [await join(port, numbers[0], context), await join(port, numbers[1], context)];
  return [new TlsLine(one, numbers[0], numbers[1]), new TlsLine(other, numbers[1], numbers[0])];
}

/** Logs so many in, each of whom speaks to all others. */
export async function tlsRoom(port: number, size: number, clients: readonly SecureContext[]): Promise<Line[]> {
  const lines: Line[] = [];
  for (let index = 0; index < size; index++) {
    const client = await join(port, memberNumber(index), clients[index % clients.length]!);
    lines.push(new TlsLine(client, EVERYONE, EVERYONE));
  }
  return lines;
}
