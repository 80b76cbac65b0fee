import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Mutant } from './mutant.js';
import { type Outcome, type RunOptions, runTest } from './run-test.js';
import { asScript, transpile } from './transpile.js';

const PROGRAMS = ['server', 'client', 'keys'];

/** A copy of the project in which one file may be sabotaged at a time, and tests are run. */
export class Copy {
  /** @param folder is made here; who gave it removes it */
  constructor(
    private readonly folder: string, root: string, private readonly files: ReadonlyMap<string, string | Buffer>,
  ) {
    for (const [path, content] of files) this.#write(path, content);
    copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
    for (const linked of ['node_modules', 'docs']) symlinkSync(join(root, linked), join(folder, linked));
    // As `node server` finds it: what is run here lies beside it, not in dist/.
    for (const program of PROGRAMS) this.#write(`${program}/index.js`, "await import('./start.js');\n");
  }

  #write(path: string, content: string | Buffer): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  /** Runs a test on the source as it is, to its end. */
  unmutated(test: string, limitMs: number): Promise<Outcome> {
    return this.#run(test, { limitMs, bail: false });
  }

  /** Runs the test of a mutant on its source, until it fails; then the source is whole again. */
  async mutated({ file, test }: Mutant, source: string, limitMs: number): Promise<Outcome> {
    const path = asScript(file);
    this.#write(path, transpile(source));
    try {
      return await this.#run(test, { limitMs, bail: true });
    } finally {
      this.#write(path, this.files.get(path)!);
    }
  }

  /** What a test leaves that ended before its time is not to be seen by the next. */
  async #run(test: string, options: RunOptions): Promise<Outcome> {
    const temporary = join(this.folder, 'tmp');
    mkdirSync(temporary);
    try {
      return await runTest(this.folder, asScript(test), temporary, options);
    } finally {
      for (const left of [temporary, join(this.folder, '.tap')]) {
        rmSync(left, { recursive: true, force: true, maxRetries: 3 });
      }
    }
  }
}
