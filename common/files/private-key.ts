import type { Stats } from 'node:fs';
import { readElements, readOnly, tag, unsigned } from '../bytes/der.js';
import { type PemBlock, readPem } from '../bytes/pem.js';
import { type EncryptOptions, encryptPrivateKey, plainPrivateKey } from '../crypto/encrypted-key.js';
import { type KeyObject, readPrivatePem } from '../crypto/node.js';
import { UsageError, WireError } from '../errors.js';
import { writeAtomically } from './atomic-write.js';
import { readBounded, shownPath } from './bounded-read.js';

/** An RSA-4096 key under a passphrase takes 3.4 kB as PEM. */
export const PRIVATE_KEY_FILE_MAX = 16_384;

/**
 * Reads a private key: a PEM file of PKCS#8, plain or under a passphrase (RFC 5958), that nobody else may
 * read.
 * @param askPassphrase called once, and only if the key is under a passphrase
 * Throws UsageError: 'no-key' (missing), 'bad-key-file' (damaged, another kind of file, or readable by
 * others), 'no-passphrase' (needed, and `askPassphrase` was not given), 'wrong-passphrase'.
 */
export async function readPrivateKey(
  path: string,
  askPassphrase?: () => Promise<string>,
): Promise<KeyObject> {
  const file = shownPath(path);
  const text = (await readBounded(path, {
    what: 'The private key file',
    maxBytes: PRIVATE_KEY_FILE_MAX,
    code: 'no-key',
    check: (stats) => checkMode(path, stats),
  })).toString('latin1');
  const block = onlyBlock(text, file);
  if (block.label === 'PRIVATE KEY') return plain(text, file);
  checkEncrypted(block, file);
  if (!askPassphrase) {
    throw new UsageError(
      'no-passphrase',
      `The private key ${file} is under a passphrase, and none was given.`,
    );
  }
  return encrypted(text, file, await askPassphrase());
}

/** Writes a private key with mode 0600, under a passphrase unless that is undefined. */
export async function writePrivateKey(
  path: string,
  key: KeyObject,
  passphrase: string | undefined,
  options: EncryptOptions = {},
): Promise<void> {
  const pem = passphrase === undefined
    ? plainPrivateKey(key)
    : await encryptPrivateKey(key, passphrase, options);
  await writeAtomically(path, pem, { mode: 0o600 });
}

/** As ssh does: a key that others can read may be theirs already. Windows has no such modes. */
function checkMode(path: string, { mode }: Stats): void {
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  throw new UsageError(
    'bad-key-file',
    `The private key ${shownPath(path)} can be read by others (mode 0${(mode & 0o777).toString(8)}). `
      + `Make it yours alone: chmod 600 ${shownPath(path)}`,
  );
}

function onlyBlock(text: string, file: string): PemBlock {
  let blocks: PemBlock[];
  try {
    blocks = readPem(text);
  } catch (cause) {
    if (/^(Proc-Type|DEK-Info):/m.test(text)) throw traditional(file);
    if (!(cause instanceof WireError)) throw cause;
    throw damaged(file, cause);
  }
  const [block] = blocks;
  if (!block) throw new UsageError('bad-key-file', `There is no private key (PEM) in ${file}.`);
  if (blocks.length > 1) throw new UsageError('bad-key-file', `There is more than a private key in ${file}.`);
  if (block.label === 'PRIVATE KEY' || block.label === 'ENCRYPTED PRIVATE KEY') return block;
  if (block.label.endsWith('PRIVATE KEY')) throw traditional(file);
  throw new UsageError(
    'bad-key-file',
    `The file ${file} holds no private key, but a ${block.label.toLowerCase()}.`,
  );
}

const traditional = (file: string) => new UsageError(
  'bad-key-file',
  `The private key ${file} is not in PKCS#8. `
    + `Convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in ${file} -out NEW`,
);

const damaged = (file: string, cause: unknown) => new UsageError(
  'bad-key-file',
  `The private key file ${file} is damaged. Take it from a backup, or have a new key enrolled.`,
  { cause },
);

function plain(text: string, file: string): KeyObject {
  try {
    return readPrivatePem(text);
  } catch (cause) {
    throw damaged(file, cause);
  }
}

/** The frame of RFC 5958, 3. What is wrong inside it cannot be told from a wrong passphrase. */
function checkEncrypted({ der }: PemBlock, file: string): void {
  try {
    const [algorithm, data, ...others] = readElements(readOnly(der, tag.sequence, 'key').content);
    const isFrame = algorithm?.tag === tag.sequence && data?.tag === tag.octetString && others.length === 0;
    if (isFrame && largest(algorithm.content) <= ROUNDS_MAX) return;
  } catch (cause) {
    throw damaged(file, cause);
  }
  throw damaged(file, undefined);
}

/** Some seconds of a core. A file that asks for more is damaged, and would hold up the program for hours. */
const ROUNDS_MAX = 10_000_000;

/** The largest number among the parameters: whatever derives the key, its rounds are one of them. */
function largest(parameters: Buffer): number {
  const numbers = readElements(parameters).map((element) => {
    if (element.tag === tag.sequence) return largest(element.content);
    return element.tag === tag.integer ? Number(`0x${unsigned(element, 'rounds').toString('hex')}`) : 0;
  });
  return Math.max(0, ...numbers);
}

function encrypted(text: string, file: string, passphrase: string): KeyObject {
  try {
    return readPrivatePem(text, passphrase);
  } catch (cause) {
    throw new UsageError(
      'wrong-passphrase',
      `The passphrase does not open the private key ${file}: it is wrong, or the file is damaged.`,
      { cause },
    );
  }
}
