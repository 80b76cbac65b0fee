import { rmSync } from 'node:fs';

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
