import { CELL } from '../../support/attacker/cells.js';
import type { Line } from '../../support/attacker/line.js';

/** All bytes of a connection from here on, as somebody on the way would have them. */
export class Tape {
  readonly #sent: Buffer[] = [];
  readonly #received: Buffer[] = [];

  constructor(line: Line) {
    const write = line.write.bind(line);
    line.write = (bytes) => {
      this.#sent.push(bytes);
      write(bytes);
    };
    line.socket.on('data', (chunk: Buffer) => this.#received.push(chunk));
  }

  get sent(): Buffer {
    return Buffer.concat(this.#sent);
  }

  get received(): Buffer {
    return Buffer.concat(this.#received);
  }

  sentCell(index: number): Buffer {
    return this.sent.subarray(index * CELL, (index + 1) * CELL);
  }

  receivedCell(index: number): Buffer {
    return this.received.subarray(index * CELL, (index + 1) * CELL);
  }
}
