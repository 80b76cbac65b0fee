import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import t from 'tap';
import { moduleFile, ROOT } from '../support/root.js';
import { until } from '../support/until.js';
import { command } from './command.js';
import { hunt } from './hunt.js';
import { mutants } from './list/index.js';
import { faultsOf, type Mutant, sabotage } from './mutant.js';
import { readOptions } from './options.js';
import { row, summary } from './table.js';
import { typeFaults } from './types.js';

/** On a machine that has other things to do. */
const SLOW = { timeout: 90_000 };

t.test('the list fits the source: each text stands there once, each test is there, each has its name', async (t) => {
  t.same(faultsOf(ROOT, mutants), []);
  t.ok(mutants.length >= 50, `${mutants.length} mutants`);
});

t.test('what is wrong with a list is said', async (t) => {
  const [usual] = mutants;
  const rows: [string, Partial<Mutant>, RegExp][] = [
    ['a text that is not there', { find: 'nowhere to be found' }, /0 times, not once/],
    ['a text that is there often', { find: 'if (' }, /\d+ times, not once/],
    ['a text that takes its own place', { replace: usual!.find }, /changes nothing/],
    ['a test that is not there', { test: 'tap-tests/none.test.ts' }, /there is no tap-tests\/none/],
    ['a file that is not there', { file: 'common/none.ts' }, /there is no common\/none/],
  ];
  for (const [name, wrong, sentence] of rows) t.match(faultsOf(ROOT, [{ ...usual!, name, ...wrong }]), [sentence]);
  t.match(faultsOf(ROOT, [usual!, usual!]), [/is there twice/]);
});

/** The same each time: quick ones from three layers. */
const REAL = [
  'a record that does not verify moves the counter on', 'no tag is verified', 'a certificate outdoes a pin',
];

const CASES = sabotage('common/bytes/pem.ts', 'common/bytes/pem.test.ts', [
  ['a word of a comment', 'All blocks of a text, in order.', 'All blocks of a text, one by one.'],
  ['it ends before any test', 'const BOUNDARY', "throw new Error('broken');\nconst BOUNDARY"],
  ['it does not end', 'const blocks: PemBlock[] = [];',
    'const blocks: PemBlock[] = [];\n  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);'],
  ['it does not compile', 'const BOUNDARY', 'const BOUNDARY: number'],
]);

t.test('three are killed; what means nothing survives, what proves nothing is no kill', SLOW, async (t) => {
  const { TMPDIR } = process.env;
  t.teardown(() => (TMPDIR === undefined ? delete process.env['TMPDIR'] : (process.env['TMPDIR'] = TMPDIR)));
  process.env['TMPDIR'] = t.testdir();
  const chosen = [...mutants.filter(({ name }) => REAL.includes(name)), ...CASES];
  const lines: string[] = [];
  const verdicts = await hunt(ROOT, chosen, {
    jobs: 2, limitMs: 1_000, typeFaults: typeFaults(ROOT, chosen.slice(-2)),
    told: (verdict) => lines.push(row(verdict, false)),
  });
  t.match(lines, [
    /^killed +[\d.]+ s  [^:]+: [\w/-]+\.test\.ts$/, /^killed/, /^killed/,
    /^SURVIVED +[\d.]+ s  a word of a comment: common\/bytes\/pem/, /^error .*did not get that far: .*broken/,
    /^killed .*by timeout/, /^error .*does not compile: Type 'RegExp'/,
  ]);
  t.equal(summary(verdicts, 1_000), 'Of 7: 4 killed (1 by timeout), 1 survived, 2 could not be tried, in 1 s.');
  t.same(readdirSync(process.env['TMPDIR']), [], 'nothing is left');
});

t.test('options', async (t) => {
  const read = (...args: string[]) => readOptions(args, () => undefined);
  t.same(await read(), { only: '', jobs: 2, list: false, why: false });
  const all = await read('--only', 'a pin', '--jobs', '3', '--list', '--why');
  t.same(all, { only: 'a pin', jobs: 3, list: true, why: true });
  const jobs = ['0', 'x', '1.5', '99'].map((count) => ['--jobs', count]);
  for (const args of [...jobs, ['--only'], ['--onyl', 'x'], ['more']]) {
    await t.rejects(read(...args), { name: 'UsageError', code: 'bad-argument', message: /^[^\n]+$/ }, args.join(' '));
  }
  let help = '';
  t.equal(await readOptions(['--help'], (text) => (help = text)), undefined);
  t.match(help, /--only[^]*--jobs[^]*--list[^]*Exit status/);
});

t.test('wrong usage, and the list', async (t) => {
  const lines: string[] = [];
  const output = { say: (line: string) => void lines.push(line), progress: () => t.fail('nothing is tried') };
  const nobody = { code: 'bad-argument', message: /^No mutant has "what nobody would call one"/ };
  await t.rejects(command(['--only', 'what nobody would call one'], output), nobody);
  t.equal(await command(['--list', '--only', 'common/bytes/'], output), 0);
  t.ok(lines.length > 10);
  for (const line of lines) t.match(line, /^common\/bytes\/\w+\.ts: .+: common\/bytes\/\w+\.test\.ts$/);
});

/** Those that work in a folder, where the system tells. */
function processesIn(folder: string): string[] {
  if (!existsSync('/proc/self/cwd')) return [];
  return readdirSync('/proc').filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
}

t.test('Ctrl-C leaves neither copies nor processes', SLOW, async (t) => {
  const temporary = t.testdir();
  const main = moduleFile('tap-tests/mutants/main');
  const child = spawn(process.execPath, [...process.execArgv, main, '--only', 'a passphrase is guessed'], {
    cwd: ROOT, env: { ...process.env, TMPDIR: temporary }, stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const ended = once(child, 'close');
  const runs = () => said.includes('Running') && (process.platform !== 'linux' || processesIn(temporary).length > 0);
  await until('a test that runs in a copy', () => runs() || child.exitCode !== null, 60_000);
  const copies = () => readdirSync(temporary).filter((name) => name.startsWith('mutants-'));
  t.equal(copies().length, 1);
  child.kill('SIGINT');
  t.equal((await ended)[0], 130);
  t.same(processesIn(temporary), []);
  t.same(copies(), []);
});
