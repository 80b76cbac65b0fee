import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { verifyServerChain } from '../common/crypto/chain.js';
import { type IdentityKind, showFingerprint } from '../common/crypto/identity.js';
import { UsageError } from '../common/errors.js';
import { writeAtomically } from '../common/files/atomic-write.js';
import { shownPath } from '../common/files/bounded-read.js';
import type { KeysFolder } from '../common/files/keys-folder.js';
import { writePrivateKey } from '../common/files/private-key.js';
import { issuerOf, makePair, readAuthority } from './authority.js';
import { makeFolder } from '../common/files/folder-aside.js';
import type { Io } from './io.js';
import { certificatePem, issue, serverExtensions, spkiOfPrivate } from './issue.js';

export const SERVER_DAYS = 825;
export const DEFAULT_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '::1'];

export const hasServer = ({ server }: KeysFolder): boolean => existsSync(server.chain);

export interface ServerOptions {
  readonly hosts?: readonly string[];
  readonly type?: IdentityKind;
  readonly days?: number;
  /** Puts the server's key under this passphrase; without, a service can start alone. */
  readonly protect?: string | undefined;
}

/**
 * Makes or replaces the server's pair. @param secret the authority's passphrase. Throws UsageError
 * 'bad-host'.
 */
export async function makeServer(
  folder: KeysFolder,
  secret: string,
  options: ServerOptions,
  io: Io,
): Promise<void> {
  const { type = 'ed25519', days = SERVER_DAYS, protect } = options;
  const hosts = (options.hosts ?? DEFAULT_HOSTS).map(checkHost);
  const authority = await readAuthority(folder);
  const pair = await makePair(type);
  const made = await issue(issuerOf(folder, secret), {
    commonName: hosts[0]!.slice(0, 64),
    publicKey: spkiOfPrivate(pair.privateKey),
    days,
    extensions: serverExtensions(hosts),
  });
  verifyServerChain([made.der], { authorities: [authority], serverName: hosts[0]!, now: io.now() });
  await makeFolder(folder.server.folder, async (aside) => {
    await writePrivateKey(join(aside, 'server.key'), pair.privateKey, protect, { rounds: io.pbkdf2Rounds });
    await writeAtomically(join(aside, 'server.pem'), certificatePem(made), { mode: 0o644 });
    await writeAtomically(join(aside, 'ca.pem'), certificatePem(authority), { mode: 0o644 });
  });
  io.print(
    `The server's certificate for ${hosts.join(', ')} is in ${folder.server.folder}, valid until `
      + `${made.notAfter.toISOString().slice(0, 10)}.`,
  );
  io.print(`  fingerprint ${showFingerprint(made.publicKey.fingerprint)}`);
  io.print(protect === undefined
    ? '  Its private key is not under a passphrase, so that the server can start by itself '
      + '(mode 0600; --protect changes that).'
    : '  Its private key is under a passphrase, which the server needs at each start.');
}

/**
 * A DNS name or an IP address; it goes into openssl's configuration, so nothing else may. Throws UsageError
 * 'bad-host'.
 */
export function checkHost(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) > 0 && !bare.includes('%')) return bare;
  const label = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/;
  if (host.length <= 253 && host.split('.').every((part) => label.test(part))) return host;
  throw new UsageError(
    'bad-host',
    `${shownPath(host)} is not a host: give a DNS name without wildcards, or an IP address.`,
  );
}
