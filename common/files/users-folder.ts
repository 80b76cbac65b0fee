import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { readPem } from '../bytes/pem.js';
import { parseCertificate } from '../crypto/certificate.js';
import type { Password } from '../crypto/password.js';
import { type PublicIdentity, publicIdentity } from '../crypto/identity.js';
import { LimitError, MessageAppError, UsageError } from '../errors.js';
import { CERTIFICATES_MAX } from '../wire/limits.js';
import { isUsername } from '../wire/username.js';
import { readBounded, shownPath } from './bounded-read.js';
import { readPasswords } from './password-file.js';
import type { Revoked } from './revoked-list.js';

/** A user whose key the server knows. */
export interface EnrolledUser {
  readonly username: string;
  readonly identity: PublicIdentity;
  /** DER, the user's own first; empty for a user enrolled by public key. */
  readonly certificates: readonly Buffer[];
}

export interface Users {
  readonly users: ReadonlyMap<string, EnrolledUser>;
  readonly revokedNames: ReadonlySet<string>;
  /** In lower-case hexadecimal, 64 digits. */
  readonly revokedFingerprints: ReadonlySet<string>;
  /** Of those who have one beside their key; `damaged` where it cannot be read. */
  readonly passwords?: ReadonlyMap<string, Password | 'damaged'>;
  /** A sentence for each entry that was not loaded. */
  readonly problems: readonly string[];
}

/** As they are in a folder. */
export interface UsersInFolder extends Users {
  readonly revoked: Revoked;
}

/** More users than one relay can carry; fewer files than fill its memory. */
export const USERS_MAX = 100_000;

/** Eight certificates as PEM, with their text. */
export const ENTRY_BYTES_MAX = 65_536;

/**
 * Reads the folder `users` (keys-folder.ts). An entry that is damaged, revoked, or shares its name but for
 * case or its key with another one is not loaded, and named in `problems`; the others are. Certificates are
 * read, but neither their dates nor their issuers are looked at: whoever has an entry was enrolled.
 * @param revoked the list that counts, which was verified
 * Throws UsageError 'bad-file' if the folder cannot be read, LimitError 'too-many' above USERS_MAX.
 */
export async function readUsers(folder: string, revoked: Revoked): Promise<UsersInFolder> {
  const files = await fileNames(folder);
  const names = files
    .filter((name) => name.endsWith('.pem') && !name.startsWith('.'))
    .sort();
  if (names.length > USERS_MAX) {
    throw new LimitError('too-many', `There are more than ${USERS_MAX} users in ${shownPath(folder)}.`);
  }
  const problems: string[] = [];
  const read: EnrolledUser[] = [];
  for (const file of names) {
    try {
      read.push(await readEntry(`${folder}/${file}`));
    } catch (problem) {
      if (!(problem instanceof MessageAppError)) throw problem;
      problems.push(`The user's entry ${shownPath(file)} is not used. ${problem.message}`);
    }
  }
  const users = onlyUnique(read, revoked, problems);
  const passwords = await readPasswords(folder, files, problems);
  const { names: revokedNames, fingerprints: revokedFingerprints } = revoked;
  return { users, revoked, revokedNames, revokedFingerprints, passwords, problems };
}

async function fileNames(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw new UsageError(
      'bad-file',
      `The folder of users ${shownPath(folder)} cannot be read. Enrol somebody first: node keys user NAME`,
      { cause },
    );
  }
}

/**
 * Reads one entry: text for people, then a PUBLIC KEY or one CERTIFICATE or more. The name of the file,
 * without `.pem`, is the user's. Throws UsageError, or what publicIdentity and parseCertificate throw.
 */
export async function readEntry(path: string): Promise<EnrolledUser> {
  const username = basename(path, '.pem');
  if (!isUsername(username)) {
    throw new UsageError('bad-name', 'The name of the file is not a username and .pem.');
  }
  const text = await readBounded(path, { what: 'The file', maxBytes: ENTRY_BYTES_MAX });
  const { identity, commonNames, certificates } = readPublicPem(text.toString('latin1'));
  if (commonNames && (commonNames.length !== 1 || commonNames[0] !== username)) {
    throw new UsageError(
      'bad-file',
      'The certificate in it does not have the name of the file as its common name.',
    );
  }
  return { username, identity, certificates };
}

export interface PublicPem {
  readonly identity: PublicIdentity;
  /** DER, the own certificate first; empty for a public key. */
  readonly certificates: readonly Buffer[];
  /** Of the own certificate; undefined for a public key. */
  readonly commonNames: readonly string[] | undefined;
}

/**
 * A public key or a chain of certificates as PEM, text around it passed over.
 * Throws UsageError 'bad-file', or what publicIdentity and parseCertificate throw.
 */
export function readPublicPem(text: string): PublicPem {
  const blocks = readPem(text);
  const [first] = blocks;
  const labels = new Set(blocks.map(({ label }) => label));
  if ([...labels].some((label) => label.endsWith('PRIVATE KEY'))) {
    throw new UsageError(
      'bad-file',
      'It holds a private key, which belongs to its user alone. Take the public one: openssl pkey -pubout',
    );
  }
  if (first?.label === 'PUBLIC KEY' && blocks.length === 1) {
    return { identity: publicIdentity(first.der), certificates: [], commonNames: undefined };
  }
  if (first?.label !== 'CERTIFICATE' || labels.size !== 1 || blocks.length > CERTIFICATES_MAX) {
    throw new UsageError(
      'bad-file',
      'It should hold one public key (PEM), or one chain of certificates, and nothing else.',
    );
  }
  const [own] = blocks.map(({ der }) => parseCertificate(der));
  return {
    identity: own!.publicKey,
    certificates: blocks.map(({ der }) => der),
    commonNames: own!.subject.commonNames,
  };
}

/** Of entries with one name but for case, or one key, none is used: nobody can say which is the right one. */
function onlyUnique(
  read: readonly EnrolledUser[],
  revoked: Revoked,
  problems: string[],
): Map<string, EnrolledUser> {
  const names = namesBy(read, ({ username }) => username.toLowerCase());
  const keys = namesBy(read, fingerprintOf);
  const users = new Map<string, EnrolledUser>();
  for (const user of read) {
    const { username } = user;
    const sameName = names.get(username.toLowerCase())!.filter((other) => other !== username);
    const sameKey = keys.get(fingerprintOf(user))!.filter((other) => other !== username);
    const isRevoked = revoked.names.has(username) || revoked.fingerprints.has(fingerprintOf(user));
    const why = isRevoked ? 'It is revoked.'
      : sameName.length > 0 ? `It differs from ${sameName.join(', ')} only in case.`
        : sameKey.length > 0 ? `It has the same key as ${sameKey.join(', ')}.` : undefined;
    if (why === undefined) users.set(username, user);
    else problems.push(`The user's entry "${username}.pem" is not used. ${why}`);
  }
  return users;
}

const fingerprintOf = ({ identity }: EnrolledUser): string => identity.fingerprint.toString('hex');

function namesBy(
  users: readonly EnrolledUser[],
  property: (user: EnrolledUser) => string,
): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const user of users) names.set(property(user), [...names.get(property(user)) ?? [], user.username]);
  return names;
}
