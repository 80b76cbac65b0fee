import { WireError } from '../errors.js';

/**
 * Distinguished Encoding Rules (X.690), as far as keys and certificates need them. Anything but DER is
 * refused.
 */
export const tag = {
  boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, null: 0x05, oid: 0x06, utf8String: 0x0c,
  printableString: 0x13, ia5String: 0x16, utcTime: 0x17, generalizedTime: 0x18, sequence: 0x30, set: 0x31,
} as const;

export interface Element {
  readonly tag: number;
  readonly content: Buffer;
  /** Tag, length and content. */
  readonly whole: Buffer;
}

const fault = (what: string) => new WireError('malformed', `DER: ${what}`);

/**
 * The element at the front of `bytes`, which may have more behind it. Lengths of 4 bytes and more are
 * refused.
 */
export function readElement(bytes: Buffer): Element {
  const [first, length] = bytes;
  if (first === undefined || length === undefined) throw fault('an element is cut off');
  if ((first & 0x1f) === 0x1f) throw fault('a tag of several bytes');
  if (length < 0x80) return cut(bytes, 2, length);
  const width = length & 0x7f;
  if (width < 1 || width > 3 || bytes.length < 2 + width) throw fault('an unfit length');
  const value = bytes.readUIntBE(2, width);
  if (value < 0x80 || value < 2 ** (8 * (width - 1))) throw fault('a length longer than need be');
  return cut(bytes, 2 + width, value);
}

function cut(bytes: Buffer, header: number, length: number): Element {
  if (bytes.length < header + length) throw fault('an element is cut off');
  return {
    tag: bytes.readUInt8(0),
    content: bytes.subarray(header, header + length),
    whole: bytes.subarray(0, header + length),
  };
}

/** All elements of a content, in order. */
export function readElements(content: Buffer): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < content.length; at += elements.at(-1)!.whole.length) {
    elements.push(readElement(content.subarray(at)));
  }
  return elements;
}

/** The only element of `bytes`, with this tag. */
export function readOnly(bytes: Buffer, wanted: number, what: string): Element {
  const element = readElement(bytes);
  if (element.tag !== wanted) throw fault(`${what}: tag ${element.tag} instead of ${wanted}`);
  if (element.whole.length !== bytes.length) throw fault(`${what}: bytes left over`);
  return element;
}

export function writeElement(elementTag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = content.length;
  if (length < 0x80) return Buffer.concat([Buffer.from([elementTag, length]), content]);
  const width = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
  const header = Buffer.alloc(2 + width);
  header.writeUInt8(elementTag, 0);
  header.writeUInt8(0x80 | width, 1);
  header.writeUIntBE(length, 2, width);
  return Buffer.concat([header, content]);
}

/** A positive INTEGER from its big-endian magnitude. */
export function writeUnsigned(magnitude: Buffer): Buffer {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start++;
  const digits = magnitude.subarray(start);
  const sign = digits.length === 0 || digits.readUInt8(0) >= 0x80 ? Buffer.from([0]) : Buffer.alloc(0);
  return writeElement(tag.integer, sign, digits);
}

/** The big-endian magnitude of a non-negative INTEGER, without leading zeros. */
export function unsigned(element: Element, what: string): Buffer {
  const { content } = element;
  if (element.tag !== tag.integer || content.length === 0) throw fault(`${what}: not an integer`);
  if (content.readUInt8(0) >= 0x80) throw fault(`${what}: negative`);
  if (!writeUnsigned(content).equals(element.whole)) throw fault(`${what}: longer than need be`);
  return content.readUInt8(0) === 0 && content.length > 1 ? content.subarray(1) : content;
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function writeOid(dotted: string): Buffer {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...others].flatMap((arc) => {
    const digits = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return writeElement(tag.oid, Buffer.from(bytes));
}

/** The dotted form of an OBJECT IDENTIFIER whose arcs are below 2^31. */
export function readOid(element: Element, what: string): string {
  const arcs: number[] = [];
  let arc = 0;
  let fresh = true;
  for (const byte of element.content) {
    if ((fresh && byte === 0x80) || arc >= 2 ** 24) throw fault(`${what}: an unfit object identifier`);
    arc = arc * 128 + (byte & 0x7f);
    fresh = byte < 0x80;
    if (fresh) arcs.push(arc);
    if (fresh) arc = 0;
  }
  const [first] = arcs;
  if (element.tag !== tag.oid || first === undefined || !fresh) {
    throw fault(`${what}: not an object identifier`);
  }
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - 40 * top, ...arcs.slice(1)].join('.');
}

/** TRUE: a BOOLEAN that is FALSE is left out wherever DER has it as the default (X.690, 11.5). */
export function readTrue(element: Element, what: string): true {
  if (!element.whole.equals(TRUE)) throw fault(`${what}: not TRUE`);
  return true;
}

const TRUE = Buffer.from([tag.boolean, 1, 0xff]);

/** The bytes of a BIT STRING without unused bits. */
export function readBytesOfBits(element: Element, what: string): Buffer {
  if (element.tag !== tag.bitString || element.content[0] !== 0) {
    throw fault(`${what}: not a string of whole bytes`);
  }
  return element.content.subarray(1);
}

/**
 * The numbers of the bits set in a BIT STRING of named bits, which has no zeros at its end (X.690, 11.2.2).
 */
export function readNamedBits(element: Element, what: string): ReadonlySet<number> {
  const [unused, ...bytes] = element.content;
  const last = bytes.at(-1);
  if (element.tag !== tag.bitString || unused === undefined || last === undefined) {
    throw fault(`${what}: no bit set`);
  }
  if (unused > 7 || (last & ((2 << unused) - 1)) !== 1 << unused) throw fault(`${what}: bits without use`);
  return new Set(bytes.flatMap((byte, at) => [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => byte & (0x80 >> bit))
    .map((bit) => at * 8 + bit)));
}

/** Takes elements from the front of a structure, so that optional ones read in their order. */
export class Fields {
  readonly #left: Element[];

  constructor(content: Buffer, private readonly what: string) {
    this.#left = readElements(content);
  }

  /** The next element, if it has this tag. */
  optional(wanted: number): Element | undefined {
    return this.#left[0]?.tag === wanted ? this.#left.shift() : undefined;
  }

  /** The next element, which has to have this tag. */
  next(wanted: number): Element {
    const element = this.optional(wanted);
    if (!element) throw fault(`${this.what}: tag ${this.#left[0]?.tag ?? 'none'} instead of ${wanted}`);
    return element;
  }

  end(): void {
    if (this.#left.length > 0) throw fault(`${this.what}: a field too many`);
  }
}
