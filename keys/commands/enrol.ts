import { mkdir, rm } from 'node:fs/promises';
import { verifyUserChain } from '../../common/crypto/chain.js';
import { showFingerprint } from '../../common/crypto/identity.js';
import { MessageAppError, TrustError, UsageError } from '../../common/errors.js';
import { readBounded, shownPath } from '../../common/files/bounded-read.js';
import { checkNewNameIn, writeEntry } from '../../common/files/enrolment.js';
import { keysFolder, passwordPath } from '../../common/files/keys-folder.js';
import { ENTRY_BYTES_MAX, type PublicPem, readPublicPem } from '../../common/files/users-folder.js';
import { readAuthority } from '../authority.js';
import type { Io } from '../io.js';
import { revokedIn, usersIn } from '../revoked.js';

export interface EnrolOptions {
  readonly keys: string;
  readonly name: string;
  readonly file: string;
}

/**
 * `node keys enrol NAME FILE`: a public key (SPKI) or a certificate of our authority, made elsewhere.
 * Throws UsageError 'bad-name' or 'bad-file'; TrustError 'revoked', 'bad-certificate', or 'name-taken', also
 * for a key that somebody else has: who enrols it under a second name cannot use it, but can have it taken
 * for a thief's.
 */
export async function enrol({ keys, name, file }: EnrolOptions, io: Io): Promise<void> {
  const folder = keysFolder(keys);
  await checkNewNameIn(folder.users, name, await revokedIn(folder));
  const { identity, certificates } = await readPublicFile(file);
  if (certificates.length > 0) {
    verifyUserChain(
      certificates,
      { authorities: [await readAuthority(folder)], username: name, now: io.now() },
    );
  }
  await mkdir(folder.users, { recursive: true, mode: 0o755 });
  const { users, revokedFingerprints } = await usersIn(folder);
  if (revokedFingerprints.has(identity.fingerprint.toString('hex'))) {
    throw new TrustError('revoked', `The key in ${shownPath(file)} was revoked. Make a new one.`);
  }
  for (const other of users.values()) {
    if (!other.identity.fingerprint.equals(identity.fingerprint)) continue;
    throw new TrustError(
      'name-taken',
      `The key in ${shownPath(file)} is ${other.username}'s already. Every user has a key of their own.`,
    );
  }
  await writeEntry(folder.users, { username: name, identity, certificates }, io.now());
  // A registration that was killed may have left one, which is nobody's.
  await rm(passwordPath(folder.users, name), { force: true });
  io.print(
    `${name} is enrolled (${identity.kind}, by ${certificates.length > 0 ? 'certificate' : 'public key'}).`,
  );
  io.print(`  fingerprint ${showFingerprint(identity.fingerprint)}`);
  io.print(
    `  Compare it with ${name} by voice or face to face, and hand over ${folder.authority.certificate}.`,
  );
  io.print(`  ${folder.users} goes to the server; one that is running reads it again at SIGHUP.`);
}

async function readPublicFile(file: string): Promise<PublicPem> {
  const text = await readBounded(file, { what: 'The file', maxBytes: ENTRY_BYTES_MAX });
  try {
    return readPublicPem(text.toString('latin1'));
  } catch (cause) {
    if (!(cause instanceof MessageAppError)) throw cause;
    throw new UsageError(
      'bad-file',
      `The file ${shownPath(file)} cannot be enrolled. ${cause.message}`,
      { cause },
    );
  }
}
