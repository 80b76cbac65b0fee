/** Collects the fields of a message and joins them once. */
export class Writer {
  readonly #parts: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  bytes(part: Buffer): void {
    this.#parts.push(part);
    this.#length += part.length;
  }

  u8(value: number): void {
    this.bytes(Buffer.from([value]));
  }

  u16(value: number): void {
    const part = Buffer.alloc(2);
    part.writeUInt16BE(value);
    this.bytes(part);
  }

  u32(value: number): void {
    const part = Buffer.alloc(4);
    part.writeUInt32BE(value);
    this.bytes(part);
  }

  join(): Buffer {
    return Buffer.concat(this.#parts, this.#length);
  }
}
