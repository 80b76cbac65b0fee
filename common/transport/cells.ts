import type { Duplex } from 'node:stream';
import { WireError } from '../errors.js';
import { CELL } from '../wire/limits.js';

/**
 * Reads exactly one cell of 4096 bytes of the handshake, and not a byte more: what follows stays in the stream.
 * Throws WireError 'truncated' where the stream ends first, the signal's reason where that comes first, and the
 * stream's own error.
 */
export async function readHandshakeCell(stream: Duplex, signal: AbortSignal): Promise<Buffer> {
  for (;;) {
    signal.throwIfAborted();
    const cell = stream.read(CELL) as Buffer | null;
    if (cell?.length === CELL) return cell;
    if (cell || stream.readableEnded || stream.destroyed) throw truncated(stream);
    await readable(stream, signal);
  }
}

const truncated = (stream: Duplex) =>
  stream.errored ?? new WireError('truncated', 'The other side closed the connection in the middle of the handshake.');

function readable(stream: Duplex, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const events = ['readable', 'end', 'close'] as const;
    const done = (settle: () => void) => {
      for (const event of events) stream.off(event, woken);
      stream.off('error', failed);
      signal.removeEventListener('abort', aborted);
      settle();
    };
    const woken = () => done(resolve);
    const failed = (error: Error) => done(() => reject(error));
    const aborted = () => done(() => reject(signal.reason));
    for (const event of events) stream.on(event, woken);
    stream.on('error', failed);
    signal.addEventListener('abort', aborted, { once: true });
  });
}
