import { writePem } from '../bytes/pem.js';
import { showFingerprint } from '../crypto/identity.js';
import { TrustError, UsageError } from '../errors.js';
import { checkUsername, isUsername } from '../wire/username.js';
import { writeAtomically } from './atomic-write.js';
import { entryPath } from './keys-folder.js';
import type { Revoked } from './revoked-list.js';
import { type EnrolledUser } from './users-folder.js';
import { readdir } from 'node:fs/promises';

/** Windows takes a file of these names, whatever follows the dot, for a device. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** What the server, or who keeps it, could be called. */
const RESERVED = ['server', 'admin', 'root', 'system', 'messageapp', 'everyone', 'all'];

/** What a name looks like: the grammar of usernames leaves only these to be mistaken for one another. */
const LOOKS: ReadonlyMap<string, string> = new Map([['0', 'o'], ['1', 'l'], ['i', 'l']]);

export function looksLike(name: string): string {
  return name.toLowerCase().replace(/[01i]/g, (character) => LOOKS.get(character)!);
}

/**
 * Whether a name may be enrolled beside the `enrolled` ones and those ever revoked. Throws UsageError
 * 'bad-name' for one that is no username, begins with a hyphen or is a device, TrustError 'revoked' for a
 * revoked one, and TrustError 'name-taken' for one that is taken or that people could mistake for one that is
 * (or was).
 * @param open people enrol themselves: names that others would believe are not given away
 */
export function checkNewName(name: string, enrolled: Iterable<string>, revoked: Revoked, open = false): void {
  checkUsername(name);
  if (name.startsWith('-')) {
    throw new UsageError(
      'bad-name',
      `The name ${name} begins with a hyphen, so that commands would take it for an option. Choose another.`,
    );
  }
  if (DEVICE.test(name)) {
    throw new UsageError(
      'bad-name',
      `The name ${name} stands for a device on Windows and cannot be a file there. Choose another.`,
    );
  }
  const before = revoked.list.find(({ username }) => username === name);
  if (before) {
    throw new TrustError(
      'revoked',
      `The name ${name} was revoked on ${before.date}, and names are not given twice. Choose another.`,
    );
  }
  const reserved = RESERVED.find((each) => looksLike(each) === looksLike(name));
  if (open && reserved !== undefined) {
    throw new TrustError('name-taken', `The name ${name} is not given away: people would believe it. Choose another.`);
  }
  for (const other of enrolled) checkApart(name, other, 'enrolled');
  for (const { username } of revoked.list) checkApart(name, username, 'revoked');
}

function checkApart(name: string, other: string, state: string): void {
  if (name === other) {
    throw new TrustError('name-taken', `The name ${name} is already ${state}. Choose another.`);
  }
  if (name.toLowerCase() === other.toLowerCase()) {
    throw new TrustError(
      'name-taken',
      `The name ${name} differs only in case from ${other}, which is ${state}. Choose another.`,
    );
  }
  if (looksLike(name) === looksLike(other)) {
    throw new TrustError(
      'name-taken',
      `The name ${name} looks like ${other}, which is ${state} (0 and O; 1, l and I). Choose another.`,
    );
  }
}

/** The names that have an entry, readable or not: the name of a damaged one is taken too. */
export async function enrolledNames(users: string): Promise<string[]> {
  const files = await readdir(users).catch((problem: NodeJS.ErrnoException) => {
    if (problem.code === 'ENOENT') return [];
    throw problem;
  });
  return files
    .filter((file) => file.endsWith('.pem'))
    .map((file) => file.slice(0, -'.pem'.length))
    .filter(isUsername);
}

/** Like checkNewName, against the entries in the folder `users`. */
export async function checkNewNameIn(users: string, name: string, revoked: Revoked, open = false): Promise<void> {
  checkNewName(name, await enrolledNames(users), revoked, open);
}

/**
 * The text of an entry: for people, and then for readUsers.
 * @param how what stands for "enrolled", for instance "by public key"
 */
export function entryText(
  { username, identity, certificates }: EnrolledUser,
  date: Date,
  how: string,
  email = '',
): string {
  const blocks = certificates.length > 0
    ? certificates.map((der) => writePem('CERTIFICATE', der))
    : [writePem('PUBLIC KEY', identity.spki)];
  return [
    `name         ${username}`,
    `key          ${identity.kind}`,
    `fingerprint  ${showFingerprint(identity.fingerprint)}`,
    `enrolled     ${date.toISOString().slice(0, 10)} ${how}`,
    ...(email === '' ? [] : [`${EMAIL}${email}`]),
    ...blocks,
  ].join('\n');
}

const EMAIL = 'e-mail       ';

/** The e-mail in the text of an entry, if it has one: as it was given, so for a person only with `harmless`. */
export const emailIn = (text: string): string | undefined =>
  text.split('\n').find((line) => line.startsWith(EMAIL))?.slice(EMAIL.length);

/** Writes an entry, mode 0644. Throws TrustError 'name-taken' if one came into being meanwhile. */
export async function writeEntry(users: string, user: EnrolledUser, date: Date, email = ''): Promise<void> {
  const how = user.certificates.length > 0 ? 'by certificate' : 'by public key';
  try {
    await writeAtomically(
      entryPath(users, user.username),
      entryText(user, date, how, email),
      { mode: 0o644, exclusive: true },
    );
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new TrustError(
      'name-taken',
      `The name ${user.username} is already enrolled. Choose another.`,
      { cause },
    );
  }
}
