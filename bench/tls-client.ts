import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import type { Visit } from './line.js';
import { FRAME, Frames, frameWriter, type FrameWriter } from './tls-frames.js';

const HOST = '127.0.0.1';

/** A client of the TLS relay: a full handshake with its certificate, no session is taken up again. */
export class TlsClient implements Visit {
  readonly #frames = new Frames();
  readonly #out: FrameWriter;
  readonly #closed: Promise<void>;
  #leaving = false;
  heard: (frame: Buffer) => void = () => undefined;

  private constructor(private readonly socket: TLSSocket, gathers: boolean) {
    this.#out = frameWriter(socket, gathers);
    this.#closed = new Promise((resolve) => socket.once('close', () => {
      if (!this.#leaving) throw new Error('The TLS relay closed a connection of the bench.');
      resolve();
    }));
    socket.on('data', (chunk: Buffer) => {
      const frames = this.#frames.push(chunk);
      for (let at = 0; at < frames.length; at += FRAME) this.heard(frames.subarray(at, at + FRAME));
    });
  }

  /**
   * Resolves when the relay has greeted, which it does when the certificate was verified.
   * @param gathers as in tls-relay-process.ts
   */
  static async logIn(port: number, secureContext: SecureContext, gathers = false): Promise<TlsClient> {
    const client = new TlsClient(connect({ host: HOST, port, secureContext }).setNoDelay(true), gathers);
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
