import { connect, type NetConnectOpts, type OnReadOpts, Socket, type TcpNetConnectOpts } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Where the sockets of this process read, one after another. Left alone, node:net makes 64 KiB anew for each read and
 * takes what came through a queue: a quarter of the time of a relay that does nothing else (docs/PERFORMANCE.md).
 */
const place = Buffer.allocUnsafeSlow(64 * 1024);

/** Gets bytes that are there only until it returns. */
export type Take = (chunk: Buffer) => void;

/** What is done with the bytes of one socket: until somebody takes them, they wait in the stream as usual. */
class Reading {
  take: Take | undefined;
  socket: Socket | undefined;

  readonly #callback = (length: number): boolean => {
    const chunk = place.subarray(0, length);
    if (!this.take) return this.socket!.push(Buffer.from(chunk));
    this.take(chunk);
    return !this.socket!.isPaused();
  };

  get options(): OnReadOpts {
    return { buffer: place, callback: this.#callback };
  }

  of(socket: Socket): Socket {
    this.socket = socket;
    readings.set(socket, this);
    return socket;
  }
}

const readings = new WeakMap<Duplex, Reading>();

/** Like `connect` of node:net. */
export function connectReading(options: TcpNetConnectOpts): Socket {
  const reading = new Reading();
  return reading.of(connect({ ...options, onread: reading.options } as NetConnectOpts));
}

/** What node:net knows and does not say: a socket has a handle, and may be made of one. */
interface WithHandle {
  _handle?: object | null;
}

/**
 * The same connection, taken over from a socket that a server with `pauseOnConnect` has accepted, which cannot be told
 * where to read; the server no longer counts it. Where Node has no such handle, it is the socket as it is.
 */
export function takenOver(accepted: Socket): Socket {
  const { _handle: handle } = accepted as WithHandle;
  if (!handle) return accepted;
  const reading = new Reading();
  const socket = new Socket({ handle, onread: reading.options } as object);
  (accepted as WithHandle)._handle = null;
  accepted.destroy();
  return reading.of(socket);
}

/** From now on all bytes go to `take`: those that wait in the stream already before this returns. */
export function feed(stream: Duplex, take: Take): void {
  const reading = readings.get(stream);
  if (!reading) return void stream.on('data', take).resume();
  stream.resume();
  for (let rest = stream.read() as Buffer | null; rest; rest = stream.read() as Buffer | null) take(rest);
  reading.take = take;
}
