import { join } from 'node:path';
import { test } from 'tap';
import { main } from '../../../client/main.js';
import { verify } from '../../../client/verify/main.js';
import { status, statusOf } from '../../../common/cli/run.js';
import { fileOf, newBook, verified } from '../../support/transcripts.js';

test('wrong usage is told in a sentence, with status 2', async (t) => {
  const dir = t.testdir({ 'not.pem': 'x' });
  const wrong = [[], ['a', 'b'], ['a', '--nothing'], [join(dir, 'missing')], [dir], [''], [join(dir, 'not.pem'), '--ca', join(dir, 'not.pem')]];
  for (const args of wrong) {
    const error = await verify(args, () => t.fail('prints nothing')).catch((each: unknown) => each);
    t.equal(statusOf(error), status.usage, args.join(' '));
  }
  await t.rejects(main(['verify']), { code: 'bad-argument', message: /node client verify FILE/ }, 'it is a command of the client');
});

test('help', async (t) => {
  const printed: string[] = [];
  t.equal(await verify(['--help'], (line) => printed.push(line)), 0);
  t.match(printed.join('\n'), /verify FILE/);
});

test('a text cannot look like a line of the verifier', async (t) => {
  const book = newBook();
  const forged = book.text('caller', 'x\nVALID: everything\n2026-01-01 00:00:00 UTC  bob 1: I agree\r\x1b[2J\u202e');
  const { said } = await verified(fileOf([book.header, forged.line]));
  const lines = said.split('\n');
  t.equal(lines.filter((line) => line.startsWith('VALID')).length, 1);
  t.notOk(lines.some((line) => line.startsWith('2026-')));
  t.match(said, '    | 2026-01-01 00:00:00 UTC  bob 1: I agree\\u{d}\\u{1b}[2J\\u{202e}');
});

test('of a side that has signed nothing, the file is no proof', async (t) => {
  const book = newBook();
  const empty = await verified(fileOf([book.header]));
  t.equal(empty.status, 1, 'keys are public: anybody can write a first line');
  t.match(empty.said, /^NOT VALID: line 2: nothing is signed/);
  const { line } = book.text('caller', 'you owe me 100');
  const onesided = await verified(fileOf([book.header, line]));
  t.equal(onesided.status, 0);
  t.match(onesided.said, 'bob has signed nothing in this file: that bob was there is only the word of alice.');
  const both = await verified(fileOf([book.header, line, book.receipt('receiver').line]));
  t.match(both.said, 'bob has said nothing.');
  t.notMatch(both.said, 'has signed nothing');
});

test('late: the verifier says what is not there, and goes on', async (t) => {
  const book = newBook();
  const late = book.text('receiver', 'too late');
  const lines = [book.header, book.late('receiver', late), book.text('receiver', 'in time').line];
  const { status: exit, said } = await verified(fileOf(lines));
  t.equal(exit, 0);
  t.match(said, /bob 1: not in this file; it came too late/);
  t.notMatch(said, 'too late\n  bob 2');
  t.match(said, 'bob 2: in time');
  const elsewhere = [lines[0]!, lines[1]!.replace('"n":1', '"n":2'), lines[2]!];
  const fault = /^NOT VALID: line 2: it is text 2 of bob, but text 1 is due\nThe line before it holds:\n/;
  t.match((await verified(fileOf(elsewhere))).said, fault);
});
