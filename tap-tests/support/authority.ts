import { PassThrough } from 'node:stream';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { type Certificate, readCertificatesPem } from '../../common/crypto/certificate.js';
import { readFile } from 'node:fs/promises';
import { type KeysFolder, keysFolder, privateFolderOf } from '../../common/files/keys-folder.js';
import type { Io } from '../../keys/io.js';
import { main } from '../../keys/main.js';

export const PASSPHRASE = 'correct horse battery staple';

/** Rounds that cost no time; the real number is tested once, with the real default. */
export const FEW_ROUNDS = 100;

export interface TestIo extends Io {
  /** Lines on standard output. */
  readonly printed: string[];
  /** What went to standard error. */
  complained(): string;
}

/** No terminal, and an environment with the passphrase in it unless told otherwise. */
export function testIo(
  env: Record<string,
  string | undefined> = { MESSAGEAPP_PASSPHRASE: PASSPHRASE },
): TestIo {
  const printed: string[] = [];
  const error = new PassThrough();
  let complained = '';
  error.on('data', (data: Buffer) => (complained += data.toString()));
  return {
    printed,
    complained: () => complained,
    print: (line) => printed.push(line),
    terminal: { input: new PassThrough(), error, env },
    now: () => new Date(),
    pbkdf2Rounds: FEW_ROUNDS,
  };
}

export interface KeysOptions {
  readonly users?: readonly string[];
  readonly enrol?: 'key' | 'certificate';
  readonly type?: 'ed25519' | 'rsa';
  readonly passphrase?: string;
}

/** The full layout of common/files/keys-folder.ts in `dir`, made by `node keys user` for each of the users. */
export async function makeKeysFolder(dir: string, options: KeysOptions = {}): Promise<KeysFolder> {
  const { users = ['alice', 'bob'], enrol = 'key', type = 'ed25519', passphrase = PASSPHRASE } = options;
  for (const name of users) {
    await main(
      ['user', name, '--keys', dir, '--enrol', enrol, '--type', type],
      testIo({ MESSAGEAPP_PASSPHRASE: passphrase }),
    );
  }
  return keysFolder(dir);
}

export interface Authority {
  readonly keys: KeysFolder;
  readonly authorities: readonly Certificate[];
  /** Makes a user with a certificate, and gives back its chain as DER and the path of its private key. */
  user(name: string): Promise<{ chain: Buffer[]; key: string }>;
}

/** An authority and a server's pair for localhost, 127.0.0.1 and ::1, in some 100 ms. */
export async function makeAuthority(dir: string): Promise<Authority> {
  await main(['server', '--keys', dir], testIo());
  const keys = keysFolder(dir);
  return {
    keys,
    authorities: await certificatesIn(keys.authority.certificate),
    async user(name) {
      await main(['user', name, '--enrol', 'certificate', '--keys', dir], testIo());
      const own = privateFolderOf(keys, name);
      return { chain: (await certificatesIn(own.certificate)).map(({ der }) => der), key: own.key };
    },
  };
}

export const certificatesIn = async (path: string): Promise<Certificate[]> =>
  readCertificatesPem(await readFile(path, 'latin1'));

/** A file with a passphrase, mode 0600. */
export async function passphraseFile(dir: string, passphrase = PASSPHRASE): Promise<string> {
  const path = join(dir, 'passphrase.txt');
  await writeFile(path, `${passphrase}\n`, { mode: 0o600 });
  return path;
}
