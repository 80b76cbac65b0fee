import { mkdir, rm, unlink } from 'node:fs/promises';
import { MessageAppError, TrustError, UsageError } from '../../common/errors.js';
import { enrolledNames } from '../../common/files/enrolment.js';
import { entryPath, keysFolder, passwordPath, revokedPath } from '../../common/files/keys-folder.js';
import { addRevocation, readRevoked } from '../../common/files/revoked-list.js';
import { readEntry } from '../../common/files/users-folder.js';
import { checkUsername } from '../../common/wire/username.js';
import type { Io } from '../io.js';

export interface RevokeOptions {
  readonly keys: string;
  readonly name: string;
  /** Also a name without an entry, which may log in with a certificate. */
  readonly force?: boolean;
}

/**
 * `node keys revoke NAME`: first the line in the list, then the entry goes; in between nobody comes in
 * either, and a second run completes it. Throws UsageError 'bad-name', 'no-key' for a name nobody knows,
 * TrustError 'revoked'.
 */
export async function revoke({ keys, name, force = false }: RevokeOptions, io: Io): Promise<void> {
  const { users } = keysFolder(keys);
  const path = entryPath(users, checkUsername(name));
  const isEnrolled = (await enrolledNames(users)).includes(name);
  const revoked = await readRevoked(revokedPath(users));
  const before = revoked.list.find(({ username }) => username === name);
  if (before && !isEnrolled) {
    throw new TrustError('revoked', `${name} was revoked on ${before.date} already.`);
  }
  if (!isEnrolled && !force) {
    throw new UsageError(
      'no-key',
      `Nobody called ${name} is enrolled. If ${name} has a certificate only, add --force.`,
    );
  }
  if (!before) {
    const fingerprint = isEnrolled ? await knownFingerprint(path) : undefined;
    await mkdir(users, { recursive: true, mode: 0o755 });
    await addRevocation(
      revokedPath(users),
      { username: name, fingerprint, date: io.now().toISOString().slice(0, 10) },
    );
  }
  if (isEnrolled) await unlink(path);
  await rm(passwordPath(users, name), { force: true });
  io.print(`${name} is revoked: neither the name nor its key is accepted any more.`);
  io.print(`  ${users} goes to the server; one that is running reads it again at SIGHUP.`);
}

/** A damaged entry has no fingerprint to be known; its name is revoked all the same. */
async function knownFingerprint(path: string): Promise<string | undefined> {
  try {
    return (await readEntry(path)).identity.fingerprint.toString('hex');
  } catch (problem) {
    if (problem instanceof MessageAppError) return undefined;
    throw problem;
  }
}
