import type { Read } from './packets.js';

/* The client protocol of NATS, as far as one who publishes and hears needs it: lines, and payloads behind some. */

/** What comes from a server. */
export type FromNats =
  | { readonly packet: 'info'; readonly text: string }
  | { readonly packet: 'ping' }
  | { readonly packet: 'pong' }
  | { readonly packet: 'msg'; readonly payload: Buffer };

const CR = 0x0d;
const LF = 0x0a;
const END = 2;

/** Of INFO, which is the longest; far more than a server without others beside it says. */
const LINE_MAX = 8_192;
/** Far more than the bench sends. */
const PAYLOAD_MAX = 65_536;

/** `MSG subject sid [reply] size`; nobody here asks for replies. */
const MSG = /^MSG [^\s]+ \d+ (\d{1,9})$/;

/** As `Reader` in packets.ts. */
export function readNats(bytes: Buffer, start: number): Read<FromNats> | undefined {
  const feed = bytes.indexOf(LF, start);
  if ((feed < 0 ? bytes.length : feed) - start > LINE_MAX) throw new Error('A line of NATS is too long.');
  if (feed < 0) return undefined;
  if (feed === start || bytes[feed - 1] !== CR) throw new Error('A line of NATS does not end with CR LF.');
  const line = bytes.toString('latin1', start, feed - 1);
  return line.startsWith('MSG ') ? message(bytes, line, feed + 1) : { packet: control(line), end: feed + 1 };
}

function message(bytes: Buffer, line: string, from: number): Read<FromNats> | undefined {
  const size = Number(MSG.exec(line)?.[1] ?? NaN);
  if (!(size <= PAYLOAD_MAX)) throw new Error(`NATS: not a message of this bench: ${line}`);
  const to = from + size;
  if (to + END > bytes.length) return undefined;
  if (bytes[to] !== CR || bytes[to + 1] !== LF) throw new Error('A payload of NATS is longer or shorter than it says.');
  return { packet: { packet: 'msg', payload: bytes.subarray(from, to) }, end: to + END };
}

function control(line: string): FromNats {
  if (line === 'PING') return { packet: 'ping' };
  if (line === 'PONG') return { packet: 'pong' };
  if (line.startsWith('INFO ')) return { packet: 'info', text: line.slice('INFO '.length) };
  throw new Error(`NATS: nothing that a server says here: ${JSON.stringify(line.slice(0, 200))}`);
}

const line = (content: string): Buffer => Buffer.from(`${content}\r\n`, 'latin1');

/** No +OK for each line; protocol 0: no news about other servers. */
export const CONNECT = line(`CONNECT ${JSON.stringify({
  verbose: false, pedantic: false, echo: false, tls_required: true, protocol: 0, lang: 'node', version: '1', name: '',
})}`);

export const PING = line('PING');
export const PONG = line('PONG');

export const subLine = (subject: string, id: number): Buffer => line(`SUB ${subject} ${id}`);

/** All of a PUB that comes before its payload of `length` bytes; behind it comes `PAYLOAD_END`. */
export const pubHead = (subject: string, length: number): Buffer => line(`PUB ${subject} ${length}`);

export const PAYLOAD_END = line('');

/** Throws where the server would not take what the bench sends. */
export function checkInfo(text: string, payload: number): void {
  const info: unknown = JSON.parse(text);
  const { tls_required: tls, max_payload: most } = info as { tls_required?: unknown; max_payload?: unknown };
  if (tls !== true) throw new Error('The server of NATS does not ask for TLS.');
  if (!(Number(most) >= payload)) throw new Error(`The server of NATS takes ${String(most)} bytes at most.`);
}
