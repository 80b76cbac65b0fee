import type { Duplex } from 'node:stream';
import type { Visit } from '../line.js';
import { frameWriter, type FrameWriter } from '../tls-frames.js';
import { Packets, type Reader } from './packets.js';

export const HOST = '127.0.0.1';

/** What stands around a payload. */
export interface Envelope {
  readonly head: Buffer;
  readonly tail: Buffer;
}

/** A client of a broker, whichever it speaks with. It gathers what it writes in a turn of the event loop. */
export abstract class BrokerClient<P = unknown> implements Visit {
  readonly #packets: Packets<P>;
  readonly #out: FrameWriter;
  readonly #closed: Promise<void>;
  #leaving = false;
  #answered: (() => void) | undefined;
  /** Told of each payload. */
  heard: (payload: Buffer) => void = () => {
    throw new Error('A message came to one who waits for none.');
  };

  protected constructor(protected readonly stream: Duplex, read: Reader<P>) {
    this.#packets = new Packets(read);
    this.#out = frameWriter(stream, true);
    this.#closed = new Promise((resolve) => stream.once('close', () => {
      if (!this.#leaving) throw new Error('A broker closed a connection of the bench.');
      resolve();
    }));
    // A broker that was told goodbye need not wait for ours.
    stream.on('error', (error) => {
      if (!this.#leaving) throw error;
    });
    stream.on('data', (chunk: Buffer) => this.take(chunk));
  }

  /** Bytes from the broker, however they were cut. Throws where they are not what is due. */
  take(chunk: Buffer): void {
    for (const packet of this.#packets.push(chunk)) this.handle(packet);
  }

  /** A packet, or some. */
  send(bytes: Buffer): void {
    this.#out.write(bytes);
  }

  /** Resolves when the broker has answered: from there on, what is said under this subject is heard. */
  abstract subscribe(subject: string): Promise<void>;

  /** What a payload of `length` bytes is sent in. */
  abstract envelope(subject: string, length: number): Envelope;

  protected abstract handle(packet: P): void;

  /** What is written in the end; null is nothing. */
  protected abstract readonly goodbye: Buffer | null;

  /** Sends something, and waits for the answer. */
  protected ask(bytes: Buffer): Promise<void> {
    if (this.#answered) throw new Error('A broker was asked before it had answered.');
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.send(bytes);
    });
  }

  /** The answer came. Throws where none is due. */
  protected answer(name: string): void {
    const answered = this.#answered;
    if (!answered) throw new Error(`${name} came, and nobody had asked.`);
    this.#answered = undefined;
    answered();
  }

  leave(): Promise<void> {
    this.#leaving = true;
    this.heard = () => undefined;
    if (this.goodbye) this.stream.end(this.goodbye);
    else this.stream.end();
    return this.#closed;
  }
}
