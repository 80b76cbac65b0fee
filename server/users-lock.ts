import { link, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from '../common/crypto/node.js';
import { UsageError } from '../common/errors.js';
import { readBounded, shownPath } from '../common/files/bounded-read.js';
import { forgetTemporary, noteTemporary } from '../common/files/temporary.js';

const PID_MAX = 32;

/**
 * A server that enrols people is the only one that writes to its folder of users: two would give one name away twice.
 * The file `.lock` has its process id; that of a process which is gone means nothing. It is removed when the process
 * ends. Throws UsageError 'not-now' where another server runs, and the error of the file system.
 * @returns what takes the lock away
 */
export async function lockUsers(users: string): Promise<() => Promise<void>> {
  const path = join(users, '.lock');
  if (!await made(path)) {
    await removeStale(users, path);
    if (!await made(path)) throw await taken(users, path);
  }
  noteTemporary(path);
  return async () => {
    forgetTemporary(path);
    await unlink(path).catch(() => undefined);
  };
}

const made = (path: string): Promise<boolean> =>
  writeFile(path, `${process.pid}\n`, { flag: 'wx', mode: 0o644 }).then(() => true, (cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') return false;
    throw cause;
  });

/** Moved aside before it goes, and looked at there: two that start at once must not remove each other's. */
async function removeStale(users: string, path: string): Promise<void> {
  if (isAlive(await pidIn(path))) throw await taken(users, path);
  const aside = join(users, `.lock.${randomBytes(6).toString('hex')}.tmp`);
  if (!await rename(path, aside).then(() => true, () => false)) return;
  if (isAlive(await pidIn(aside))) await link(aside, path).catch(() => undefined);
  await unlink(aside);
}

async function pidIn(path: string): Promise<number> {
  try {
    return Number((await readBounded(path, { what: 'The lock', maxBytes: PID_MAX })).toString('latin1').trim());
  } catch (problem) {
    if (problem instanceof UsageError) return NaN;
    throw problem;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (problem) {
    return (problem as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const taken = async (users: string, path: string) => new UsageError(
  'not-now',
  `Another server (process ${await pidIn(path)}) takes registrations into ${shownPath(users)}. End it first, or `
    + 'give this one another folder with --users.',
);
