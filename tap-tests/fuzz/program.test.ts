import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { main } from './program.js';
import { readOptions } from './options.js';
import { targets } from './targets.js';

async function run(...args: string[]): Promise<{ status: number; lines: string[] }> {
  const lines: string[] = [];
  return { status: await main(args, (line) => void lines.push(line)), lines };
}

test('one target, one seed: a line of counts', async (t) => {
  const { status, lines } = await run('--target', 'client exit', '--seed', '7');
  t.equal(status, 0);
  t.equal(lines[0], 'Seeds from 7 on.');
  t.match(lines[1], /^client exit +12000 inputs, \d+\/s: (read|malformed) \d+, (read|malformed) \d+$/);
  t.equal(lines[2], '12000 inputs, seeds 7 to 7: nothing found');
});

test('for some time: seed after seed', async (t) => {
  const { status, lines } = await run('--target', 'X25519 key', '--seed', '3', '--minutes', '0.02');
  t.equal(status, 0);
  t.match(lines.at(-1), /^\d+ inputs, seeds 3 to (?!3:)\d+: nothing found$/);
});

test('one input, by its bytes', async (t) => {
  t.same(await run('--target', 'refusal', '--input', '0005'), { status: 0, lines: ['refusal: read'] });
  t.same(await run('--target', 'refusal', '--input', '00'), { status: 0, lines: ['refusal: malformed'] });
});

test('what fails is told, with what leads to it again; status 1', async (t) => {
  const dir = t.testdir({});
  const target = targets.find(({ name }) => name === 'refusal')!;
  const { run: sound } = target;
  t.teardown(() => Object.assign(target, { run: sound }));
  Object.assign(target, { run: (input: Buffer) => (input.includes(0xff) ? JSON.parse('{') : sound(input)) });
  const out = join(dir, 'input.bin');
  const { status, lines } = await run('--target', 'refusal', '--out', out);
  t.equal(status, 1);
  const told = lines.join('\n');
  t.match(told, /^FAILED refusal, seed 1, input \d+: SyntaxError/m);
  t.match(told, /--target 'refusal' --seed 1\n.*--target 'refusal' --input ff\n[^]*see above$/);
  t.same(await readFile(out), Buffer.from([0xff]));
});

test('arguments', async (t) => {
  t.match(readOptions([]), { seed: 1, minutes: undefined, targets: { length: targets.length } });
  t.match(readOptions(['--minutes', '5'], () => 1_234_567), { seed: 1_234_567, minutes: 5 });
  t.equal(readOptions(['--target', 'M1']).targets.length, 1, 'the whole name goes before those that begin so');
  t.ok(readOptions(['--target', 'client']).targets.length > 10);
  const wrong = [
    ['--seed', 'x'], ['--seed', '-1'], ['--seed', '4294967296'], ['--minutes', '0'], ['--minutes', ''],
    ['--target', 'nobody'], ['--input', '00'], ['--target', 'M1', '--input', '0'], ['--fast'], ['M1'],
  ];
  for (const args of wrong) t.throws(() => readOptions(args), { code: 'bad-argument' }, args.join(' '));
  t.match((await run('--help')).lines[0], /--minutes N/);
  t.equal((await run('--list')).lines.length, targets.length);
});
