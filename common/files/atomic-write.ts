import { randomBytes } from '../crypto/node.js';
import { type FileHandle, link, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { forgetTemporary, noteTemporary, sweepBeside } from './temporary.js';

export interface AtomicOptions {
  /** 0600 unless said. */
  readonly mode?: number;
  /** Fail with EEXIST where the file is there already, also if two programs write it at the same time. */
  readonly exclusive?: boolean;
}

/**
 * Writes a file so that at any moment there is the old one or the whole new one: aside in the same folder,
 * flushed, renamed, and the folder flushed. Throws the error of the file system, and leaves nothing behind
 * then. What a run that was killed left aside goes with the next write, an hour later at the earliest.
 */
export async function writeAtomically(
  path: string,
  data: string | Buffer,
  { mode = 0o600, exclusive = false }: AtomicOptions = {},
): Promise<void> {
  const aside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  noteTemporary(aside);
  try {
    await writeFlushed(aside, data, mode);
    // A link fails where the name is taken; a rename would replace it.
    await (exclusive ? link(aside, path) : rename(aside, path));
    await flushFolder(dirname(path));
    await sweepBeside(path);
  } finally {
    await unlink(aside).catch(() => undefined);
    forgetTemporary(aside);
  }
}

async function writeFlushed(path: string, data: string | Buffer, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    // The umask may have taken bits away that were asked for.
    await file.chmod(mode);
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes renames in a folder last through a power cut. Windows has no such call, and needs none. */
export async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, 'r');
    await folder.sync();
  } finally {
    await folder?.close();
  }
}
