import { test } from 'tap';
import { UsageError, WireError } from '../../common/errors.js';
import { seeded } from '../support/mutations.js';
import { Finding, fuzz, tryOnce } from './fuzzer.js';
import { shrink } from './shrink.js';
import { check, same, type Target } from './target.js';

/** A reader with a fault in it: seeds of a length in a byte, and what stands behind it. */
const target = (run: Target['run'], more: Partial<Target> = {}): Target => ({
  name: 'faulty', covers: [], errors: ['malformed'], inputs: 20_000, tokens: [Buffer.from('__proto__')], run,
  seeds: [Buffer.from('\x05hello'), Buffer.from('\x00')], ...more,
});

function checked(input: Buffer): void {
  if (input.length === 0 || input[0] !== input.length - 1) throw new WireError('malformed', 'another length');
}

const faults: readonly (readonly [name: string, run: Target['run'], found: RegExp])[] = [
  ['reads past the end', (input) => void input.readUInt8(5), /RangeError/],
  ['takes what it does not write', (input) => {
    if ((input[0] ?? 0) > input.length - 1) checked(input);
    same('it', input, Buffer.concat([input.subarray(0, 1), input.subarray(1, 1 + (input[0] ?? 0))]));
  }, /comes back as/],
  ['throws an error that is not of its own', () => {
    throw new UsageError('bad-file', 'no');
  }, /UsageError/],
  ['sets a property on every object', (input) => {
    const key = input.toString('latin1', 1);
    if (key.includes('__proto__')) (Object.prototype as Record<string, unknown>)['polluted'] = true;
  }, /every object has "polluted"/],
  ['takes long', (input) => {
    const began = process.cpuUsage();
    const worked = () => process.cpuUsage(began).user + process.cpuUsage(began).system;
    while (input.length > 200 && worked() < 400_000);
  }, /takes \d+ ms/],
  ['rejects with anything', async (input) => {
    await undefined;
    checked(input);
    if (input.length > 6) throw new TypeError('oh');
  }, /TypeError: oh/],
  ['repeats a long input in its error', (input) => {
    throw new WireError('malformed', input.toString('hex'));
  }, /an error of \d+ characters/],
];

for (const [name, run, found] of faults) {
  test(`the fuzzer finds a reader that ${name}`, async (t) => {
    t.teardown(() => delete (Object.prototype as Record<string, unknown>)['polluted']);
    const finding = await fuzz(target(run), 1).then(() => undefined, (error: unknown) => error);
    delete (Object.prototype as Record<string, unknown>)['polluted'];
    if (!(finding instanceof Finding)) throw new Error('nothing was found');
    t.match(finding.message, found);
    t.match(finding.message, /faulty, seed 1, input \d+/);
    const again = await fuzz(target(run), 1).then(() => undefined, (error: unknown) => error);
    delete (Object.prototype as Record<string, unknown>)['polluted'];
    t.same((again as Finding).input, finding.input, 'the same seed comes to the same input');
    await t.rejects(tryOnce(target(run), finding.input), { message: found }, 'and the input alone does');
  });
}

test('the fuzzer does not wait for a reader that does not come back', async (t) => {
  const run = (input: Buffer) => {
    while (input.length > 3);
  };
  await t.rejects(fuzz(target(run, { stuck: 500 }), 1), { message: /timed out/ });
  const never = () => new Promise<void>(() => undefined);
  await t.rejects(fuzz(target(never, { stuck: 500 }), 1), { message: /does not come to an end/ });
});

test('what is left behind is a finding too', async (t) => {
  const close = async () => check(false, 'a timer is left');
  await t.rejects(fuzz(target(checked, { close }), 1, 10), { message: /a timer is left/ });
});

test('a sound reader: both outcomes are met, and counted', async (t) => {
  const { inputs, outcomes } = await fuzz(target(checked), 1);
  t.equal(inputs, 20_000);
  t.ok(outcomes.get('read')! > 500 && outcomes.get('malformed')! > 5_000);
  t.equal(outcomes.get('read')! + outcomes.get('malformed')!, 20_000);
});

test('a finding is made shorter for as long as the same goes wrong', async (t) => {
  const run = (input: Buffer) => check(!(input.includes('bad') && input.includes('luck')), 'bad luck');
  const random = seeded(1);
  const noise = () => Buffer.from(Array.from({ length: 200 }, () => 0x30 + random(10)));
  const input = Buffer.concat([noise(), Buffer.from('bad'), noise(), Buffer.from('luck'), noise()]);
  const shrunk = async (cause: unknown) => String(await shrink(target(run), new Finding('faulty', 1, 1, input, cause)));
  t.equal((await shrunk(new Error('another fault'))).length, input.length);
  const cause = await tryOnce(target(run), input).then(() => undefined, (error: Finding) => error.cause);
  t.equal(await shrunk(cause), 'badluck');
});
