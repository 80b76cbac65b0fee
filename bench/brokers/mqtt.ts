import type { Read } from './packets.js';

/* MQTT 3.1.1 (OASIS, 2014), as far as one who publishes and hears with QoS 0 needs it. */

/** What comes from a broker. */
export type FromMqtt =
  | { readonly packet: 'connack' }
  | { readonly packet: 'suback'; readonly id: number }
  | { readonly packet: 'publish'; readonly payload: Buffer };

/** The first byte of each packet: type and flags (2.2). Of PUBLISH: QoS 0, neither again nor retained. */
const first = { connect: 0x10, connack: 0x20, publish: 0x30, subscribe: 0x82, suback: 0x90, disconnect: 0xe0 } as const;

/** Far more than the bench sends; the protocol's own limit is 256 MiB. */
const LENGTH_MAX = 65_536;
/** A length of four digits of 7 bits, the lowest one first; all but the last have the highest bit (2.2.3). */
const DIGITS_MAX = 4;
const DIGIT = 0x80;

/** Bytes that say a length, of a text or a packet's id. */
const SHORT = 2;

/** As `Reader` in packets.ts. */
export function readMqtt(bytes: Buffer, start: number): Read<FromMqtt> | undefined {
  let [length, at] = [0, start + 1];
  for (let digit = DIGIT, place = 1; digit >= DIGIT; at++, place *= DIGIT) {
    if (at > start + DIGITS_MAX) throw new Error('A length of MQTT has more than four bytes.');
    if (at >= bytes.length) return undefined;
    digit = bytes[at]!;
    length += digit % DIGIT * place;
  }
  if (length > LENGTH_MAX) throw new Error(`A packet of MQTT is ${length} bytes long.`);
  const end = at + length;
  return end > bytes.length ? undefined : { packet: body(bytes[start]!, bytes.subarray(at, end)), end };
}

function body(kind: number, bytes: Buffer): FromMqtt {
  switch (kind) {
    case first.publish: {
      const payload = SHORT + (bytes.length < SHORT ? Infinity : bytes.readUInt16BE());
      if (payload > bytes.length) throw new Error('A topic of MQTT is longer than its packet.');
      return { packet: 'publish', payload: bytes.subarray(payload) };
    }
    // No session from before (the first byte), and the connection is accepted (the second one).
    case first.connack:
      if (bytes.length !== 2 || bytes.readUInt16BE() !== 0) throw refusal('CONNACK', bytes);
      return { packet: 'connack' };
    // One topic was asked for, and is granted with QoS 0.
    case first.suback:
      if (bytes.length !== SHORT + 1 || bytes[SHORT] !== 0) throw refusal('SUBACK', bytes);
      return { packet: 'suback', id: bytes.readUInt16BE() };
    default:
      throw new Error(`A packet of MQTT begins with 0x${kind.toString(16)}, which is none that a broker sends here.`);
  }
}

const refusal = (name: string, bytes: Buffer) => new Error(`MQTT: ${name} is ${bytes.toString('hex') || 'empty'}.`);

function packet(kind: number, ...parts: readonly Buffer[]): Buffer {
  const rest = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([kind]), lengthBytes(rest.length), rest]);
}

function lengthBytes(length: number): Buffer {
  const digits: number[] = [];
  let left = length;
  do {
    const digit = left % DIGIT;
    left = Math.floor(left / DIGIT);
    digits.push(left > 0 ? digit + DIGIT : digit);
  } while (left > 0);
  return Buffer.from(digits);
}

function short(value: number): Buffer {
  const bytes = Buffer.alloc(SHORT);
  bytes.writeUInt16BE(value);
  return bytes;
}

const text = (value: string): Buffer => Buffer.concat([short(Buffer.byteLength(value)), Buffer.from(value)]);

/** Protocol level 4; a clean session (bit 1), and none is too silent: keep alive 0 (3.1). */
export const connectPacket = (client: string): Buffer =>
  packet(first.connect, text('MQTT'), Buffer.from([4, 2]), short(0), text(client));

export const subscribePacket = (id: number, topic: string): Buffer =>
  packet(first.subscribe, short(id), text(topic), Buffer.from([0]));

export const DISCONNECT = packet(first.disconnect);

/** All of a PUBLISH that comes before its payload of `length` bytes. */
export function publishHead(topic: string, length: number): Buffer {
  const name = text(topic);
  return Buffer.concat([Buffer.from([first.publish]), lengthBytes(name.length + length), name]);
}
