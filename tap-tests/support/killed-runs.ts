import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PASSPHRASE } from './authority.js';
import { FsWatch, killedAt } from './fs-watch.js';
import { ROOT } from './root.js';

/** Programs that run beside each other. */
const ABREAST = 3;

export interface Killed {
  /** A copy of the folder that the run began with, and what it left there. */
  readonly folder: string;
  /** What it said before its end, on standard output. */
  readonly said: string;
  /** For instance `killed at the half of change 3 of 29, writeFile`. */
  readonly how: string;
}

/** A program of tap-tests/support/ that is killed (SIGKILL) at its changes on disk, each time at another one. */
export class KilledRuns {
  #count = 0;

  /**
   * @param before the folder as it is before each run; it is copied
   * @param args of the program, for the copy that it works on
   */
  constructor(
    private readonly scratch: string,
    private readonly before: string,
    private readonly program: 'keys-run' | 'pins-run' | 'accounts-run',
    private readonly args: (folder: string) => readonly string[],
  ) {}

  /** What the runs have for a folder of temporary files. */
  get temporary(): string {
    return join(this.scratch, 'temporary');
  }

  /**
   * One run for every change that the program makes, or every `step`-th, and one for the half of each write. A flush
   * changes nothing that another program sees, so a kill before it is one before the next change.
   */
  async each(step = 1): Promise<Killed[]> {
    const watch = new FsWatch(this.scratch);
    const whole = await this.#run(watch.env);
    if (whole.status !== 0) throw new Error(`it does not come through: ${whole.complained}`);
    const changes = watch.calls.filter(({ change }) => change);
    const points = changes.flatMap(({ call, data }, at) => {
      if (call === 'sync') return [];
      const where = `change ${at + 1} of ${changes.length}, ${call}`;
      const before = { n: at + 1, half: false, how: `killed before ${where}` };
      return data === undefined ? [before] : [before, { ...before, half: true, how: `killed at the half of ${where}` }];
    }).filter((_point, at) => at % step === 0);
    const killed: Killed[] = [];
    const next = async (): Promise<void> => {
      for (let point = points.shift(); point; point = points.shift()) {
        const { folder, said, signal } = await this.#run(killedAt(point.n, point.half));
        if (signal !== 'SIGKILL') throw new Error(`not ${point.how}: it came through`);
        killed.push({ folder, said, how: point.how });
      }
    };
    await Promise.all(Array.from({ length: ABREAST }, next));
    return killed;
  }

  async #run(env: Record<string, string>) {
    const folder = join(this.scratch, `run-${++this.#count}`);
    mkdirSync(folder);
    cpSync(this.before, folder, { recursive: true });
    const script = join(ROOT, 'dist/tap-tests/support', `${this.program}.js`);
    mkdirSync(this.temporary, { recursive: true });
    const given = { PATH: process.env['PATH'], TMPDIR: this.temporary, MESSAGEAPP_PASSPHRASE: PASSPHRASE, ...env };
    // The test runner adds a loader of its own to what a test starts, which takes time and writes files.
    const clean = ['-i', ...Object.entries(given).map(([name, value]) => `${name}=${value}`)];
    const child = spawn('env', [...clean, process.execPath, script, ...this.args(folder)]);
    let said = '';
    let complained = '';
    child.stdout.on('data', (data: Buffer) => (said += data.toString()));
    child.stderr.on('data', (data: Buffer) => (complained += data.toString()));
    const [status, signal] = await once(child, 'close') as [number | null, string | null];
    return { folder, said, complained, status, signal };
  }
}
