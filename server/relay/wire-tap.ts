import { CELL } from '../../common/wire/limits.js';
import { RECORD_HEADER } from '../../common/wire/record.js';
import type { Log, LogEvent } from './log.js';

/** Bytes of the ciphertext that are shown: enough to see that it looks like noise. */
const SHOWN = 16;

/**
 * For those who learn how the protocol works (--log-wire): what anybody on the way sees of a record (docs/PROTOCOL.md
 * part 3), its username, counter, k and tag, and the beginning of its ciphertext.
 */
export class WireTap {
  readonly #head = Buffer.alloc(RECORD_HEADER + SHOWN);
  #filled = 0;
  /** Bytes of the current record that are still to come. */
  #left = 0;

  constructor(private readonly log: Log) {}

  /** Takes in what comes from a client, however it is cut. */
  push(chunk: Buffer): void {
    for (let rest = chunk; rest.length > 0;) {
      const missing = this.#head.length - this.#filled;
      const taken = Math.min(rest.length, missing > 0 ? missing : this.#left);
      if (missing > 0) this.#fill(rest.subarray(0, taken));
      else this.#left -= taken;
      if (this.#filled === this.#head.length && this.#left === 0) this.#filled = 0;
      rest = rest.subarray(taken);
    }
  }

  #fill(part: Buffer): void {
    part.copy(this.#head, this.#filled);
    this.#filled += part.length;
    if (this.#filled < this.#head.length) return;
    // k = 0 is an error that ends the session; here it must only not stop the count.
    this.#left = Math.max(1, this.#head.readUInt8(32)) * CELL - this.#head.length;
    logHeader(this.log, 'record-in', this.#head, this.#head.subarray(RECORD_HEADER));
  }
}

/** Logs what is sent: what an Outbox calls for each record. */
export const logSealed = (log: Log) => (header: Buffer, ciphertext: Buffer): void =>
  logHeader(log, 'record-out', header, ciphertext.subarray(0, SHOWN));

function logHeader(log: Log, event: LogEvent, header: Buffer, ciphertext: Buffer): void {
  const counter = header.readBigUInt64LE(16) | (header.readBigUInt64LE(24) << 64n);
  log(event, {
    username: header.toString('latin1', 0, 16).replace(/\0+$/, ''),
    counter: counter.toString(),
    k: header.readUInt8(32),
    tag: header.toString('hex', 33, RECORD_HEADER),
    ciphertext: ciphertext.toString('hex'),
  });
}
