import { WireError } from '../errors.js';

/** Reads fields from the front of a buffer. Every failure is a WireError 'malformed' that names the field. */
export class Reader {
  #offset = 0;

  constructor(private readonly bytes: Buffer) {}

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.bytes.length - this.#offset;
  }

  /** The next `length` bytes, as a view on the buffer, not a copy. */
  take(length: number, field: string): Buffer {
    if (length > this.remaining) {
      throw new WireError('malformed', `${field}: ${length} bytes announced, ${this.remaining} there`);
    }
    const start = this.#offset;
    this.#offset += length;
    return this.bytes.subarray(start, this.#offset);
  }

  u8(field: string): number {
    return this.take(1, field).readUInt8(0);
  }

  u16(field: string): number {
    return this.take(2, field).readUInt16BE(0);
  }

  u32(field: string): number {
    return this.take(4, field).readUInt32BE(0);
  }

  /** Throws if a byte is left after the last field. */
  end(what: string): void {
    if (this.remaining > 0) throw new WireError('malformed', `${what}: ${this.remaining} bytes left over`);
  }
}
