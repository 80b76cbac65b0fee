import { link, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Credentials } from '../client/engine/login.js';
import { plainPrivateKey } from '../common/crypto/encrypted-key.js';
import { type IdentityKind, privateIdentity } from '../common/crypto/identity.js';
import { makeEd25519Pair } from '../common/crypto/node.js';
import { entryPath } from '../common/files/keys-folder.js';
import { forgetTemporary, noteTemporary } from '../common/files/temporary.js';
import { certificatePem } from '../keys/issue.js';
import { enrol, type Family, makeFamily, username } from './family.js';
import type { TlsOptions } from './tls-relay-process.js';

/** Logins that are under way at once. */
export const AT_ONCE = 8;

/** Of each kind; who comes after them takes these again. RSA keys take long to make. */
const TLS_CLIENTS = 2;

/** What Node would choose; other servers would take a shorter key where they are let. */
const CIPHER = 'TLS_AES_256_GCM_SHA384';

/** What the TLS relay and its clients are given. */
export interface TlsMaterial {
  readonly server: Omit<TlsOptions, 'gathers'>;
  /** Made once, as credentials are; each may serve several clients. */
  readonly clients: readonly SecureContext[];
}

/** All keys of a run. The first AT_ONCE users have certificates, as all clients of the TLS relays. */
export interface Material {
  /** Of this relay: what `node keys` would have made. */
  readonly keys: string;
  readonly credentials: readonly Credentials[];
  /** The folder of the first `count` users or some more: a relay that needs few does not read thousands. */
  usersFolder(count: number): string;
  readonly tls: Readonly<Record<IdentityKind, TlsMaterial>>;
  /** Removes them all; so does the end of the process. */
  remove(): Promise<void>;
}

/** Makes keys in a temporary folder. @param crowds how many users the steps of the run need */
export async function makeMaterial(crowds: readonly number[]): Promise<Material> {
  const root = await mkdtemp(join(tmpdir(), 'messageapp-bench-'));
  noteTemporary(root);
  const ed25519 = await makeFamily(join(root, 'ed25519'), 'ed25519', AT_ONCE);
  const rsa = await makeFamily(join(root, 'rsa'), 'rsa', TLS_CLIENTS);
  const counts = [...new Set([AT_ONCE, ...crowds])].filter((count) => count >= AT_ONCE).sort((one, two) => one - two);
  const credentials = await enrolAll(ed25519, counts.at(-1)!);
  const folder = (count: number) => join(root, `users-${count}`);
  for (const count of counts) await linkUsers(ed25519, credentials.slice(0, count), folder(count));
  return {
    keys: ed25519.folder.root,
    credentials,
    usersFolder: (needed) => folder(counts.find((count) => count >= needed) ?? counts.at(-1)!),
    tls: { ed25519: tlsMaterial(ed25519), rsa: tlsMaterial(rsa) },
    remove: async () => {
      await rm(root, { recursive: true, force: true });
      forgetTemporary(root);
    },
  };
}

async function enrolAll({ folder, authority, members }: Family, users: number): Promise<Credentials[]> {
  const all: Credentials[] = [];
  for (let index = 0; index < users; index++) {
    const name = username(index + 1);
    const member = members[index];
    const key = member?.key ?? makeEd25519Pair().privateKey;
    await enrol(folder, name, key, member?.certificate);
    const certificates = member ? [member.certificate.der] : [];
    all.push({ username: name, identity: privateIdentity(key), certificates, authorities: [authority] });
  }
  return all;
}

async function linkUsers({ folder }: Family, some: readonly Credentials[], users: string): Promise<void> {
  await mkdir(users);
  for (const { username: name } of some) await link(entryPath(folder.users, name), entryPath(users, name));
}

function tlsMaterial({ folder: { server }, authority, members }: Family): TlsMaterial {
  const ca = certificatePem(authority);
  return {
    server: { certificate: server.chain, key: server.key, authority: server.authority },
    clients: members.slice(0, TLS_CLIENTS).map(({ key, certificate }) => createSecureContext({
      cert: certificatePem(certificate), key: plainPrivateKey(key), ca, minVersion: 'TLSv1.3', ciphers: CIPHER,
    })),
  };
}
