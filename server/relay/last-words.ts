import type { Duplex } from 'node:stream';
import type { Clock } from '../../common/clock.js';

/** So long somebody whose connection ends may take to read why. */
const READ_MS = 1_000;

/**
 * Writes the last bytes of a connection, ends it, and destroys it when its time is over. What still comes is read and
 * thrown away: the end would not be seen behind it, and a reset would take the last words with it.
 */
export function lastWords(socket: Duplex, bytes: Buffer, clock: Clock): void {
  socket.resume();
  socket.end(bytes);
  const timer = clock.after(READ_MS, () => socket.destroy());
  socket.once('close', () => timer.cancel());
}
