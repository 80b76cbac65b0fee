import type { Socket } from 'node:net';
import { encode } from '../../common/bytes/codec.js';
import type { Clock } from '../../common/clock.js';
import { refusal } from '../../common/wire/bodies.js';
import { writeCell } from '../../common/wire/cell.js';
import { lastWords } from './last-words.js';

/** Writes a refusal (docs/PROTOCOL.md part 2) and closes. */
export function refuse(socket: Socket, code: number | undefined, clock: Clock): void {
  if (code === undefined || socket.destroyed) return void socket.destroy();
  lastWords(socket, writeCell('refusal', encode(refusal, { code })), clock);
}

/** The same for one that is not let in at all, of which there may be very many: nobody waits for it. */
export function turnAway(socket: Socket, code: number): void {
  socket.resume();
  socket.write(writeCell('refusal', encode(refusal, { code })));
  socket.destroySoon();
}
