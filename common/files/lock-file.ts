import { existsSync } from 'node:fs';
import { readFile, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../errors.js';
import { writeAtomically } from './atomic-write.js';
import { readBounded, shownPath } from './bounded-read.js';
import { forgetTemporary, noteTemporary } from './temporary.js';

const LOCK_BYTES_MAX = 64;

/** What a file of a lock says: `pid start folder`. */
interface Holder {
  readonly pid: number;
  /** When the process started, in ticks since the machine did; `-` where the system does not say. */
  readonly start: string;
  /** Inode of the folder: a copy of the folder, made while the lock was held, is not locked. */
  readonly folder: string;
}

/** Takes the lock away. */
export type Unlock = () => Promise<void>;

/**
 * Locks by a file among processes of one machine. The lock of a process that is gone means nothing, also where another
 * one has its number now. It is removed when the process ends. Throws the error of the file system.
 * @returns what takes it away, or the process that has it
 */
export async function tryLock(path: string, depth = 0): Promise<Unlock | number> {
  const holder = await made(path) ? undefined : await takeOver(path, depth);
  if (holder !== undefined) return holder;
  noteTemporary(path);
  return async () => {
    forgetTemporary(path);
    await unlink(path).catch(() => undefined);
  };
}

/** Whole from the beginning: an empty one would look like that of nobody. */
async function made(path: string): Promise<boolean> {
  try {
    await writeAtomically(path, await ownText(path), { mode: 0o644, exclusive: true });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

/** Each of them stands for a process that was killed within the milliseconds in which it took a lock over. */
const DEPTH_MAX = 3;

/**
 * Puts one's own lock in the place of a stale one. Only whoever has the lock for that does it, and at no moment is there
 * no lock: so of several that find the same stale one, one gets it. Throws UsageError 'not-now'.
 * @returns the process that has the lock after all
 */
async function takeOver(path: string, depth: number): Promise<number | undefined> {
  const first = await read(path);
  if (first && await holds(first, path)) return first.pid;
  if (depth === DEPTH_MAX) throw new UsageError('not-now', `Remove ${shownPath(path)}: it is left from programs that were killed.`);
  const unlock = await tryLock(`${path}.next`, depth + 1);
  if (typeof unlock === 'number') return unlock;
  try {
    for (;;) {
      if (await made(path)) return undefined;
      const holder = await read(path);
      if (!holder) continue;
      if (await holds(holder, path)) return holder.pid;
      await writeAtomically(path, await ownText(path), { mode: 0o644 });
      return undefined;
    }
  } finally {
    await unlock();
  }
}

const ownText = async (path: string): Promise<string> =>
  `${process.pid} ${await startOf(process.pid)} ${await inodeOf(dirname(path))}\n`;

/** @returns undefined where there is none */
async function read(path: string): Promise<Holder | undefined> {
  try {
    const text = (await readBounded(path, { what: 'The lock', maxBytes: LOCK_BYTES_MAX })).toString('latin1');
    const [pid = '', start = '-', folder = ''] = text.trim().split(' ');
    return { pid: Number(pid), start, folder };
  } catch (problem) {
    if (!(problem instanceof UsageError)) throw problem;
    return existsSync(path) ? { pid: NaN, start: '-', folder: '' } : undefined;
  }
}

async function holds({ pid, start, folder }: Holder, path: string): Promise<boolean> {
  if (!isAlive(pid) || folder !== await inodeOf(dirname(path))) return false;
  const now = await startOf(pid);
  return start === '-' || now === '-' || now === start;
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (problem) {
    return (problem as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const inodeOf = async (folder: string): Promise<string> => String((await stat(folder)).ino);

/** Field 22 of proc_pid_stat(5); the name of the program before it may have spaces and brackets. */
async function startOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '-';
}
