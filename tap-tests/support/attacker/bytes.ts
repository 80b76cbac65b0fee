/** The notation of docs/PROTOCOL.md, once more and apart from the project's own. */
export const u8 = (value: number): Buffer => Buffer.from([value]);

export function u16(value: number): Buffer {
  const out = Buffer.alloc(2);
  out.writeUInt16BE(value);
  return out;
}

export function u32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
}

export function u64(value: bigint): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(value);
  return out;
}

export const vec8 = (bytes: Uint8Array | string): Buffer => prefixed(u8, bytes);
export const vec16 = (bytes: Uint8Array | string): Buffer => prefixed(u16, bytes);
export const list16 = (items: readonly Uint8Array[]): Buffer => Buffer.concat([u8(items.length), ...items.map(vec16)]);

function prefixed(length: (value: number) => Buffer, bytes: Uint8Array | string): Buffer {
  const content = Buffer.from(bytes as Uint8Array);
  return Buffer.concat([length(content.length), content]);
}

/** 16 bytes, little-endian, the only integer of the protocol that is. */
export function counterBytes(counter: bigint): Buffer {
  const out = Buffer.alloc(16);
  for (let at = 0, rest = counter; at < 16; at += 1, rest >>= 8n) out[at] = Number(rest & 0xffn);
  return out;
}

/** Cuts one field after another off the front. */
export class Fields {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  get at(): number {
    return this.#at;
  }

  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.bytes.length) throw new Error(`${length} bytes at ${this.#at} of ${this.bytes.length}`);
    return this.bytes.subarray(this.#at, (this.#at = end));
  }

  u8(): number {
    return this.take(1)[0]!;
  }

  u16(): number {
    return this.take(2).readUInt16BE();
  }

  u32(): number {
    return this.take(4).readUInt32BE();
  }

  u64(): bigint {
    return this.take(8).readBigUInt64BE();
  }

  vec8(): Buffer {
    return this.take(this.u8());
  }

  vec16(): Buffer {
    return this.take(this.u16());
  }

  list16(): Buffer[] {
    return this.many(() => this.vec16());
  }

  /** `count` (u8) times what `read` takes off. */
  many<T>(read: () => T): T[] {
    return Array.from({ length: this.u8() }, read);
  }

  /** Throws where anything is left. */
  end(): void {
    if (this.#at !== this.bytes.length) throw new Error(`${this.bytes.length - this.#at} bytes behind the last field`);
  }

  rest(): Buffer {
    return this.take(this.bytes.length - this.#at);
  }
}
