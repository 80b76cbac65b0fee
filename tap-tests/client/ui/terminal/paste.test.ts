import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { Keyboard } from '../../../../client/ui/terminal/keyboard.js';
import { pastedIntoLine, textOfLine } from '../../../../client/ui/terminal/paste.js';
import { VirtualKeys, VirtualTerminal } from '../../../support/virtual-terminal.js';

t.test('what stands in the line', async (t) => {
  t.equal(pastedIntoLine('one\r\ntwo\rthree\nfour\u2028five\n'), 'one⏎two⏎three⏎four⏎five');
  t.equal(pastedIntoLine('tab\there \x1b[31m\x07\x9b bell'), 'tab\there [31m bell');
  t.equal(pastedIntoLine('می\u200cخواهم 👩\u200d🚀'), 'می\u200cخواهم 👩\u200d🚀', 'what is no control character stays');
  t.equal(textOfLine('one⏎two'), 'one\ntwo');
});

/** Keys into a line editor; what comes of them. */
function editor(t: Pick<typeof import('tap').t, 'teardown'>) {
  const input = new VirtualKeys();
  const output = new VirtualTerminal();
  const rl = createInterface({ input: new PassThrough(), output, terminal: true });
  const seen: string[] = [];
  const keyboard = new Keyboard({ input, output }, rl, {
    interrupt: () => seen.push('interrupt'), end: () => seen.push('end'), resumed: () => {}, gone: () => seen.push('gone'),
  });
  rl.on('line', (line) => seen.push(line));
  keyboard.start();
  t.teardown(() => {
    keyboard.stop();
    rl.close();
  });
  return { input, output, rl, seen, keyboard };
}

const PASTED = 'ab\x1b[200~first ü\r/quit\n日本\tend\r\x1b[201~c\r';
const LINE = 'abfirst ü⏎/quit⏎日本\tendc';

t.test('a paste is one line, wherever the bytes are cut', async (t) => {
  const bytes = Buffer.from(PASTED);
  for (let cut = 1; cut < bytes.length; cut++) {
    await t.test(`at ${cut}`, async (t) => {
      const { input, seen } = editor(t);
      for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) await input.type(part as unknown as string);
      t.same(seen, [LINE]);
    });
  }
});

t.test('byte by byte', async (t) => {
  const { input, seen } = editor(t);
  for (const byte of Buffer.from(PASTED)) await input.type(Buffer.from([byte]) as unknown as string);
  t.same(seen, [LINE]);
});

t.test('a long paste does not take long', async (t) => {
  const { input, rl, seen } = editor(t);
  const text = 'line of text\r'.repeat(5_000);
  const started = performance.now();
  await input.type(`\x1b[200~${text}\x1b[201~`);
  t.equal(rl.line.length, text.length - 1);
  await input.type('\r');
  t.equal(seen.length, 1);
  t.ok(performance.now() - started < 5_000);
});

t.test('keys with a meaning of their own', async (t) => {
  const { input, rl, seen } = editor(t);
  await input.type('half a line\x03');
  t.equal(rl.line, '');
  await input.type('\x03\x04');
  t.same(seen, ['interrupt', 'end']);
  await input.type('abc\x01\x04\r');
  t.equal(seen.at(-1), 'bc', 'Ctrl-D in a line deletes');
  await input.type('\x1b[200~lost\x03');
  await input.type('back\r');
  t.equal(seen.at(-1), 'back', 'Ctrl-C ends a paste whose end never comes');
  await input.type('a\u2028b\r\n');
  t.equal(seen.at(-1), 'a⏎b');
  input.push(null);
  await input.type.call({ push: () => true } as never, '');
  t.equal(seen.at(-1), 'gone');
});

t.test('modes of the terminal are set and taken back', async (t) => {
  const { input, output, keyboard } = editor(t);
  t.ok(input.isRaw);
  t.same(output.modes, ['?2004h']);
  const exits = process.listenerCount('exit');
  keyboard.stop();
  t.notOk(input.isRaw);
  t.same(output.modes, ['?2004h', '?2004l']);
  t.equal(process.listenerCount('exit'), exits - 1);
});

t.test('control characters that are no key come into no line', async (t) => {
  const { input, rl, seen } = editor(t);
  await input.type('a\x1cb\x1dc\x80d\x9be\x00f');
  t.equal(rl.line, 'abcdef');
  await input.type('\r');
  t.same(seen, ['abcdef']);
});
