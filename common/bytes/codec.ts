import { WireError } from '../errors.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

/**
 * A codec is a value that says how a field is written and read. Structures are built from codecs, so that a layout is
 * declared once and both directions follow. Every variable length has its bounds where it is declared, and whatever
 * decodes encodes back to the same bytes.
 */
export interface Codec<T> {
  /** The name that errors give the field. */
  readonly field: string;
  write(writer: Writer, value: T): void;
  /** Throws WireError 'malformed'. */
  read(reader: Reader): T;
}

export type Value<C> = C extends Codec<infer T> ? T : never;

export interface Bounds {
  readonly min?: number;
  readonly max: number;
}

function check(field: string, length: number, { min = 0, max }: Bounds, unit = 'bytes'): void {
  if (length < min || length > max) {
    throw new WireError('malformed', `${field}: ${length} ${unit}, allowed are ${min} to ${max}`);
  }
}

export function encode<T>(codec: Codec<T>, value: T): Buffer {
  const writer = new Writer();
  codec.write(writer, value);
  return writer.join();
}

/** Decodes a whole buffer: a byte left over is an error. */
export function decode<T>(codec: Codec<T>, bytes: Buffer): T {
  const reader = new Reader(bytes);
  const value = codec.read(reader);
  reader.end(codec.field);
  return value;
}

export function u8(field: string, allowed: Bounds = { max: 0xff }): Codec<number> {
  const within = (value: number) => check(field, value, allowed, 'as the value');
  return {
    field,
    write(writer, value) {
      within(value);
      writer.u8(value);
    },
    read(reader) {
      const value = reader.u8(field);
      within(value);
      return value;
    },
  };
}

export function u16(field: string): Codec<number> {
  return { field, write: (writer, value) => writer.u16(value), read: (reader) => reader.u16(field) };
}

export function u32(field: string): Codec<number> {
  return { field, write: (writer, value) => writer.u32(value), read: (reader) => reader.u32(field) };
}

/** An integer of 8 bytes that JavaScript can hold: below 2^53. */
export function u64(field: string): Codec<number> {
  return mapped(fixed(field, 8), (value: number) => {
    const raw = Buffer.alloc(8);
    raw.writeBigUInt64BE(BigInt(value));
    return raw;
  }, (raw) => {
    const value = Number(raw.readBigUInt64BE());
    if (!Number.isSafeInteger(value)) throw new WireError('malformed', `${field}: 2^53 or more`);
    return value;
  });
}

/** Exactly `length` bytes. */
export function fixed(field: string, length: number): Codec<Buffer> {
  return {
    field,
    write(writer, value) {
      check(field, value.length, { min: length, max: length });
      writer.bytes(value);
    },
    read: (reader) => reader.take(length, field),
  };
}

function vec(field: string, bounds: Bounds, lengthOf: 'u8' | 'u16'): Codec<Buffer> {
  return {
    field,
    write(writer, value) {
      check(field, value.length, bounds);
      writer[lengthOf](value.length);
      writer.bytes(value);
    },
    read(reader) {
      const length = reader[lengthOf](field);
      check(field, length, bounds);
      return reader.take(length, field);
    },
  };
}

/** Bytes behind their length in one byte. */
export const vec8 = (field: string, bounds: Bounds) => vec(field, bounds, 'u8');

/** Bytes behind their length in two bytes, big-endian. */
export const vec16 = (field: string, bounds: Bounds) => vec(field, bounds, 'u16');

/** All bytes that are left. */
export function rest(field: string, bounds: Bounds): Codec<Buffer> {
  return {
    field,
    write(writer, value) {
      check(field, value.length, bounds);
      writer.bytes(value);
    },
    read(reader) {
      check(field, reader.remaining, bounds);
      return reader.take(reader.remaining, field);
    },
  };
}

/** Items behind their number in one byte. */
export function list8<T>(field: string, item: Codec<T>, bounds: Bounds): Codec<readonly T[]> {
  return {
    field,
    write(writer, values) {
      check(field, values.length, bounds, 'items');
      writer.u8(values.length);
      for (const value of values) item.write(writer, value);
    },
    read(reader) {
      const count = reader.u8(field);
      check(field, count, bounds, 'items');
      return Array.from({ length: count }, () => item.read(reader));
    },
  };
}

/** A codec seen through a conversion; `from` throws WireError where the bytes mean nothing, or not uniquely. */
export function mapped<A, B>(codec: Codec<A>, to: (value: B) => A, from: (raw: A) => B): Codec<B> {
  return {
    field: codec.field,
    write: (writer, value) => codec.write(writer, to(value)),
    read: (reader) => from(codec.read(reader)),
  };
}

/** Well-formed UTF-8; anything that would not encode back to the same bytes is refused. */
export function text(codec: Codec<Buffer>): Codec<string> {
  return mapped(codec, (value: string) => Buffer.from(value, 'utf8'), (raw) => {
    const value = raw.toString('utf8');
    if (!Buffer.from(value, 'utf8').equals(raw)) throw new WireError('malformed', `${codec.field}: not UTF-8`);
    return value;
  });
}

/** Fields one after another, in the order in which the object names them. */
export function struct<F extends Record<string, Codec<any>>>(
  field: string,
  fields: F,
): Codec<{ readonly [K in keyof F]: Value<F[K]> }> {
  const entries = Object.entries(fields);
  return {
    field,
    write(writer, value) {
      for (const [name, codec] of entries) codec.write(writer, value[name]);
    },
    read(reader) {
      return Object.fromEntries(entries.map(([name, codec]) => [name, codec.read(reader)])) as never;
    },
  };
}
