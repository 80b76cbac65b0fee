import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Outcome {
  readonly result: 'passed' | 'failed' | 'timeout' | 'broken';
  readonly ms: number;
  /** The first assertion that failed, or what was said instead of any. */
  readonly what: string;
}

export interface RunOptions {
  readonly limitMs: number;
  /** End at the first failure. */
  readonly bail: boolean;
}

/** Enough for every test; one that says more runs wild. */
const OUTPUT_MAX = 64 * 1024 * 1024;
const LOOK_MS = 500;

const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach(kill));

/**
 * Runs one test file as node runs it, without the runner: a test of tap says TAP by itself. It has a process group of
 * its own, which ends with it, and says all to a file: one that bails out does not wait until a pipe has taken it.
 * @param temporary the only place outside of `folder` in which it may leave something
 */
export function runTest(
  folder: string, test: string, temporary: string, { limitMs, bail }: RunOptions,
): Promise<Outcome> {
  const start = performance.now();
  const said = join(temporary, 'said');
  const output = openSync(said, 'w');
  // How long it may take is judged here.
  const env = { PATH: process.env['PATH'], TMPDIR: temporary, TAP_BAIL: bail ? '1' : '0', TAP_TIMEOUT: '3600' };
  const child = spawn(process.execPath, [test], {
    cwd: folder, env, detached: true, stdio: ['ignore', output, output],
  });
  running.add(child);
  let [wild, looked] = [false, 0];
  // By the number of looks: time that a machine has slept was nobody's.
  const look = setInterval(() => {
    looked += LOOK_MS;
    wild = looked > limitMs || fstatSync(output).size > OUTPUT_MAX;
    if (wild) kill(child);
  }, LOOK_MS);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      clearInterval(look);
      kill(child);
      running.delete(child);
      closeSync(output);
      const ms = performance.now() - start;
      if (wild) resolve({ result: 'timeout', ms, what: 'it did not end' });
      else resolve({ ...judge(status, readFileSync(said, 'utf8')), ms });
    });
  });
}

/** It failed only where an assertion did, or something was thrown in a test; else nothing is known. */
function judge(status: number | null, said: string): Omit<Outcome, 'ms'> {
  const [, failure] = /^ *not ok \d+(?: - )?(.*?)(?: # time=.*)?$/m.exec(said) ?? [];
  if (status !== 0 && failure !== undefined) return { result: 'failed', what: failure };
  if (status === 0 && failure === undefined && /^ok 1\b/m.test(said)) return { result: 'passed', what: '' };
  return { result: 'broken', what: /^.*Error.*$/m.exec(said)?.[0] ?? `status ${status}, and no test` };
}

/** The whole group; one that has ended already has none. */
function kill({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}
