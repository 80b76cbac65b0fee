import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Report } from '../../bench/bench.js';
import { checkDescriptors } from '../../bench/descriptors.js';
import { judge } from '../../bench/goals.js';
import { parts, readOptions } from '../../bench/options.js';
import { plans } from '../../bench/plans.js';
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

/** Rows of each part, as this run has it. */
const ROWS = { logins: 22, storm: 6, traffic: 4 + 4 + 2, rooms: 3 + 3, idle: 3, scale: 2 };

t.test('a short run has every row, loses nothing, leaves nothing behind', { timeout: 110_000 }, async (t) => {
  const temporary = t.testdir({ 'page.md': 'Old.\n<!-- kept -->\nBy hand.\n<!-- /kept -->\n' });
  const [svg, scaleSvg, markdown] = ['chart.svg', 'scale.svg', 'page.md'].map((file) => join(temporary, file));
  const short = [
    '--seconds', '0.1', '--rounds', '1', '--pairs', '3', '--keys', '2', '--rooms', '3',
    '--storm', '12', '--idle', '12', '--scale', '12',
  ];
  const files = ['--svg', svg!, '--scale-svg', scaleSvg!, '--markdown', markdown!];
  const { child, ended } = run(built, temporary, ...short, ...files, '--json');
  const { status, output, progress } = await ended;
  if (!t.equal(status, 0, 'it could measure')) return t.comment(progress);

  const { rows, messages } = JSON.parse(output) as Report;
  t.equal(rows.length, Object.values(ROWS).reduce((sum, each) => sum + each), 'every row is there');
  t.equal(new Set(rows.map(({ id }) => id)).size, rows.length, 'and no two are the same');
  const compared = rows.filter(({ plain }) => plain);
  t.equal(compared.length, rows.length - 3 - 2, 'with nothing beside the keys of a room, and beside tries');
  const twice = rows.filter(({ gathering }) => gathering);
  t.equal(twice.length, ROWS.traffic + 3 + ROWS.scale, 'traffic is beside both peers');
  for (const { group, name, unit, here, plain, gathering } of rows) {
    const spreads = [here, ...[plain, gathering].flatMap((beside) => (beside ? [beside.tls, beside.ratio] : []))];
    const numbers = spreads.flatMap(({ median, min, max }) => [median, min, max]);
    const least = unit === 'tries' ? 0 : Number.MIN_VALUE;
    t.ok(numbers.every((number) => Number.isFinite(number) && number >= least), `${group}: ${name}`);
  }
  for (const who of ['relay', 'plain', 'gathering', 'texts'] as const) {
    t.ok(messages[who].sent > 0, `${who}: something was sent`);
    t.equal(messages[who].received, messages[who].sent, `${who}: nothing was lost`);
  }
  const chart = await readFile(svg!, 'utf8');
  t.match(chart, /^<svg [^]*<\/svg>\n$/, 'the chart is an SVG');
  const drawn = [...compared, ...twice].filter(({ follows }) => !follows);
  t.equal(chart.match(/<rect class="(better|worse)"/g)?.length, drawn.length, 'with a bar for every ratio of its own');
  const scale = await readFile(scaleSvg!, 'utf8');
  t.match(scale, /^<svg [^]*<\/svg>\n$/, 'the chart of sessions is one, too');
  t.equal(scale.match(/<circle/g)?.length, 3 * ROWS.scale, 'with a dot for every measurement');
  t.notMatch(`${chart}${scale}`, /NaN|undefined|Infinity/, 'and all of it has its place');

  const written = await readFile(markdown!, 'utf8');
  t.match(written, /<!-- kept -->\nBy hand\.\n<!-- \/kept -->/, 'what was written by hand stays');
  t.notMatch(written, /Old\.|NaN|undefined/);
  t.equal(judge({ rows }).length, 8 - 1, 'every goal was measured but that of a room of 50');
  for (const { goal, met } of judge({ rows })) t.ok(written.includes(`| ${goal} |`), `${goal}: ${met}`);
  for (const { name } of rows) t.ok(written.includes(name), `the page has ${name}`);
  t.match(written, /!\[[^\]]+\]\(chart\.svg\)[^]*!\[[^\]]+\]\(scale\.svg\)/, 'and both pictures');
  t.strictSame(await left(temporary), [], 'the keys are gone');
  t.ok(await gone(child.pid!), 'no process is left');
});

t.test('of each list every size has its rows, and nothing else where only some parts are asked for', async (t) => {
  const sizes = { pairs: [100, 1000], rooms: [3, 16, 50], storm: 9, idle: 9, scale: [10, 100, 10_000], only: parts };
  const all = plans(sizes);
  for (const here of [
    'relay.many-100-rate', 'relay.many-1000-p99', 'relay.room-50-cpu', 'room-16-secured', 'relay.scale-10000-p50',
    'storm.rsa-seconds', 'storm.rsa,x25519-cpu', 'relay.idle-heap',
  ]) t.equal(all.filter((plan) => plan.here === here).length, 1, here);
  t.strictSame([...new Set(all.map(({ part }) => part))].sort(), [...parts].sort(), 'every part has some');
  const some = plans({ ...sizes, only: ['many'] });
  t.equal(some.length, 2 * 4);
  t.ok(some.every(({ plain, gathering }) => plain && gathering && plain !== gathering), 'beside both peers');
});

t.test('a goal is met by the medians of all its rows', async (t) => {
  const at = (median: number) => ({ median, min: 0, max: 9 });
  const row = (id: string, ratio: number, here = 1) => ({
    id, group: '', name: '', unit: 's', follows: false, here: at(here), plain: { tls: at(1), ratio: at(ratio) },
  });
  const rows = [
    row('relay.many-100-rate', 1.2), row('relay.many-1000-rate', 0.9), row('relay.pair-rate', 1.5),
    row('storm.rsa-seconds', 0.1, 10.1), row('relay.room-3-delivered', 0.5), row('relay.room-50-delivered', 1.1),
  ] as unknown as Report['rows'];
  t.strictSame(judge({ rows }).map(({ result, met }) => [result, met]), [
    ['1.50×', true], ['1.20× (100), 0.900× (1000)', false], ['1.10× (50)', true], ['10.1 s', false],
  ]);
});

t.test('Ctrl-C on a run from source leaves neither keys nor processes', { timeout: 60_000 }, async (t) => {
  const temporary = t.testdir();
  const { child, ended, progress } = run(source, temporary, '--seconds', '5', '--only', 'logins,pair');
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
    [['--pairs', '5,0'], /--pairs is a whole number from 1 to 5000\./],
    [['--scale', '10,x'], /--scale is a whole number from 4 to 50000\./],
    [['--only', 'pairs'], /--only takes logins, pair, many, /],
    [['--sekunden', '1'], /Unknown option '--sekunden'/],
  ] as const) {
    t.throws(() => readOptions(args), { code: 'bad-argument', message: sentence });
  }
  t.throws(() => checkDescriptors(1e9), { code: 'bad-argument', message: /ulimit -n 1000000100 / });
  t.match(readOptions([]), {
    seconds: 2, rounds: 5, pairs: [100, 1000], rooms: [3, 16, 50], storm: 1000, idle: 2000, json: false,
  }, 'the usual ones');
});
