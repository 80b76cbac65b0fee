import type { Duplex } from 'node:stream';
import { WireError } from '../errors.js';
import { CELL } from '../wire/limits.js';

/**
 * Reads exactly one cell of 4096 bytes of the handshake, and not a byte more: what follows stays in the stream.
 * Throws WireError 'truncated' where the stream ends first, the signal's reason where that comes first, and the
 * stream's own error.
 */
export function readHandshakeCell(stream: Duplex, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // One listener for the whole wait: adding one makes the stream say again what it has already.
    const look = () => {
      const cell = stream.read(CELL) as Buffer | null;
      if (cell?.length === CELL) done(() => resolve(cell));
      else if (cell || stream.readableEnded || stream.destroyed) done(() => reject(truncated(stream)));
    };
    const failed = (error: Error) => done(() => reject(error));
    const aborted = () => done(() => reject(signal.reason));
    const done = (settle: () => void) => {
      for (const event of ['readable', 'end', 'close']) stream.off(event, look);
      stream.off('error', failed);
      signal.removeEventListener('abort', aborted);
      settle();
    };
    if (signal.aborted) return reject(signal.reason);
    for (const event of ['readable', 'end', 'close']) stream.on(event, look);
    stream.on('error', failed);
    signal.addEventListener('abort', aborted, { once: true });
    look();
  });
}

const truncated = (stream: Duplex) =>
  stream.errored ?? new WireError('truncated', 'The other side closed the connection in the middle of the handshake.');
