import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { until } from '../support/until.js';
import { command, root } from './command.js';
import { hunt } from './hunt.js';
import { mutants } from './list/index.js';
import { faultsOf, sabotage } from './mutant.js';
import { readOptions } from './options.js';
import { row, summary } from './table.js';
import { typeFaults } from './types.js';

t.test('the list fits the source: each text stands there once, each test is there, no two are called alike', async (t) => {
  t.same(faultsOf(root, mutants), []);
  t.ok(mutants.length >= 50, `${mutants.length} mutants`);
});

t.test('what is wrong with a list is said', async (t) => {
  const [usual] = mutants;
  const wrong = [
    { ...usual!, find: 'nowhere to be found' }, { ...usual!, name: 'often', find: 'if (' }, usual!, { ...usual!, name: 'same', replace: usual!.find },
    { ...usual!, name: 'test', test: 'tap-tests/none.test.ts' }, { ...usual!, name: 'file', file: 'common/none.ts' },
  ];
  const faults = faultsOf(root, wrong);
  for (const [index, fault] of [/0 times, not once/, /\d+ times, not once/, /there twice/, /changes nothing/, /no tap-tests\/none/, /no common\/none/].entries()) {
    t.match(faults[index], fault);
  }
});

/** The same each time: quick ones from three layers. */
const REAL = ['the signature of M3 is not verified', 'no tag is verified', 'a certificate outdoes a pin'];

const CASES = sabotage('common/crypto/decoy.ts', 'common/crypto/identity.test.ts', [
  ['a word of a comment', 'A key whose private half was thrown away', 'A key whose private half is gone', 'attacks/A6-fields-run-together.test.ts'],
]).concat(sabotage('common/crypto/identity.ts', 'common/crypto/identity.test.ts', [
  ['it ends before any test', 'export const RSA_BITS_MIN', "throw new Error('broken');\nexport const RSA_BITS_MIN"],
  ['it does not end', 'const own = Buffer.from(spki);', 'const own = Buffer.from(spki);\n  for (;;);'],
  ['it does not compile', 'export const RSA_BITS_MIN', 'export const RSA_BITS_MIN: string'],
]));

t.test('three are killed; a change that means nothing survives, and what proves nothing is no kill', { timeout: 60_000 }, async (t) => {
  const { TMPDIR } = process.env;
  t.teardown(() => (TMPDIR === undefined ? delete process.env['TMPDIR'] : (process.env['TMPDIR'] = TMPDIR)));
  process.env['TMPDIR'] = t.testdir();
  const chosen = [...mutants.filter(({ name }) => REAL.includes(name)), ...CASES];
  const lines: string[] = [];
  const verdicts = await hunt(root, chosen, {
    jobs: 2, limitMs: 2_000, typeFaults: typeFaults(root, chosen.slice(-2)), told: (verdict) => lines.push(row(verdict, false)),
  });
  t.same(verdicts.map(({ verdict }) => verdict), ['killed', 'killed', 'killed', 'SURVIVED', 'error', 'killed', 'error']);
  t.match(lines, [
    /^killed +[\d.]+ s  [^:]+: [\w/-]+\.test\.ts$/, /^killed/, /^killed/, /^SURVIVED +[\d.]+ s  a word of a comment: attacks\/A6/,
    /^error .*did not get that far: .*broken/, /^killed .*by timeout/, /^error .*does not compile: Type 'number'/,
  ]);
  t.equal(summary(verdicts, 1_000), '7 mutants: 4 killed (1 by timeout), 1 survived, 2 could not be tried, in 1 s.');
  t.same(readdirSync(process.env['TMPDIR']), [], 'nothing is left');
});

t.test('options', async (t) => {
  const read = (...args: string[]) => readOptions(args, () => undefined);
  t.same(await read(), { only: '', jobs: 2, list: false, why: false });
  t.same(await read('--only', 'a pin', '--jobs', '3', '--list', '--why'), { only: 'a pin', jobs: 3, list: true, why: true });
  for (const args of [['--jobs', '0'], ['--jobs', 'x'], ['--jobs', '1.5'], ['--jobs', '99'], ['--only'], ['--onyl', 'x'], ['more']]) {
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
  t.ok(lines.length > 10 && lines.every((line) => /^common\/bytes\/\w+\.ts: .+: common\/bytes\/\w+\.test\.ts$/.test(line)));
});

t.test('Ctrl-C leaves neither copies nor processes', { timeout: 60_000 }, async (t) => {
  const temporary = t.testdir();
  const child = spawn(process.execPath, [...process.execArgv, join(root, 'tap-tests/mutants/main.ts'), '--only', 'PEM: a block'], {
    cwd: root, env: { ...process.env, TMPDIR: temporary }, stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const ended = once(child, 'close');
  await until('a copy in which tests run', () => said.includes('Running') || child.exitCode !== null, 30_000);
  const copies = () => readdirSync(temporary).filter((name) => name.startsWith('mutants-'));
  t.equal(copies().length, 1);
  child.kill('SIGINT');
  t.equal((await ended)[0], 130);
  t.same(copies(), []);
});
