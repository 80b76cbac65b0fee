import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { passphrase } from '../common/cli/passphrase.js';
import { type Certificate, readCertificatesPem } from '../common/crypto/certificate.js';
import { privateIdentity } from '../common/crypto/identity.js';
import { TrustError, UsageError } from '../common/errors.js';
import { readBounded, shownPath } from '../common/files/bounded-read.js';
import { keysFolder, type PrivateFolder, privateFolder, privateFolderOf } from '../common/files/keys-folder.js';
import { readPrivateKey } from '../common/files/private-key.js';
import type { Credentials } from './engine/login.js';
import { TrustStore } from './engine/trust-store.js';
import type { ClientOptions } from './options.js';

const PEM_FILE_MAX = 64 * 1024;
const TRIES = 3;

export interface FromFolder {
  readonly credentials: Credentials;
  readonly trust: TrustStore;
  /** The folder where transcripts go. */
  readonly transcripts: string;
}

/** Asks for the passphrase on a page; `again` after a wrong one. */
export type AskPassphrase = (again: boolean) => Promise<string>;

/**
 * What lies in a user's private folder, read and checked. Throws UsageError, TrustError 'bad-certificate'.
 * @param ask where there is a page, that asks for the passphrase if nothing else gives it
 */
export async function readCredentials(username: string, options: ClientOptions, ask?: AskPassphrase): Promise<FromFolder> {
  const folder = options.identity === undefined ? privateFolderOf(keysFolder(options.keys), username) : privateFolder(options.identity);
  if (options.privateKey === undefined && !existsSync(folder.folder)) {
    throw new UsageError('no-key', `There is no key of ${username} here (${shownPath(folder.folder)}). ${HOW}`);
  }
  const authorities = await readCertificates(options.authority ?? folder.authority, 'The certificate of the authority');
  const certificates = await readOwnCertificates(username, folder, options.certificate);
  const identity = privateIdentity(await readKey(username, options.privateKey ?? folder.key, options.passphraseFile, ask));
  const [own] = certificates;
  if (own && !own.publicKey.spki.equals(identity.public.spki)) {
    throw new TrustError('bad-certificate', `The certificate of ${username} is of another key than the private one beside it.`);
  }
  const trust = await TrustStore.open(options.knownKeys ?? join(folder.folder, 'known-keys.json'));
  const credentials = { username, identity, certificates: certificates.map(({ der }) => der), authorities };
  return { credentials, trust, transcripts: folder.transcripts };
}

async function readOwnCertificates(username: string, folder: PrivateFolder, given: string | undefined): Promise<Certificate[]> {
  if (given === undefined && !existsSync(folder.certificate)) return [];
  return readCertificates(given ?? folder.certificate, `The certificate of ${username}`);
}

export async function readCertificates(path: string, what: string): Promise<Certificate[]> {
  const pem = await readBounded(path, { what, maxBytes: PEM_FILE_MAX, code: 'no-key', missing: HOW });
  return readCertificatesPem(pem.toString('latin1'));
}

const HOW = 'Make keys with: node keys user NAME. Where they lie is said with --keys or --identity.';

/** On a terminal a wrong passphrase is asked for again, as ssh does; on a page for as long as it is wrong. */
async function readKey(username: string, path: string, file: string | undefined, onPage: AskPassphrase | undefined) {
  if (!existsSync(path)) throw new UsageError('no-key', `There is no private key for ${username} (${shownPath(path)}). ${HOW}`);
  const given = file !== undefined || process.env['MESSAGEAPP_PASSPHRASE'] !== undefined;
  const ask = given ? undefined : onPage;
  const canAsk = !given && process.stdin.isTTY;
  const tries = ask ? Infinity : canAsk ? TRIES : 1;
  for (let tried = 1; ; tried++) {
    try {
      return await readPrivateKey(path, () => (ask ? ask(tried > 1) : passphrase({ prompt: 'Passphrase', file })));
    } catch (error) {
      if (!(error instanceof UsageError && error.code === 'wrong-passphrase') || tried === tries) throw error;
      if (!ask) process.stderr.write('That is not the passphrase; try again.\n');
    }
  }
}
