import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './root.js';

export interface FsCall {
  readonly call: string;
  /** It may change what is on disk. */
  readonly change: boolean;
  readonly paths: readonly string[];
  /** What it writes, a character a byte. */
  readonly data?: string;
}

const PRELOAD = pathToFileURL(join(ROOT, 'dist/tap-tests/support/fs-preload.js')).href;

/** The environment of a program whose calls to the file system are written down. */
export class FsWatch {
  readonly #log: string;

  constructor(folder: string, name = 'fs-calls') {
    this.#log = join(folder, name);
  }

  get env(): Record<string, string> {
    return { NODE_OPTIONS: `--import=${PRELOAD}`, FS_LOG: this.#log };
  }

  get calls(): FsCall[] {
    if (!existsSync(this.#log)) return [];
    return readFileSync(this.#log, 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line) as FsCall);
  }

  /** Every path that was named, each once. */
  get paths(): string[] {
    return [...new Set(this.calls.flatMap(({ paths }) => paths))];
  }
}

/** The environment of a program that is killed instead of doing its n-th change on disk, or when half of it is done. */
export const killedAt = (n: number, half: boolean): Record<string, string> =>
  ({ NODE_OPTIONS: `--import=${PRELOAD}`, FS_KILL: String(n), ...(half ? { FS_HALF: '1' } : {}) });
