import { rmSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Paths to be removed if the program ends before it is done with them (on SIGINT too, if that calls
 * process.exit).
 */
const temporary = new Set<string>();
let watching = false;

export function noteTemporary(path: string): void {
  temporary.add(path);
  if (watching) return;
  watching = true;
  process.on('exit', () => {
    for (const left of temporary) rmSync(left, { recursive: true, force: true });
  });
}

export function forgetTemporary(path: string): void {
  temporary.delete(path);
}

/** No run takes so long: what is older was left by one that was killed. */
const LEFT_BEHIND_MS = 3_600_000;
const MARK = /^[0-9a-f]{12}\.(tmp|old)$/;

/** Removes what killed runs have left beside `path`: `.NAME.0123456789ab.tmp`, or `.old`. */
export async function sweepBeside(path: string): Promise<void> {
  const start = `.${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(start) || !MARK.test(name.slice(start.length))) continue;
    const left = join(dirname(path), name);
    const since = await stat(left).then(({ mtimeMs }) => mtimeMs, () => Infinity);
    if (Date.now() - since > LEFT_BEHIND_MS) await rm(left, { recursive: true, force: true });
  }
}
