import { join } from 'node:path';
import { UsageError } from '../common/errors.js';
import { shownPath } from '../common/files/bounded-read.js';
import { tryLock, type Unlock } from '../common/files/lock-file.js';

/** It cannot be written there, or there is no such folder, which is said by whoever reads it. */
const CANNOT = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOENT', 'ENOTDIR']);

/**
 * One server has a folder of users: two that enrol people would give one name away twice, and of two that do not, one
 * would not hear of whoever was revoked. A server that only reads may be kept from writing there; then nobody looks.
 * Throws UsageError 'not-now' where another server runs, and the error of the file system.
 * @param enrols it writes to the folder
 * @returns what takes the lock away
 */
export async function lockUsers(users: string, enrols: boolean): Promise<Unlock> {
  const lock = await tryLock(join(users, '.lock')).catch((problem: NodeJS.ErrnoException) => {
    if (!enrols && CANNOT.has(problem.code ?? '')) return async () => undefined;
    throw problem;
  });
  if (typeof lock === 'function') return lock;
  throw new UsageError(
    'not-now',
    `Another server (process ${lock}) has the users in ${shownPath(users)}. End it first, or give this one another `
      + 'folder with --users.',
  );
}
