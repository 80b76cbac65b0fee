import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { randomBytes } from '../crypto/node.js';
import { flushFolder } from './atomic-write.js';
import { forgetTemporary, noteTemporary, sweepBeside } from './temporary.js';

/**
 * Fills a folder (mode 0700) aside and renames it, so that it is there whole or not at all. One that is there
 * already is replaced; if the program dies between the two renames it is missing, and the next run makes it
 * again.
 */
export async function makeFolder(path: string, fill: (aside: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const mark = randomBytes(6).toString('hex');
  const beside = join(dirname(path), `.${basename(path)}.${mark}`);
  const [aside, old] = [`${beside}.tmp`, `${beside}.old`];
  noteTemporary(aside);
  try {
    await mkdir(aside, { mode: 0o700 });
    await fill(aside);
    await flushFolder(aside);
    const replaced = await rename(path, old).then(() => true, () => false);
    await rename(aside, path);
    await flushFolder(dirname(path));
    if (replaced) await rm(old, { recursive: true, force: true });
    await sweepBeside(path);
  } finally {
    await rm(aside, { recursive: true, force: true });
    forgetTemporary(aside);
  }
}
