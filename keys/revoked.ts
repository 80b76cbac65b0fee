import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { readCertificatesPem } from '../common/crypto/certificate.js';
import { type Identity, privateIdentity, type PublicIdentity } from '../common/crypto/identity.js';
import { UsageError } from '../common/errors.js';
import { readBounded, shownPath } from '../common/files/bounded-read.js';
import { type KeysFolder, revokedPath } from '../common/files/keys-folder.js';
import { tryLock } from '../common/files/lock-file.js';
import { readPrivateKey } from '../common/files/private-key.js';
import {
  readRevoked, readUnsignedRevoked, type Revocation, type Revoked, writeRevoked,
} from '../common/files/revoked-list.js';
import { type RevokedLines, writeLines } from '../common/files/revoked-text.js';
import { readUsers, type UsersInFolder } from '../common/files/users-folder.js';
import { authorityPassphrase, type PassphraseFiles, readAuthority } from './authority.js';
import type { Io } from './io.js';

/** Whoever holds the lock has a signature to make, and no question to ask. */
const LOCKED_MS = 10_000;
const LOOK_MS = 50;

/** Whose signature under the list is believed: the authority's, also where only the server's copy of it is. */
async function signers({ authority, server }: KeysFolder): Promise<PublicIdentity[]> {
  const files = [authority.certificate, server.authority].filter((path) => existsSync(path));
  const read = files.map((path) => readBounded(path, { what: "The authority's certificate", maxBytes: 65_536 }));
  return (await Promise.all(read)).flatMap((pem) =>
    readCertificatesPem(pem.toString('latin1')).map(({ publicKey }) => publicKey));
}

/** The list of a folder of keys. Throws UsageError 'bad-file' where it is not signed by its authority. */
export const revokedIn = async (folder: KeysFolder): Promise<Revoked> =>
  readRevoked(revokedPath(folder.users), await signers(folder));

/** Everybody in a folder of keys. Throws as `readUsers` and `revokedIn`. */
export const usersIn = async (folder: KeysFolder): Promise<UsersInFolder> =>
  readUsers(folder.users, await revokedIn(folder));

/** Opens the authority's key. Throws UsageError 'no-key', 'bad-key-file', 'no-passphrase', 'wrong-passphrase'. */
export async function openAuthority(folder: KeysFolder, files: PassphraseFiles, io: Io): Promise<Identity> {
  const { publicKey } = await readAuthority(folder);
  const { key } = folder.authority;
  const authority = privateIdentity(await readPrivateKey(key, () => authorityPassphrase(files, false, io)));
  if (authority.public.fingerprint.equals(publicKey.fingerprint)) return authority;
  throw new UsageError('bad-key-file', `The private key ${shownPath(key)} is not that of the authority's certificate.`);
}

/** Adds a line, unless somebody of that name is in the list. Throws as `readRevoked`, `writeRevoked`, and 'not-now'. */
export const addRevocation = (folder: KeysFolder, line: Revocation, authority: Identity): Promise<void> =>
  locked(folder, async (path) => {
    const { number, list } = await readRevoked(path, [authority.public]);
    if (list.some(({ username }) => username === line.username)) return;
    await writeRevoked(path, { number: number + 1, list: [...list, line] }, authority);
  });

/** Signs what a person was shown, whoever signed it before. Throws UsageError 'not-now' where it has changed since. */
export const signAgain = (folder: KeysFolder, shown: RevokedLines, authority: Identity): Promise<void> =>
  locked(folder, async (path) => {
    const { number, list } = await readUnsignedRevoked(path);
    if (!writeLines({ number, list }).equals(writeLines(shown))) {
      throw new UsageError('not-now', `The list of revoked users ${shownPath(path)} has changed meanwhile. Try again.`);
    }
    await writeRevoked(path, { number: number + 1, list }, authority);
  });

/** Two at the same time would each leave out what the other one wrote. */
async function locked<T>({ users }: KeysFolder, work: (path: string) => Promise<T>): Promise<T> {
  const path = revokedPath(users);
  await mkdir(users, { recursive: true, mode: 0o755 });
  for (const since = performance.now(); ;) {
    const lock = await tryLock(`${path}.lock`);
    if (typeof lock === 'function') return work(path).finally(lock);
    if (performance.now() - since > LOCKED_MS) {
      throw new UsageError('not-now', `Another program (process ${lock}) writes ${shownPath(path)}. Try again.`);
    }
    await pause(LOOK_MS);
  }
}
