import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ROOT } from './support/root.js';

interface Settings {
  /** Files that run at the same time. */
  readonly jobs: number;
  /** Seconds that one may take. */
  readonly timeout: number;
}

/**
 * Runs test files, all or those that are named, each in a process of its own, and ends with tap's count of them all.
 * `tap run` comes to the same, but it loads hooks for mocks and coverage into each test and into each program that a
 * test starts: that takes two thirds of the time again, and makes programs another thing than what users start.
 */
const { jobs, timeout } = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { tap: Settings }).tap;
const built = 'dist/tap-tests';
const named = process.argv.slice(2);
const files = named.length > 0 ? named : readdirSync(join(ROOT, built), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.js')).sort().map((name) => `${built}/${name}`);

// tap would put its hooks into the first of them; the second is for what a test bounds by itself.
const environment = [`NODE_OPTIONS=${process.env['NODE_OPTIONS'] ?? ''}`, `TAP_TIMEOUT=${timeout}`];

/** Those that compare times of one machine run by themselves, before all others. */
const timing = (name: string): boolean => /\/(E1-m1-flood|E4-million-names|E7-[a-z-]+)\.test\.js$/.test(name);

t.setTimeout(0);
t.plan(files.length);
await run(files.filter(timing), 1);
await run(files.filter((name) => !timing(name)), jobs);

async function run(names: readonly string[], atOnce: number): Promise<void> {
  t.jobs = atOnce;
  const options = { cwd: ROOT, buffered: true, timeout: timeout * 1000 };
  await Promise.all(names.map(async (name) => {
    const results = await t.spawn('env', [...environment, process.execPath, name], { ...options, name });
    if (!results?.ok) t.comment(`failed: ${name}`);
  }));
}
