import { Duplex } from 'node:stream';
import { CELL } from '../../common/wire/limits.js';

/** Everything that passed between one client and the server, as somebody on the network would have it. */
export class Wiretap {
  readonly sent: Buffer[] = [];
  readonly received: Buffer[] = [];

  /** A stream that behaves like the socket, and notes what passes. */
  through(socket: Duplex): Duplex {
    const { sent, received } = this;
    const tapped = new Duplex({
      read: () => void socket.resume(),
      write(chunk: Buffer, _encoding, done) {
        sent.push(Buffer.from(chunk));
        socket.write(chunk, done);
      },
      final: (done) => void socket.end(done),
      destroy(error, done) {
        socket.destroy();
        done(error);
      },
    });
    socket.on('data', (chunk: Buffer) => {
      received.push(Buffer.from(chunk));
      if (!tapped.push(chunk)) socket.pause();
    });
    socket.on('end', () => tapped.push(null));
    socket.on('close', () => tapped.destroy());
    return tapped;
  }

  get all(): Buffer {
    return Buffer.concat([...this.sent, ...this.received]);
  }

  /** The n-th cell of one direction. */
  cell(direction: 'sent' | 'received', index: number): Buffer {
    return Buffer.concat(this[direction]).subarray(index * CELL, (index + 1) * CELL);
  }
}
