import { link, readFile, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { randomBytes } from '../crypto/node.js';
import { UsageError } from '../errors.js';
import { writeAtomically } from './atomic-write.js';
import { readBounded } from './bounded-read.js';
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
export async function tryLock(path: string): Promise<Unlock | number> {
  if (!await made(path)) {
    const holder = await removeStale(path);
    if (holder !== undefined) return holder;
    if (!await made(path)) return (await read(path)).pid;
  }
  noteTemporary(path);
  return async () => {
    forgetTemporary(path);
    await unlink(path).catch(() => undefined);
  };
}

/** Whole from the beginning: an empty one would look like that of nobody. */
async function made(path: string): Promise<boolean> {
  const start = await startOf(process.pid);
  const text = `${process.pid} ${start} ${await inodeOf(dirname(path))}\n`;
  try {
    await writeAtomically(path, text, { mode: 0o644, exclusive: true });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

/**
 * Moved aside before it goes, and looked at there: two that start at once must not remove each other's.
 * @returns the process that has the lock after all
 */
async function removeStale(path: string): Promise<number | undefined> {
  const holder = await read(path);
  if (await holds(holder, path)) return holder.pid;
  const aside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  if (!await rename(path, aside).then(() => true, () => false)) return undefined;
  if (await holds(await read(aside), path)) await link(aside, path).catch(() => undefined);
  await unlink(aside);
  return undefined;
}

async function read(path: string): Promise<Holder> {
  try {
    const text = (await readBounded(path, { what: 'The lock', maxBytes: LOCK_BYTES_MAX })).toString('latin1');
    const [pid = '', start = '-', folder = ''] = text.trim().split(' ');
    return { pid: Number(pid), start, folder };
  } catch (problem) {
    if (problem instanceof UsageError) return { pid: NaN, start: '-', folder: '' };
    throw problem;
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
