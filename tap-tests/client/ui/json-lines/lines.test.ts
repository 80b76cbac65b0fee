import { test } from 'tap';
import { Lines } from '../../../../client/ui/json-lines/lines.js';

const MAX = 512 * 1024;

function collect() {
  const got: string[] = [];
  return { got, lines: new Lines((line) => got.push(line), () => got.push('<too long>')) };
}

test('cut at every byte: the same lines', async (t) => {
  const bytes = Buffer.from('{"text":"grüße 😀"}\n\nsecond\r\n\u2028third', 'utf8');
  const whole = collect();
  whole.lines.push(bytes);
  whole.lines.end();
  t.same(whole.got, ['{"text":"grüße 😀"}', 'second\r', '\u2028third']);
  for (let at = 0; at <= bytes.length; at++) {
    const { got, lines } = collect();
    lines.push(bytes.subarray(0, at));
    lines.push(bytes.subarray(at));
    lines.end();
    t.same(got, whole.got, `${at}`);
  }
});

test('a line is given when it ends, not before', async (t) => {
  const { got, lines } = collect();
  lines.push(Buffer.from('one\ntwo'));
  t.same(got, ['one']);
  lines.push(Buffer.from('\n'));
  t.same(got, ['one', 'two']);
  lines.end();
  t.equal(got.length, 2);
});

test('of a line that is too long nothing is kept, and the next one is read', async (t) => {
  for (const pieces of [1, 7]) {
    const { got, lines } = collect();
    const long = Buffer.alloc(MAX + 1, 0x61);
    for (let n = 0; n < pieces; n++) lines.push(long.subarray(Math.floor((n * long.length) / pieces), Math.floor(((n + 1) * long.length) / pieces)));
    lines.push(Buffer.from('\nshort\n'));
    t.same(got, ['<too long>', 'short']);
  }
  const { got, lines } = collect();
  lines.push(Buffer.alloc(MAX, 0x61));
  lines.end();
  t.equal(got[0]?.length, MAX, 'the longest');
});

test('a line without end', async (t) => {
  const { got, lines } = collect();
  for (let n = 0; n < 100; n++) lines.push(Buffer.alloc(MAX, 0x61));
  t.same(got, []);
  lines.end();
  t.same(got, ['<too long>']);
});
