import { rm } from 'node:fs/promises';
import { MessageAppError, TrustError, UsageError } from '../../common/errors.js';
import { enrolledNames } from '../../common/files/enrolment.js';
import { entryPath, type KeysFolder, keysFolder, passwordPath, revokedPath } from '../../common/files/keys-folder.js';
import { readUnsignedRevoked } from '../../common/files/revoked-list.js';
import { readEntry } from '../../common/files/users-folder.js';
import { checkUsername } from '../../common/wire/username.js';
import type { PassphraseFiles } from '../authority.js';
import type { Io } from '../io.js';
import { addRevocation, openAuthority, revokedIn, signAgain } from '../revoked.js';

export interface RevokeOptions extends PassphraseFiles {
  readonly keys: string;
  readonly name?: string | undefined;
  /** Also a name without an entry, which may log in with a certificate. */
  readonly force?: boolean;
  /** Nobody more: sign the list anew as it stands. */
  readonly sign?: boolean;
}

/**
 * `node keys revoke NAME`, or `--sign`. Throws UsageError 'bad-argument', 'bad-name', 'no-key' for a name nobody knows,
 * 'bad-file' for a list that the authority has not signed, what opening the authority's key throws; TrustError
 * 'revoked'.
 */
export async function revoke(
  { keys, name, sign = false, force = false, ...files }: RevokeOptions, io: Io,
): Promise<void> {
  const folder = keysFolder(keys);
  if (sign !== (name === undefined)) {
    throw new UsageError('bad-argument', 'Say whom to revoke: node keys revoke NAME (or --sign alone, see --help).');
  }
  await (name === undefined ? signList(folder, files, io) : revokeOne(folder, checkUsername(name), force, files, io));
  io.print(`  ${folder.users} goes to the server; one that is running reads it again at SIGHUP.`);
}

/** First the line in the list, then the entry goes; in between nobody comes in either; a second run completes it. */
async function revokeOne(
  folder: KeysFolder, name: string, force: boolean, files: PassphraseFiles, io: Io,
): Promise<void> {
  const { users } = folder;
  const path = entryPath(users, name);
  const isEnrolled = (await enrolledNames(users)).includes(name);
  const before = (await revokedIn(folder)).list.find(({ username }) => username === name);
  if (before && !isEnrolled) throw new TrustError('revoked', `${name} was revoked on ${before.date} already.`);
  if (!isEnrolled && !force) {
    throw new UsageError(
      'no-key',
      `Nobody called ${name} is enrolled. If ${name} has a certificate only, add --force.`,
    );
  }
  if (!before) {
    const fingerprint = isEnrolled ? await knownFingerprint(path) : undefined;
    const authority = await openAuthority(folder, files, io);
    const line = { username: name, fingerprint, date: io.now().toISOString().slice(0, 10) };
    await addRevocation(folder, line, authority);
  }
  for (const gone of [path, passwordPath(users, name)]) await rm(gone, { force: true });
  io.print(`${name} is revoked: neither the name nor its key is accepted any more.`);
}

/** A list from before it was signed, of an authority that was replaced, or mended by hand. */
async function signList(folder: KeysFolder, files: PassphraseFiles, io: Io): Promise<void> {
  const shown = await readUnsignedRevoked(revokedPath(folder.users));
  io.print(`To be signed as it stands, ${shown.list.length} revoked:`);
  for (const { username, fingerprint = '-', date } of shown.list) io.print(`  ${username} ${fingerprint} ${date}`);
  await signAgain(folder, shown, await openAuthority(folder, files, io));
  io.print(`The list is signed, and has the number ${shown.number + 1}.`);
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
