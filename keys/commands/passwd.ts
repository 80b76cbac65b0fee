import { unlink } from 'node:fs/promises';
import { passphrase, PASSWORD_VARIABLE } from '../../common/cli/passphrase.js';
import { hashPassword, passwordBytes } from '../../common/crypto/password.js';
import { UsageError } from '../../common/errors.js';
import { enrolledNames } from '../../common/files/enrolment.js';
import { keysFolder, passwordPath } from '../../common/files/keys-folder.js';
import { writePassword } from '../../common/files/password-file.js';
import { checkUsername } from '../../common/wire/username.js';
import type { Io } from '../io.js';

export interface PasswdOptions {
  readonly keys: string;
  readonly name: string;
  readonly remove?: boolean;
  readonly 'password-file'?: string | undefined;
}

/**
 * `node keys passwd NAME`: what a server asks for beside the key (docs/PROTOCOL.md part 12).
 * Throws UsageError 'bad-name', 'no-key' where nobody is called so or there is none to remove, 'no-passphrase'.
 */
export async function passwd({ keys, name, remove = false, ...options }: PasswdOptions, io: Io): Promise<void> {
  const { users } = keysFolder(keys);
  if (!(await enrolledNames(users)).includes(checkUsername(name))) {
    throw new UsageError('no-key', `Nobody called ${name} is enrolled. All names: node keys show`);
  }
  await (remove ? removePassword(users, name) : setPassword(users, name, options['password-file'], io));
  io.print(`${name} has ${remove ? 'no password any more: the key alone will do' : 'a password beside the key'}.`);
  io.print(`  ${users} goes to the server; one that is running reads it again at SIGHUP.`);
}

async function setPassword(users: string, name: string, file: string | undefined, io: Io): Promise<void> {
  const prompt = `New password of ${name}`;
  const source = { file, variable: PASSWORD_VARIABLE, option: '--password-file', prompt, confirm: true };
  const secret = passwordBytes(await passphrase(source, io.terminal));
  try {
    await writePassword(users, name, await hashPassword(secret.bytes));
  } finally {
    secret.wipe();
  }
}

async function removePassword(users: string, name: string): Promise<void> {
  await unlink(passwordPath(users, name)).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    throw new UsageError('no-key', `${name} has no password.`, { cause });
  });
}
