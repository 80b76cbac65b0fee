import { UsageError } from '../errors.js';
import { SIGNATURE_BYTES_MAX } from '../wire/limits.js';
import { isUsername } from '../wire/username.js';

/** A line of the list: `name fingerprint date`. */
export interface Revocation {
  readonly username: string;
  /** 64 hexadecimal digits; undefined, written `-`, where none is known. */
  readonly fingerprint: string | undefined;
  /** Like 2026-01-31. */
  readonly date: string;
}

export interface RevokedLines {
  /** Goes up by one with each list that is signed. */
  readonly number: number;
  readonly list: readonly Revocation[];
}

export interface SignedLines extends RevokedLines {
  /** What is signed: everything up to the last line. */
  readonly text: Buffer;
  /** 1 to 512 bytes. */
  readonly signature: Buffer;
}

export const REVOKED_MAX = 100_000;

/** Lines of at most 93 bytes, the number and the signature. */
export const REVOKED_BYTES_MAX = REVOKED_MAX * 93 + 1_000;

const NUMBER = /^number ([1-9]\d{0,8})$/;
const LINE = /^(\S+) ([0-9a-f]{64}|-) (\d{4}-\d\d-\d\d)$/;
const SIGNATURE = /^signature ([A-Za-z0-9+/]+={0,2})$/;

/** What is signed (docs/PROTOCOL.md, Certificates). */
export const writeLines = ({ number, list }: RevokedLines): Buffer => Buffer.from([
  `number ${number}\n`,
  ...list.map(({ username, fingerprint = '-', date }) => `${username} ${fingerprint} ${date}\n`),
].join(''), 'latin1');

export const writeSigned = (text: Buffer, signature: Buffer): Buffer =>
  Buffer.concat([text, Buffer.from(`signature ${signature.toString('base64')}\n`, 'latin1')]);

/**
 * The parts of a list; whether the signature fits is not looked at. Throws UsageError 'bad-file' with the end of a
 * sentence that begins with the list's name.
 */
export function readSigned(bytes: Buffer): SignedLines {
  const lines = bytes.toString('latin1').split('\n');
  const [first = '', ...others] = lines;
  const [, digits] = NUMBER.exec(first) ?? [];
  if (digits === undefined) throw not('begins with no number, so that nobody has signed it');
  if (others.pop() !== '') throw not('is cut short');
  const last = others.pop() ?? '';
  const signature = Buffer.from(SIGNATURE.exec(last)?.[1] ?? '', 'base64');
  if (signature.length < 1 || signature.length > SIGNATURE_BYTES_MAX) throw not('ends without a signature');
  const list = readLines(others, 2);
  const text = writeLines({ number: Number(digits), list });
  // There is one way to write a list: also one character that means nothing makes it another one.
  if (!writeSigned(text, signature).equals(bytes)) throw not('is not written as a list is');
  return { number: Number(digits), list, text, signature };
}

/** The lines alone, from a list that may have no number or signature, or wrong ones. Throws as `readSigned`. */
export function readUnsigned(bytes: Buffer): RevokedLines {
  const lines = bytes.toString('latin1').split(/\r?\n/);
  const number = Number(NUMBER.exec(lines[0]!)?.[1] ?? 0);
  const isLine = (line: string) => line !== '' && !/^(#|number |signature )/.test(line);
  return { number, list: lines.flatMap((line, at) => (isLine(line) ? readLines([line], at + 1) : [])) };
}

function readLines(lines: readonly string[], number: number): Revocation[] {
  if (lines.length > REVOKED_MAX) throw not(`has more than ${REVOKED_MAX} lines`);
  return lines.map((line, at) => {
    const [, username = '', fingerprint, date = ''] = LINE.exec(line) ?? [];
    if (!isUsername(username)) throw not(`has a line ${number + at} that is not "name fingerprint date"`);
    return { username, fingerprint: fingerprint === '-' ? undefined : fingerprint, date };
  });
}

const not = (why: string) => new UsageError('bad-file', why);
