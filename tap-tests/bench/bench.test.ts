import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Report } from '../../bench/bench.js';
import { readOptions } from '../../bench/options.js';
import { moduleFile, ROOT } from '../support/root.js';

/** A run in a group of processes of its own, so that one can see whether any is left. */
function run(main: readonly string[], temporary: string, ...args: string[]) {
  const child = spawn(process.execPath, [...main, ...args], {
    cwd: ROOT, detached: true, env: { ...process.env, TMPDIR: temporary }, stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, progress] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (progress += data.toString()));
  const ended = once(child, 'close').then(([status]) => ({ status: status as unknown, output, progress }));
  return { child, ended, progress: () => progress };
}

/** As tests run everything; it takes some seconds for each process. */
const source = [...process.execArgv, moduleFile('bench/main')];

/** As it is run: a dozen processes that start at once. */
const built = [join(ROOT, 'dist/bench/main.js')];

/** Resolves when no process of the group is left; killed ones go within moments. */
async function gone(group: number): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      process.kill(-group, 0);
    } catch {
      return true;
    }
    await sleep(20);
  }
  return false;
}

const left = async (temporary: string) =>
  (await readdir(temporary)).filter((name) => name.startsWith('messageapp'));

t.test('a short run has every row, loses nothing, leaves nothing behind', { timeout: 110_000 }, async (t) => {
  const temporary = t.testdir();
  const svg = join(temporary, 'chart.svg');
  const short = ['--seconds', '0.1', '--rounds', '1', '--pairs', '3', '--keys', '2', '--rooms', '3'];
  const { child, ended } = run(built, temporary, ...short, '--json', '--svg', svg);
  const { status, output, progress } = await ended;
  if (!t.equal(status, 0, 'it could measure')) return t.comment(progress);

  const { rows, messages } = JSON.parse(output) as Report;
  t.equal(rows.length, 2 * 10 + 2 * 4 + 2 + 3 + 3, 'every row is there');
  const compared = rows.filter(({ ratio }) => ratio);
  t.equal(compared.length, rows.length - 3, 'with nothing beside the keys of a room');
  for (const { group, name, here, tls, ratio } of rows) {
    const spreads = [here, ...(ratio ? [tls!, ratio] : [])];
    const numbers = spreads.flatMap(({ median, min, max }) => [median, min, max]);
    t.ok(numbers.every((number) => Number.isFinite(number) && number > 0), `${group}: ${name}`);
  }
  for (const [who, { sent, received }] of Object.entries(messages)) {
    t.ok(sent > 0, `${who}: something was sent`);
    t.equal(received, sent, `${who}: nothing was lost`);
  }
  const chart = await readFile(svg, 'utf8');
  t.match(chart, /^<svg [^]*<\/svg>\n$/, 'the chart is an SVG');
  const bars = chart.match(/<rect class="(better|worse)"/g);
  t.equal(bars?.length, compared.length - 1, 'with a bar for every ratio that follows from no other');
  t.strictSame(await left(temporary), [], 'the keys are gone');
  t.ok(await gone(child.pid!), 'no process is left');
});

t.test('Ctrl-C on a run from source leaves neither keys nor processes', { timeout: 60_000 }, async (t) => {
  const temporary = t.testdir();
  const { child, ended, progress } = run(source, temporary, '--seconds', '5', '--pairs', '2', '--rooms', '3');
  while (!progress().includes('Round 1') && child.exitCode === null) await sleep(10);
  t.not((await left(temporary)).length, 0, 'there were keys');
  await sleep(500);
  child.kill('SIGINT');
  t.equal((await ended).status, 130);
  t.strictSame(await left(temporary), []);
  t.ok(await gone(child.pid!), 'no process is left');
});

t.test('what cannot be is said in a sentence', async (t) => {
  for (const [args, sentence] of [
    [['--rounds', '0'], /--rounds is a whole number from 1 to 1000\./],
    [['--seconds', 'x'], /--seconds is a number from 0\.1 to 3600\./],
    [['--rooms', '3,65'], /--rooms is a whole number from 3 to 64\./],
    [['--sekunden', '1'], /Unknown option '--sekunden'/],
  ] as const) {
    t.throws(() => readOptions(args), { code: 'bad-argument', message: sentence });
  }
  t.match(readOptions([]), { seconds: 2, rounds: 5, pairs: 200, rooms: [3, 16, 64], json: false }, 'the usual ones');
});
