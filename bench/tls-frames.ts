import type { Writable } from 'node:stream';
import { CELL } from '../common/wire/limits.js';

/** A frame of the TLS relay is as long as a cell: 8 bytes that name the receiver, and 4088 more. */
export const FRAME = CELL;
export const RECEIVER = 8;

/** The bytes that stand for a member. */
export function memberNumber(number: number): Buffer {
  const bytes = Buffer.alloc(RECEIVER);
  bytes.writeUInt32BE(number, RECEIVER - 4);
  return bytes;
}

/** Stands for all members but the one who sends. */
export const EVERYONE = Buffer.alloc(RECEIVER, 0xff);

/** Whole frames from a stream of bytes, however it was cut. */
export class Frames {
  #rest: Buffer = Buffer.alloc(0);

  static greeting(): Buffer {
    return Buffer.alloc(FRAME);
  }

  /** All whole frames that are there now, one behind the other. */
  push(chunk: Buffer): Buffer {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const whole = bytes.length - bytes.length % FRAME;
    this.#rest = bytes.subarray(whole);
    return bytes.subarray(0, whole);
  }

  /** The same, one by one. */
  *each(chunk: Buffer): Generator<Buffer> {
    const frames = this.push(chunk);
    for (let first = 0; first < frames.length; first += FRAME) yield frames.subarray(first, first + FRAME);
  }

  /** The same, in runs of frames to the same receiver, which can be written at once. */
  *runs(chunk: Buffer): Generator<Buffer> {
    const frames = this.push(chunk);
    for (let first = 0, end = 0; first < frames.length; first = end) {
      do end += FRAME; while (end < frames.length && sameReceiver(frames, first, end));
      yield frames.subarray(first, end);
    }
  }
}

const sameReceiver = (frames: Buffer, one: number, other: number) =>
  frames.compare(frames, one, one + RECEIVER, other, other + RECEIVER) === 0;

/** Where frames go: a socket, which sends each at once, or what gathers them. */
export interface FrameWriter {
  write(bytes: Buffer): unknown;
}

export const frameWriter = (socket: Writable, gathers: boolean): FrameWriter =>
  (gathers ? new Gathered(socket) : socket);

/** What is written in one turn of the event loop leaves at once, as from the relay's own outbox. */
class Gathered implements FrameWriter {
  #corked = false;

  constructor(private readonly stream: Writable) {}

  write(bytes: Buffer): void {
    if (!this.#corked) {
      this.#corked = true;
      this.stream.cork();
      setImmediate(this.#release);
    }
    this.stream.write(bytes);
  }

  readonly #release = (): void => {
    this.#corked = false;
    this.stream.uncork();
  };
}
