import { HASH, type Password, SALT } from '../crypto/password.js';
import type { ScryptCost } from '../crypto/node.js';
import { MessageAppError, UsageError } from '../errors.js';
import { isUsername } from '../wire/username.js';
import { writeAtomically } from './atomic-write.js';
import { readBounded, shownPath } from './bounded-read.js';
import { passwordPath } from './keys-folder.js';

const PASSWORD_FILE_MAX = 200;
const ENDING = '.password';

/** `scrypt N r p salt hash`, the last two in base64. */
const LINE = /^scrypt (\d{1,7}) (\d{1,2}) (\d{1,2}) ([A-Za-z0-9+/]{22}==) ([A-Za-z0-9+/]{43}=)\n?$/;

/** A file that asks for more is damaged: each login of that user would hold up all the others. */
const MEMORY_MAX = 256 * 1024 * 1024;
const N_MIN = 2 ** 14;
const P_MAX = 4;

export const passwordText = ({ cost: { N, r, p }, salt, hash }: Password): string =>
  `scrypt ${N} ${r} ${p} ${salt.toString('base64')} ${hash.toString('base64')}\n`;

/** The text of a file NAME.password. Throws UsageError 'bad-file'. */
export function parsePassword(text: string): Password {
  const [, N, r, p, salt = '', hash = ''] = LINE.exec(text) ?? [];
  const password = {
    cost: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64'),
  };
  const isWhole = password.salt.length === SALT && password.hash.length === HASH;
  // What decodes encodes back: no second way to write the same file.
  if (isWhole && isBearable(password.cost) && passwordText(password).trimEnd() === text.trimEnd()) return password;
  throw new UsageError('bad-file', 'It is damaged. Set a new password: node keys passwd NAME');
}

const isBearable = ({ N, r, p }: ScryptCost): boolean =>
  N >= N_MIN && Number.isInteger(Math.log2(N)) && r >= 1 && p >= 1 && p <= P_MAX && 128 * N * r <= MEMORY_MAX;

/** Writes NAME.password, mode 0600, whole or not at all. Throws the error of the file system. */
export const writePassword = (users: string, name: string, password: Password): Promise<void> =>
  writeAtomically(passwordPath(users, name), passwordText(password), { mode: 0o600 });

/**
 * The passwords among the files of a folder. One that is damaged is named in `problems`, and its user cannot log in;
 * the others can.
 */
export async function readPasswords(
  folder: string, files: readonly string[], problems: string[],
): Promise<Map<string, Password | 'damaged'>> {
  const passwords = new Map<string, Password | 'damaged'>();
  for (const file of files) {
    const name = file.slice(0, -ENDING.length);
    if (!file.endsWith(ENDING) || !isUsername(name)) continue;
    try {
      const text = await readBounded(passwordPath(folder, name), { what: 'The file', maxBytes: PASSWORD_FILE_MAX });
      passwords.set(name, parsePassword(text.toString('latin1')));
    } catch (problem) {
      if (!(problem instanceof MessageAppError)) throw problem;
      passwords.set(name, 'damaged');
      problems.push(`${name} cannot log in: the file of the password ${shownPath(file)} is no use. ${problem.message}`);
    }
  }
  return passwords;
}
