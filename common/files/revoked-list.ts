import type { Identity, PublicIdentity } from '../crypto/identity.js';
import { isSignedRevoked, signRevoked } from '../crypto/revoked-signature.js';
import { LimitError, MessageAppError, UsageError } from '../errors.js';
import { writeAtomically } from './atomic-write.js';
import { readBounded, shownPath } from './bounded-read.js';
import {
  readSigned, readUnsigned, type Revocation, REVOKED_BYTES_MAX, REVOKED_MAX, type RevokedLines, type SignedLines,
  writeLines, writeSigned,
} from './revoked-text.js';

export type { Revocation };

/** A list that the authority has signed. */
export interface Revoked extends RevokedLines {
  readonly names: ReadonlySet<string>;
  readonly fingerprints: ReadonlySet<string>;
}

export const nobodyRevoked: Revoked = { number: 0, list: [], names: new Set(), fingerprints: new Set() };

/**
 * Reads the list, and believes it where one of the `authorities` has signed it. Without the file, or where it is empty,
 * nobody is revoked. Throws UsageError 'bad-file' for any other: a line that is missing may have been the name of
 * somebody who must not come back.
 */
export async function readRevoked(path: string, authorities: readonly PublicIdentity[]): Promise<Revoked> {
  return revokedFrom(path, await readBytes(path), authorities);
}

/** The same with what the file has in it. */
export function revokedFrom(path: string, bytes: Buffer, authorities: readonly PublicIdentity[]): Revoked {
  if (bytes.length === 0) return nobodyRevoked;
  if (authorities.length === 0) {
    throw new UsageError(
      'bad-file',
      `The list of revoked users ${shownPath(path)} is signed, `
        + "and there is no authority's certificate to check it with.",
    );
  }
  const { number, list, text, signature } = parsed(path, bytes);
  if (!isSignedRevoked(text, signature, authorities)) {
    throw sentence(path, 'was altered, or is not signed by this authority');
  }
  return {
    number, list,
    names: new Set(list.map(({ username }) => username)),
    fingerprints: new Set(list.flatMap(({ fingerprint }) => fingerprint ?? [])),
  };
}

/** The lines, whoever has signed them, to be looked at by a person and signed. Throws UsageError 'bad-file'. */
export async function readUnsignedRevoked(path: string): Promise<RevokedLines> {
  const bytes = await readBytes(path);
  return named(path, () => readUnsigned(bytes));
}

/** Signs the list and writes it, mode 0644, whole or not at all. Throws LimitError 'too-many'. */
export async function writeRevoked(path: string, lines: RevokedLines, authority: Identity): Promise<void> {
  if (lines.list.length > REVOKED_MAX) throw new LimitError('too-many', `At most ${REVOKED_MAX} users can be revoked.`);
  const text = writeLines(lines);
  await writeAtomically(path, writeSigned(text, await signRevoked(text, authority)), { mode: 0o644 });
}

/**
 * The list that counts from now on. Where `held` counts now, one that is no list of this authority, is gone, or is
 * older does not take its place. @returns beside it a sentence that says so
 * Throws as `readRevoked` where none is held.
 */
export async function renewRevoked(
  path: string, authorities: readonly PublicIdentity[], held?: Revoked,
): Promise<{ readonly revoked: Revoked; readonly problem?: string }> {
  if (!held) return { revoked: await readRevoked(path, authorities) };
  const goesOn = (why: string) => ({
    revoked: held, problem: `${why} What was read before goes on: number ${held.number}, ${held.list.length} revoked.`,
  });
  try {
    const read = await readRevoked(path, authorities);
    if (held.number === 0 || read.number > held.number) return { revoked: read };
    const file = `The list of revoked users ${shownPath(path)}`;
    if (read.number === 0) return goesOn(`${file} is gone.`);
    if (read.number < held.number) return goesOn(`${file} is an old one, number ${read.number}.`);
    if (writeLines(read).equals(writeLines(held))) return { revoked: held };
    return goesOn(`${file} is another one of that number.`);
  } catch (problem) {
    if (!(problem instanceof MessageAppError)) throw problem;
    return goesOn(problem.message);
  }
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readBounded(path, { what: 'The list of revoked users', maxBytes: REVOKED_BYTES_MAX });
  } catch (problem) {
    const missing = problem instanceof UsageError && (problem.cause as NodeJS.ErrnoException)?.code === 'ENOENT';
    if (missing) return Buffer.alloc(0);
    throw problem;
  }
}

const parsed = (path: string, bytes: Buffer): SignedLines => named(path, () => readSigned(bytes));

function named<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (problem) {
    if (problem instanceof UsageError) throw sentence(path, problem.message);
    throw problem;
  }
}

const sentence = (path: string, what: string) => new UsageError(
  'bad-file',
  `The list of revoked users ${shownPath(path)} ${what}. Copy it again from where the authority is; there, look at it `
    + 'and sign it anew: node keys revoke --sign',
);
