import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { Report } from '../../bench/bench.js';
import { brokers, kinds } from '../../bench/brokers/kinds.js';
import { chooseBrokers } from '../../bench/brokers/programs.js';
import { chart } from '../../bench/chart.js';
import { checkDescriptors } from '../../bench/descriptors.js';
import { judge } from '../../bench/goals.js';
import { parts, readOptions } from '../../bench/options.js';
import { page } from '../../bench/page.js';
import { plans } from '../../bench/plans.js';
import { besideOf, rows as rowsOf } from '../../bench/rows.js';
import { scaleChart } from '../../bench/scale-chart.js';
import { short } from '../../bench/short.js';
import { Samples } from '../../bench/statistics.js';
import { table, what } from '../../bench/table.js';
import { shownAs } from '../../bench/who.js';
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
const ROWS = { logins: 22, storm: 6, traffic: 4 + 4 + 2, crypto: 2, rooms: 3 + 3, idle: 3, scale: 2 };

/** Those of them that a broker has as well: no storm, no first login, no text, no heap. */
const BROKER_ROWS = { logins: 9, traffic: 4 + 4, rooms: 3, idle: 1, scale: 2 };

const sum = (numbers: object) => Object.values(numbers).reduce((all: number, each: number) => all + each, 0);

t.test('a short run has every row, loses nothing, leaves nothing behind', { timeout: 110_000 }, async (t) => {
  const temporary = t.testdir({ 'page.md': 'Old.\n<!-- kept -->\nBy hand.\n<!-- /kept -->\n' });
  const [svg, scaleSvg, markdown] = ['chart.svg', 'scale.svg', 'page.md'].map((file) => join(temporary, file));
  const tiny = [
    '--seconds', '0.1', '--rounds', '1', '--pairs', '3', '--keys', '2', '--rooms', '3',
    '--storm', '12', '--idle', '12', '--scale', '12',
  ];
  const files = ['--svg', svg!, '--scale-svg', scaleSvg!, '--markdown', markdown!];
  const { child, ended } = run(built, temporary, ...tiny, ...files, '--json');
  const { status, output, progress } = await ended;
  if (!t.equal(status, 0, 'it could measure')) return t.comment(progress);

  const report = JSON.parse(output) as Report;
  const { rows, messages } = report;
  const { programs, missing } = chooseBrokers(undefined);
  t.equal(rows.length, sum(ROWS), 'every row is there');
  t.equal(new Set(rows.map(({ id }) => id)).size, rows.length, 'and no two are the same');
  const compared = rows.filter((row) => besideOf(row, 'plain'));
  t.equal(compared.length, rows.length - 3 - 2 - ROWS.crypto, 'with nothing beside keys of a room, tries, node:crypto');
  const twice = rows.filter((row) => besideOf(row, 'gathering'));
  t.equal(twice.length, ROWS.traffic + 3 + ROWS.scale, 'traffic is beside both peers');
  t.strictSame(report.brokers, programs.map(({ broker, version }) => ({ broker, version })), 'all brokers ran');
  t.strictSame(report.missing, missing);
  const beside = programs.flatMap(({ broker }) => rows.filter((row) => besideOf(row, broker)));
  t.equal(beside.length, programs.length * sum(BROKER_ROWS), 'and each has all that it can have');
  for (const { group, name, unit, here, besides } of rows) {
    const spreads = [here, ...besides.flatMap(({ there, ratio }) => [there, ratio])];
    const numbers = spreads.flatMap(({ median, min, max }) => [median, min, max]);
    const least = unit === 'tries' ? 0 : Number.MIN_VALUE;
    t.ok(numbers.every((number) => Number.isFinite(number) && number >= least), `${group}: ${name}`);
  }
  for (const who of ['relay', 'plain', 'gathering', 'texts', ...programs.map(({ broker }) => broker)] as const) {
    t.ok(messages[who].sent > 0, `${who}: something was sent`);
    t.equal(messages[who].received, messages[who].sent, `${who}: nothing was lost`);
  }
  const chart = await readFile(svg!, 'utf8');
  t.match(chart, /^<svg [^]*<\/svg>\n$/, 'the chart is an SVG');
  const drawn = [...compared, ...twice, ...beside].filter(({ follows }) => !follows);
  t.equal(chart.match(/<rect class="(better|worse)"/g)?.length, drawn.length, 'with a bar for every ratio of its own');
  const scale = await readFile(scaleSvg!, 'utf8');
  t.match(scale, /^<svg [^]*<\/svg>\n$/, 'the chart of sessions is one, too');
  t.equal(scale.match(/<circle/g)?.length, (3 + programs.length) * ROWS.scale, 'with a dot for every measurement');
  for (const row of rows.filter(({ id }) => id.startsWith('relay.scale-'))) {
    for (const { peer, there } of row.besides) {
      t.ok(scale.includes(`<title>${shownAs[peer]}: ${short(there.median)}</title>`), `${row.id}: ${peer}`);
    }
  }
  t.notMatch(`${chart}${scale}`, /NaN|undefined|Infinity/, 'and all of it has its place');

  const written = await readFile(markdown!, 'utf8');
  t.match(written, /<!-- kept -->\nBy hand\.\n<!-- \/kept -->/, 'what was written by hand stays');
  t.notMatch(written, /Old\.|NaN|undefined/);
  t.equal(judge({ rows }).length, 8 - 1, 'every goal was measured but that of a room of 50');
  for (const { goal, met } of judge({ rows })) t.ok(written.includes(`| ${goal} |`), `${goal}: ${met}`);
  const lines = written.split('\n');
  for (const row of rows) {
    const own = lines.filter((line) => line.startsWith(`| ${what(row)} | ${short(row.here.median)}`)).join();
    t.ok(row.besides.every(({ there }) => own.includes(` | ${short(there.median)} | `)), `the page has ${row.name}`);
    t.ok(own, 'in a line of its own');
  }
  t.match(written, /!\[[^\]]+\]\(chart\.svg\)[^]*!\[[^\]]+\]\(scale\.svg\)/, 'and both pictures');
  for (const { broker, version } of programs) {
    const { program } = kinds[broker];
    t.match(written, new RegExp(`\\|  \\| here .*\\| ${program} \\| ratio `), `${program} has a column`);
    t.ok(written.includes(`${program} ${version}`), 'and its version is said');
  }
  t.strictSame(await left(temporary), [], 'the keys are gone');
  t.ok(await gone(child.pid!), 'no process is left');
  withoutBrokers(t, report);
});

/** The same run, as it would have been where no broker is installed. */
function withoutBrokers(t: Test, report: Report): void {
  const ofTls = ({ besides }: Report['rows'][number]) =>
    besides.filter(({ peer }) => peer === 'plain' || peer === 'gathering');
  const rows = report.rows.map((row) => ({ ...row, besides: ofTls(row) }));
  const bare: Report = { ...report, rows, brokers: [], missing: brokers };
  for (const text of [table(bare), page(bare, '', [])]) {
    for (const program of ['nats-server', 'mosquitto']) {
      t.equal(text.split(program).length, 2, `${program} is named once`);
      t.ok(text.includes(`${program} is not installed here, so there is no column of it.`), 'and that it is not there');
    }
  }
  t.notMatch(`${chart(bare)}${scaleChart(bare)}`, /nats-server|mosquitto</, 'no picture names them');
  t.notMatch(page({ ...bare, missing: [] }, '', []), /nats|mosquitto|roker:/, 'nothing where none was asked for');
}

t.test('of each list every size has its rows, and nothing else where only some parts are asked for', async (t) => {
  const sizes = { pairs: [100, 1000], rooms: [3, 16, 50], storm: 9, idle: 9, scale: [10, 100, 10_000], only: parts };
  const all = plans(sizes, brokers);
  for (const here of [
    'relay.many-100-rate', 'relay.many-1000-p99', 'relay.room-50-cpu', 'room-16-secured', 'relay.scale-10000-p50',
    'storm.rsa-seconds', 'storm.rsa,x25519-cpu', 'relay.idle-heap',
  ]) t.equal(all.filter((plan) => plan.here === here).length, 1, here);
  t.strictSame([...new Set(all.map(({ part }) => part))].sort(), [...parts].sort(), 'every part has some');
  const many = plans({ ...sizes, only: ['many'] }, ['nats']);
  const [crypto, some] = [many.at(-1), many.slice(0, -1)];
  t.strictSame([crypto?.here, crypto?.besides], ['crypto-many', {}], 'nobody is beside node:crypto');
  t.equal(some.length, 2 * 4);
  const peers = ['plain', 'gathering', 'nats'];
  t.ok(some.every(({ besides }) => Object.keys(besides).join() === peers.join()), 'beside all peers');
  t.equal(new Set(some.flatMap(({ besides }) => Object.values(besides))).size, 8 * 3, 'each with its own samples');
  t.notMatch(JSON.stringify(plans(sizes, [])), /nats|mosquitto/, 'and beside no others');
});

t.test('what cannot be known of a broker has no place, and takes none from others', async (t) => {
  const sizes = { pairs: [], rooms: [], storm: 9, idle: 9, scale: [], only: ['pair'] as const };
  const samples = new Samples();
  for (const { here, besides } of plans(sizes, brokers)) for (const name of [here, ...Object.values(besides)]) {
    if (name.startsWith('nats') && name.endsWith('-cpu')) samples.add(name, NaN);
    else samples.add(name, name.startsWith('relay') ? 2 : 1);
  }
  const [rate, cpu] = rowsOf(samples, sizes, brokers);
  t.strictSame(rate!.besides.map(({ peer, ratio }) => [peer, ratio.median]),
    [['plain', 2], ['gathering', 2], ['nats', 2], ['mosquitto', 2]], 'twice as many is twice as good');
  t.strictSame(cpu!.besides.map(({ peer, ratio }) => [peer, ratio.median]),
    [['plain', 0.5], ['gathering', 0.5], ['mosquitto', 0.5]], 'twice as long is half as good');
});

t.test('a goal is met by the medians of all its rows', async (t) => {
  const at = (median: number) => ({ median, min: 0, max: 9 });
  const row = (id: string, ratio: number, here = 1) => ({
    id, group: '', name: '', unit: 's', follows: false, here: at(here),
    besides: [{ peer: 'nats', there: at(1), ratio: at(9) }, { peer: 'plain', there: at(1), ratio: at(ratio) }],
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
    [['--brokers', 'nats,kafka'], /--brokers takes nats, mosquitto, or none\./],
    [['--brokers', ''], /--brokers takes nats, mosquitto, or none\./],
    [['--sekunden', '1'], /Unknown option '--sekunden'/],
  ] as const) {
    t.throws(() => readOptions(args), { code: 'bad-argument', message: sentence });
  }
  t.throws(() => checkDescriptors(1e9), { code: 'bad-argument', message: /ulimit -n 1000000100 / });
  t.match(readOptions([]), {
    seconds: 2, rounds: 5, pairs: [100, 1000], rooms: [3, 16, 50], storm: 1000, idle: 2000, json: false,
    brokers: undefined,
  }, 'the usual ones');
  t.strictSame(readOptions(['--brokers', 'none']).brokers, []);
  t.strictSame(readOptions(['--brokers', 'mosquitto,nats']).brokers, ['nats', 'mosquitto'], 'as they are shown');
});
