import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { passphrase } from '../../common/cli/passphrase.js';
import type { Certificate } from '../../common/crypto/certificate.js';
import { verifyUserChain } from '../../common/crypto/chain.js';
import { type IdentityKind, privateIdentity, showFingerprint } from '../../common/crypto/identity.js';
import { writeAtomically } from '../../common/files/atomic-write.js';
import { checkNewNameIn, writeEntry } from '../../common/files/enrolment.js';
import {
  type KeysFolder, type PrivateFolder, keysFolder, passwordPath, privateFolder, privateFolderOf,
} from '../../common/files/keys-folder.js';
import { readPrivateKey, writePrivateKey } from '../../common/files/private-key.js';
import {
  type PassphraseFiles, authorityPassphrase, hasAuthority, issuerOf, makeAuthority, makePair, readAuthority,
} from '../authority.js';
import { makeFolder } from '../../common/files/folder-aside.js';
import type { Io } from '../io.js';
import { certificatePem, issue, spkiOfPrivate, userExtensions } from '../issue.js';
import { revokedIn } from '../revoked.js';
import { hasServer, makeServer } from '../server-pair.js';

export const USER_DAYS = 825;

export interface UserOptions extends PassphraseFiles {
  readonly keys: string;
  readonly name: string;
  readonly type?: IdentityKind;
  readonly enrol?: 'key' | 'certificate';
  readonly days?: number;
}

/**
 * `node keys user NAME`: a pair, its private folder, its entry; before it the authority and the server's pair
 * if there is no authority yet. The entry comes last: a run that was cut short is completed by the next one,
 * which takes up the private key that is there.
 * Throws UsageError 'bad-name', TrustError 'name-taken' or 'revoked' before it asks for anything.
 */
export async function user(options: UserOptions, io: Io): Promise<void> {
  const { keys, name, type = 'ed25519', enrol = 'key', days = USER_DAYS } = options;
  const folder = keysFolder(keys);
  await checkNewNameIn(folder.users, name, await revokedIn(folder));
  const unfinished = existsSync(privateFolderOf(folder, name).key);
  const secret = await passphrase({
    file: options.passphraseFile,
    prompt: `${unfinished ? 'Passphrase of' : 'New passphrase for'} ${name}'s private key`,
    confirm: !unfinished,
  }, io.terminal);
  const isFirst = !hasAuthority(folder);
  if (isFirst) await makeAllBefore(folder, secret, io);
  const key = unfinished
    ? await readPrivateKey(privateFolderOf(folder, name).key, async () => secret)
    : (await makePair(type)).privateKey;
  const { public: identity } = privateIdentity(key);
  const authority = await readAuthority(folder);
  const certificate = enrol === 'key' ? undefined
    : await issue(issuerOf(folder, isFirst ? secret : await authorityPassphrase(options, false, io)), {
      commonName: name, publicKey: spkiOfPrivate(key), days, extensions: userExtensions,
    });
  if (certificate) {
    verifyUserChain([certificate.der], { authorities: [authority], username: name, now: io.now() });
  }
  await fillPrivateFolder(privateFolderOf(folder, name), unfinished, async (own) => {
    if (!unfinished) await writePrivateKey(own.key, key, secret, { rounds: io.pbkdf2Rounds });
    if (certificate) await writeAtomically(own.certificate, certificatePem(certificate), { mode: 0o644 });
    await writeAtomically(own.authority, certificatePem(authority), { mode: 0o644 });
  });
  await mkdir(folder.users, { recursive: true, mode: 0o755 });
  const certificates = certificate ? [certificate.der] : [];
  await writeEntry(folder.users, { username: name, identity, certificates }, io.now());
  // A registration that was killed may have left one, which is nobody's.
  await rm(passwordPath(folder.users, name), { force: true });
  report(
    folder,
    name,
    `${identity.kind}, enrolled by ${certificate ? 'certificate' : 'public key'}`,
    certificate,
    io,
  );
  io.print(`  fingerprint ${showFingerprint(identity.fingerprint)}`);
}

async function fillPrivateFolder(
  own: PrivateFolder,
  isThere: boolean,
  fill: (own: PrivateFolder) => Promise<void>,
): Promise<void> {
  await (isThere ? fill(own) : makeFolder(own.folder, (aside) => fill(privateFolder(aside))));
}

/** One person, one sitting: the authority gets the same passphrase as the user. */
async function makeAllBefore(folder: KeysFolder, secret: string, io: Io): Promise<void> {
  await makeAuthority(folder, secret, {}, io);
  io.print(
    '  Its passphrase is the one just given for the user. '
      + 'For separate ones, and best on a machine of its own,',
  );
  io.print('  run node keys init before the first user is made.');
  if (!hasServer(folder)) await makeServer(folder, secret, {}, io);
}

function report(
  folder: KeysFolder,
  name: string,
  how: string,
  certificate: Certificate | undefined,
  io: Io,
): void {
  const { folder: own } = privateFolderOf(folder, name);
  io.print(`${name} is enrolled (${how}).`);
  io.print(
    `  ${own} is for ${name} alone: key.pem (under the passphrase), `
      + `${certificate ? 'certificate.pem, ' : ''}ca.pem.`,
  );
  io.print(`  ${folder.users} goes to the server; one that is running reads it again at SIGHUP.`);
}
