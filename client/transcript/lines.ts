import { publicIdentity, type PublicIdentity } from '../../common/crypto/identity.js';
import type { Signer } from '../../common/crypto/signed-text.js';
import { WireError } from '../../common/errors.js';
import {
  CERTIFICATE_BYTES_MAX, CERTIFICATES_MAX, PUBLIC_KEY_BYTES_MAX, SIGNATURE_BYTES_MAX,
} from '../../common/wire/limits.js';
import { TIME_MAX } from '../../common/wire/signed.js';
import { isUsername } from '../../common/wire/username.js';

/** The lines of a transcript (docs/PROTOCOL.md part 11): each is written in one way only, and read only so. */

/** A text of 64,882 bytes, each written as \u0000, and what is around it. */
export const LINE_MAX = 512 * 1024;

/** Some hundred thousand texts. */
export const TRANSCRIPT_MAX = 64 * 1024 * 1024;

export interface TranscriptParty {
  readonly name: string;
  readonly key: PublicIdentity;
  /** DER, its own first; may be none. */
  readonly certificates: readonly Buffer[];
}

export interface Header extends Readonly<Record<Signer, TranscriptParty>> {
  /** 16 hexadecimal digits. */
  readonly conversation: string;
}

export type Entry =
  | {
    readonly is: 'text'; readonly from: string; readonly n: number; /** ms since 1970 */ readonly time: number;
    readonly seen: number; readonly text: string; readonly signature: Buffer;
  }
  /** It came too late to be shown: only H(text) is kept. */
  | {
    readonly is: 'late'; readonly from: string; readonly n: number; readonly time: number; readonly seen: number;
    readonly textHash: Buffer; readonly signature: Buffer;
  }
  | {
    readonly is: 'receipt'; readonly from: string; readonly own: number; readonly other: number;
    readonly signature: Buffer;
  };

const base64 = (bytes: Buffer): string => bytes.toString('base64');
const iso = (time: number): string => new Date(time).toISOString();
const party = ({ name, key, certificates }: TranscriptParty) =>
  ({ name, key: base64(key.spki), certificates: certificates.map(base64) });

/** @returns the first line, without its LF */
export const writeHeader = ({ conversation, caller, receiver }: Header): string =>
  JSON.stringify({ transcript: 1, conversation, caller: party(caller), receiver: party(receiver) });

/** @returns a further line, without its LF */
export function writeEntry(entry: Entry): string {
  const signature = base64(entry.signature);
  switch (entry.is) {
    case 'text': {
      const { from, n, time, seen, text } = entry;
      return JSON.stringify({ from, n, time: iso(time), seen, text, signature });
    }
    case 'late': {
      const { from, n, time, seen, textHash } = entry;
      return JSON.stringify({ from, n, time: iso(time), seen, late: base64(textHash), signature });
    }
    case 'receipt':
      return JSON.stringify({ receipt: entry.from, own: entry.own, other: entry.other, signature });
  }
}

/** Throws WireError 'malformed', and HandshakeError 'bad-public-key'. */
export function readHeader(line: string): Header {
  const fields = readObject(line);
  if (fields.get('transcript') !== 1) throw malformed('it does not begin a transcript of version 1');
  const conversation = string(fields, 'conversation');
  if (!/^[0-9a-f]{16}$/.test(conversation)) throw malformed('"conversation" is not 16 hexadecimal digits');
  const header = { conversation, caller: readParty(fields.get('caller')), receiver: readParty(fields.get('receiver')) };
  if (header.caller.name === header.receiver.name) throw malformed('both sides have the same name');
  if (header.caller.key.spki.equals(header.receiver.key.spki)) throw malformed('both sides have the same key');
  return only(line, header, writeHeader);
}

/** Throws WireError 'malformed'. */
export function readEntry(line: string): Entry {
  const fields = readObject(line);
  const signature = bytes(fields, 'signature', 1, SIGNATURE_BYTES_MAX);
  if (fields.has('receipt')) {
    const from = name(fields, 'receipt');
    const counts = { own: count(fields, 'own'), other: count(fields, 'other') };
    return only(line, { is: 'receipt', from, ...counts, signature }, writeEntry);
  }
  const time = Date.parse(string(fields, 'time'));
  if (!(time >= 0 && time <= TIME_MAX)) throw malformed('"time" is not a time');
  const place = { from: name(fields, 'from'), n: count(fields, 'n'), time, seen: count(fields, 'seen') };
  if (fields.has('late')) {
    return only(line, { is: 'late', ...place, textHash: bytes(fields, 'late', 32, 32), signature }, writeEntry);
  }
  const text = string(fields, 'text');
  if (Buffer.from(text, 'utf8').toString('utf8') !== text) throw malformed('"text" is not well-formed Unicode');
  return only(line, { is: 'text', ...place, text, signature }, writeEntry);
}

type Fields = ReadonlyMap<string, unknown>;

const malformed = (why: string): WireError => new WireError('malformed', why);

/** Nothing may be hidden in another way to write the same. */
function only<T>(line: string, value: T, write: (value: T) => string): T {
  if (write(value) !== line) throw malformed('it is not written as a transcript is: something was added, or changed');
  return value;
}

function readObject(value: unknown): Fields {
  let parsed = value;
  try {
    if (typeof value === 'string') parsed = JSON.parse(value);
  } catch {
    throw malformed('it is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw malformed('it is not a JSON object');
  }
  return new Map(Object.entries(parsed));
}

function readParty(value: unknown): TranscriptParty {
  const fields = typeof value === 'string' ? new Map() : readObject(value);
  const certificates = fields.get('certificates');
  if (!Array.isArray(certificates) || certificates.length > CERTIFICATES_MAX) {
    throw malformed(`"certificates" is not a list of at most ${CERTIFICATES_MAX}`);
  }
  return {
    name: name(fields, 'name'),
    key: publicIdentity(bytes(fields, 'key', 1, PUBLIC_KEY_BYTES_MAX)),
    certificates: certificates.map((each) =>
      bytes(new Map([['certificate', each]]), 'certificate', 1, CERTIFICATE_BYTES_MAX)),
  };
}

function string(fields: Fields, key: string): string {
  const value = fields.get(key);
  if (typeof value !== 'string') throw malformed(`"${key}" is missing, or no string`);
  return value;
}

function name(fields: Fields, key: string): string {
  const value = string(fields, key);
  if (!isUsername(value)) throw malformed(`"${key}" is not a username`);
  return value;
}

function count(fields: Fields, key: string): number {
  const value = fields.get(key);
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw malformed(`"${key}" is missing, or no number`);
  return value as number;
}

function bytes(fields: Fields, key: string, min: number, max: number): Buffer {
  const value = string(fields, key);
  const decoded = Buffer.from(value.slice(0, max * 2), 'base64');
  if (decoded.length < min || decoded.length > max) {
    throw malformed(`"${key}" does not have ${min === max ? min : `${min} to ${max}`} bytes`);
  }
  return decoded;
}
