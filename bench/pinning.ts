import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The server has one core for all of its threads, and what puts it under load another. */
export interface Cores {
  readonly server: number;
  readonly load: number;
}

/**
 * Pins this process to a core and says which one is the servers'; undefined where there is no `taskset`
 * (Linux) or no second core.
 */
export async function pinLoad(): Promise<Cores | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const { stdout } = await run('taskset', ['-pc', String(process.pid)]);
    const allowed = readList(stdout.slice(stdout.lastIndexOf(':') + 1));
    const [server, load] = [allowed[0], allowed.at(-1)];
    if (server === undefined || load === undefined || server === load) return undefined;
    await run('taskset', ['-apc', String(load), String(process.pid)]);
    return { server, load };
  } catch {
    return undefined;
  }
}

/** `0-3,8` is 0, 1, 2, 3, 8. */
function readList(list: string): number[] {
  return list.trim().split(',').flatMap((part) => {
    const [first = NaN, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
