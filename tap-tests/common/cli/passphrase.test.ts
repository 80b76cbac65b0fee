import { test } from 'tap';
import { PassThrough } from 'node:stream';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KeyboardInput } from '../../../common/cli/hidden-line.js';
import { type PassphraseOptions, passphrase } from '../../../common/cli/passphrase.js';

const options: PassphraseOptions = { prompt: "Passphrase of alice's private key" };

/** A terminal at which keys can be pressed. */
function keyboard(env: Record<string, string> = {}) {
  const modes: boolean[] = [];
  const input: KeyboardInput = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (raw: boolean) => modes.push(raw) });
  const error = new PassThrough();
  let shown = '';
  error.on('data', (data: Buffer) => (shown += data.toString()));
  return { input, error, env, modes, press: (keys: string | Buffer) => (input as PassThrough).write(keys), shown: () => shown };
}

async function typed(keys: (string | Buffer)[], more: Partial<PassphraseOptions> = {}) {
  const at = keyboard();
  const result = passphrase({ ...options, ...more }, at);
  for (const key of keys) {
    await new Promise((resolve) => setImmediate(resolve));
    at.press(key);
  }
  return { value: await result, at };
}

test('typed without echo', async (t) => {
  const { value, at } = await typed(['sec', 'ret', '\r']);
  t.equal(value, 'secret');
  t.equal(at.shown(), "Passphrase of alice's private key: \n");
  t.same(at.modes, [true, false]);
  t.ok(at.input.isPaused());
});

test('the echo is off before the question is there, and on behind the answer', async (t) => {
  const at = keyboard();
  const order: unknown[] = [];
  Object.assign(at.input, { setRawMode: (raw: boolean) => order.push(raw) });
  Object.assign(at.error, { write: (text: string) => order.push(text) });
  const result = passphrase({ ...options, variable: 'MESSAGEAPP_PASSWORD' }, at);
  await new Promise((resolve) => setImmediate(resolve));
  at.press('\r');
  await t.rejects(result, { code: 'no-passphrase', message: 'The password is empty.' });
  t.same(order, [true, `${options.prompt}: `, false, '\n']);
});

test('editing, and characters of several bytes', async (t) => {
  t.equal((await typed(['abc\x7f\x7fx', '\n'])).value, 'ax');
  t.equal((await typed(['nonsense\x15a☂b\b\x7fü\r'])).value, 'aü');
  t.equal((await typed(['\x7f\x7fa\x1b[A\x1b[3~\x1bOP\tb\r\n'])).value, 'ab');
  const bytes = Buffer.from('p☂ü\r');
  t.equal((await typed([...bytes].map((byte) => Buffer.from([byte])))).value, 'p☂ü');
});

test('a new one is asked for twice', async (t) => {
  const { value, at } = await typed(['new secret\r', 'new secret\r'], { confirm: true });
  t.equal(value, 'new secret');
  t.match(at.shown(), /private key: \nThe same again: \n$/);
  t.equal((await typed(['new secret\rnew secret\r'], { confirm: true })).value, 'new secret', 'pasted at once');
  await t.rejects(typed(Array<string[]>(3).fill(['new secret\r', 'new Secret\r']).flat(), { confirm: true }), { code: 'no-passphrase', message: /differ/ });
  await t.rejects(typed(['four\r', 'four\r', 'four\r'], { confirm: true }), { code: 'no-passphrase', message: /at least 5/ });
  const again = await typed(['four\r', 'long enough\r', 'other one\r', 'long enough\r', 'long enough\r'], { confirm: true });
  t.equal(again.value, 'long enough', 'asked for again, three times in all');
  await t.rejects(typed(['\r']), { code: 'no-passphrase', message: /empty/ });
});

test('Ctrl-C, Ctrl-D and the end of input', async (t) => {
  for (const keys of ['abc\x03', '\x04']) await t.rejects(typed([keys]), { code: 'interrupted' });
  const at = keyboard();
  const result = passphrase(options, at);
  (at.input as PassThrough).end();
  await t.rejects(result, { code: 'interrupted' });
  t.same(at.modes, [true, false], 'the terminal is as before');
});

test('no terminal: the sentence names the three ways, and standard input is not read', async (t) => {
  const input = new PassThrough();
  input.write('a line of a script\n');
  const at = { ...keyboard(), input };
  await t.rejects(passphrase(options, at), { code: 'no-passphrase', message: /--passphrase-file FILE.*MESSAGEAPP_PASSPHRASE.*terminal/ });
  t.equal(input.readableLength, 19);
});

test('from the environment, and before it a file', async (t) => {
  const dir = t.testdir();
  const file = join(dir, 'file');
  const at = keyboard({ MESSAGEAPP_PASSPHRASE: 'from the environment' });
  t.equal(await passphrase(options, at), 'from the environment');
  for (const [text, wanted] of [['first\nsecond\n', 'first'], ['win\r\n', 'win'], ['bare', 'bare'], [' spaces \n', ' spaces ']] as const) {
    writeFileSync(file, text, { mode: 0o600 });
    t.equal(await passphrase({ ...options, file }, at), wanted);
  }
  t.equal(at.shown(), '');
  writeFileSync(join(dir, 'open'), 'for all', { mode: 0o644 });
  t.equal(await passphrase({ ...options, file: join(dir, 'open') }, at), 'for all');
  t.match(at.shown(), /^Warning: the passphrase file ".*" can be read by others: chmod 600/);
  writeFileSync(file, '\nsecond');
  await t.rejects(passphrase({ ...options, file }, at), { code: 'no-passphrase', message: /is empty/ });
  writeFileSync(file, 'x'.repeat(1001));
  await t.rejects(passphrase({ ...options, file }, at), { code: 'no-passphrase', message: /longer than/ });
  await t.rejects(passphrase({ ...options, file: join(dir, 'none') }, at), { code: 'bad-file', message: /does not exist/ });
  await t.rejects(passphrase({ ...options, confirm: true }, keyboard({ MESSAGEAPP_PASSPHRASE: 'four' })), { message: /at least 5/ });
  await t.rejects(passphrase(options, keyboard({ MESSAGEAPP_PASSPHRASE: '' })), { message: /MESSAGEAPP_PASSPHRASE is empty/ });
});
