import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type GivenOptions, givenPassphrase, passphrase } from '../common/cli/passphrase.js';
import { type Certificate, readCertificatesPem } from '../common/crypto/certificate.js';
import { type IdentityKind, showFingerprint } from '../common/crypto/identity.js';
import { type KeyPair, makeEd25519Pair, makeRsaPairInPool } from '../common/crypto/node.js';
import { UsageError } from '../common/errors.js';
import { writeAtomically } from '../common/files/atomic-write.js';
import { readBounded, shownPath } from '../common/files/bounded-read.js';
import type { KeysFolder } from '../common/files/keys-folder.js';
import { writePrivateKey } from '../common/files/private-key.js';
import { makeFolder } from '../common/files/folder-aside.js';
import type { Io } from './io.js';
import { type Issuer, authorityExtensions, certificatePem, issue, spkiOfPrivate } from './issue.js';

export const AUTHORITY_DAYS = 3650;
export const AUTHORITY_NAME = 'MessageApp authority';
export const AUTHORITY_VARIABLE = 'MESSAGEAPP_AUTHORITY_PASSPHRASE';
const RSA_BITS = 3072;

export const makePair = async (type: IdentityKind): Promise<KeyPair> =>
  type === 'rsa' ? makeRsaPairInPool(RSA_BITS) : makeEd25519Pair();

export const hasAuthority = ({ authority }: KeysFolder): boolean => existsSync(authority.certificate);

export interface AuthorityOptions {
  readonly name?: string;
  readonly type?: IdentityKind;
  readonly days?: number;
}

/**
 * Makes the authority's pair. Throws UsageError 'exists' where there is one, 'bad-argument' for a name with
 * unfit characters.
 */
export async function makeAuthority(
  folder: KeysFolder,
  secret: string,
  options: AuthorityOptions,
  io: Io,
): Promise<void> {
  const { name = AUTHORITY_NAME, type = 'ed25519', days = AUTHORITY_DAYS } = options;
  if (hasAuthority(folder)) {
    throw new UsageError(
      'exists',
      `There is an authority in ${shownPath(folder.authority.folder)} already. Move it away to make another.`,
    );
  }
  if (!/^[A-Za-z0-9 .,'()_-]{1,64}$/.test(name)) {
    throw new UsageError(
      'bad-argument',
      "The authority's name has 1 to 64 letters A-Z a-z, digits, spaces and . , ' ( ) _ -",
    );
  }
  const pair = await makePair(type);
  await makeFolder(folder.authority.folder, async (aside) => {
    const key = join(aside, 'ca.key');
    await writePrivateKey(key, pair.privateKey, secret, { rounds: io.pbkdf2Rounds });
    const publicKey = spkiOfPrivate(pair.privateKey);
    const made = await issue(
      { key, passphrase: secret },
      { commonName: name, publicKey, days, extensions: authorityExtensions },
    );
    await writeAtomically(join(aside, 'ca.pem'), certificatePem(made), { mode: 0o644 });
  });
  const { subject, publicKey } = await readAuthority(folder);
  io.print(
    `The authority "${subject.text}" is in ${folder.authority.folder} (${publicKey.kind}; its key under the `
      + 'passphrase).',
  );
  io.print(`  fingerprint ${showFingerprint(publicKey.fingerprint)}`);
}

/** The authority's certificate. Throws UsageError 'no-key' where there is none. */
export async function readAuthority({ authority }: KeysFolder): Promise<Certificate> {
  const pem = await readBounded(authority.certificate, {
    what: "The authority's certificate",
    maxBytes: 16_384,
    code: 'no-key',
    missing: 'Make it first: node keys init',
  });
  return readCertificatesPem(pem.toString('latin1'))[0]!;
}

export interface PassphraseFiles {
  /** `--passphrase-file` */
  readonly passphraseFile?: string | undefined;
  /** `--authority-passphrase-file` */
  readonly authorityPassphraseFile?: string | undefined;
}

/**
 * The authority's passphrase: its own file or variable, else the general file or variable, else the terminal.
 * The general ones are usual where one person does all in one go.
 */
export async function authorityPassphrase(files: PassphraseFiles, isNew: boolean, io: Io): Promise<string> {
  const own: GivenOptions = {
    file: files.authorityPassphraseFile,
    variable: AUTHORITY_VARIABLE,
    confirm: isNew,
  };
  return await givenPassphrase(own, io.terminal) ?? passphrase({
    file: files.passphraseFile,
    prompt: `${isNew ? 'New passphrase for' : 'Passphrase of'} the authority's private key`,
    confirm: isNew,
  }, io.terminal);
}

export const issuerOf = ({ authority }: KeysFolder, secret: string): Issuer =>
  ({ certificate: authority.certificate, key: authority.key, passphrase: secret });
