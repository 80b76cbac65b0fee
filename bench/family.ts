import { mkdir, writeFile } from 'node:fs/promises';
import { type Certificate } from '../common/crypto/certificate.js';
import { type IdentityKind, privateIdentity } from '../common/crypto/identity.js';
import { type KeyObject, makeEd25519Pair, makeRsaPairInPool, randomBytes } from '../common/crypto/node.js';
import { entryText } from '../common/files/enrolment.js';
import { entryPath, type KeysFolder, keysFolder } from '../common/files/keys-folder.js';
import { writePrivateKey } from '../common/files/private-key.js';
import {
  authorityExtensions, certificatePem, issue, type Issuer, serverExtensions, spkiOfPrivate, userExtensions,
} from '../keys/issue.js';
import { DEFAULT_HOSTS } from '../keys/server-pair.js';

/** As long as what openssl calls a key; identities of this project have at least as many bits. */
const RSA_BITS = 2048;
const DAYS = 2;
/** The passphrase is random: the rounds protect nothing here. */
const FEW_ROUNDS = 100;

/** A client with a certificate. */
export interface Member {
  readonly username: string;
  readonly key: KeyObject;
  readonly certificate: Certificate;
}

/** An authority, a server's pair and clients, all with one kind of key, laid out as `node keys` does it. */
export interface Family {
  readonly folder: KeysFolder;
  readonly authority: Certificate;
  readonly members: readonly Member[];
}

export const username = (number: number): string => `user${number}`;

/** Makes a family in `root`, with members user1, user2 … */
export async function makeFamily(root: string, kind: IdentityKind, members: number): Promise<Family> {
  const folder = keysFolder(root);
  const folders = [folder.authority.folder, folder.server.folder, folder.users];
  for (const each of folders) await mkdir(each, { recursive: true });
  const passphrase = randomBytes(16).toString('hex');
  const keys = await Promise.all(Array.from({ length: members + 2 }, () => makeKey(kind)));
  const [authorityKey, serverKey, ...memberKeys] = keys as [KeyObject, KeyObject, ...KeyObject[]];

  const self = { key: folder.authority.key, passphrase };
  await writePrivateKey(self.key, authorityKey, passphrase, { rounds: FEW_ROUNDS });
  const authority = await certify(self, 'Bench authority', authorityKey, authorityExtensions);
  await writeFile(folder.authority.certificate, certificatePem(authority));
  const issuer = { ...self, certificate: folder.authority.certificate };

  await writePrivateKey(folder.server.key, serverKey, undefined);
  const server = await certify(issuer, 'localhost', serverKey, serverExtensions(DEFAULT_HOSTS));
  await writeFile(folder.server.chain, certificatePem(server));
  await writeFile(folder.server.authority, certificatePem(authority));

  const made: Member[] = [];
  for (const [index, key] of memberKeys.entries()) {
    const name = username(index + 1);
    made.push({ username: name, key, certificate: await certify(issuer, name, key, userExtensions) });
  }
  return { folder, authority, members: made };
}

const makeKey = async (kind: IdentityKind): Promise<KeyObject> =>
  (kind === 'rsa' ? await makeRsaPairInPool(RSA_BITS) : makeEd25519Pair()).privateKey;

const certify = (issuer: Issuer, commonName: string, key: KeyObject, extensions: readonly string[]) =>
  issue(issuer, { commonName, publicKey: spkiOfPrivate(key), days: DAYS, extensions });

/** Enrols a user of the relay, by certificate if there is one. */
export async function enrol(
  { users }: KeysFolder, name: string, key: KeyObject, certificate: Certificate | undefined,
): Promise<void> {
  const { public: identity } = privateIdentity(key);
  const certificates = certificate ? [certificate.der] : [];
  const entry = entryText({ username: name, identity, certificates }, new Date(), 'for the bench');
  await writeFile(entryPath(users, name), entry);
}
