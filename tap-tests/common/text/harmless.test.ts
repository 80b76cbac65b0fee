import { test } from 'tap';
import { harmless } from '../../../common/text/harmless.js';

const FORBIDDEN = /[\0-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;

test('every control and invisible character is shown as an escape', async (t) => {
  const ranges: readonly (readonly [number, number])[] = [[0, 0x1f], [0x7f, 0x9f], [0xad, 0xad], [0x61c, 0x61c], [0x115f, 0x1160], [0x180e, 0x180e], [0x200b, 0x200f],
    [0x2028, 0x202e], [0x2060, 0x206f], [0x3164, 0x3164], [0xfeff, 0xfeff], [0xffa0, 0xffa0], [0xfff9, 0xfffb],
    [0xe0000, 0xe007f], [0xd800, 0xdfff]];
  for (const [from, to] of ranges) {
    for (let point = from; point <= to; point++) {
      const wanted = point === 9 ? 'a    b' : `a\\u{${point.toString(16)}}b`;
      if (harmless(`a${String.fromCodePoint(point)}b`) !== wanted) t.fail(point.toString(16));
    }
  }
});

test('F1: terminal sequences', async (t) => {
  t.equal(harmless('\x1b[2J\x1b]0;title\x07'), '\\u{1b}[2J\\u{1b}]0;title\\u{7}');
  t.equal(harmless('\x9b31m'), '\\u{9b}31m', 'CSI of C1');
  t.equal(harmless('\x1b_apc\x1b\\'), '\\u{1b}_apc\\u{1b}\\', 'APC');
  t.equal(harmless('abc\rxyz\b\b'), 'abc\\u{d}xyz\\u{8}\\u{8}');
  t.equal(harmless('user\u202egnp.exe'), 'user\\u{202e}gnp.exe');
});

test('F2: no line is started that was not asked for', async (t) => {
  t.equal(harmless('hi\nbob: pay'), 'hi\\u{a}bob: pay');
  t.equal(harmless('hi\r\nbob', { multiline: true }), 'hi\nbob');
  t.equal(harmless('hi\rbob\x85\u2028\u2029\v\f', { multiline: true }), 'hi\\u{d}bob\\u{85}\\u{2028}\\u{2029}\\u{b}\\u{c}');
});

test('what people write comes through as it is', async (t) => {
  for (const text of [
    'Hello, world! ~ \\u{1b}', 'naïve façade', 'e\u0301', 'Việt Nam', 'שָׁלוֹם', 'مرحبا', '日本語', 'नमस्ते', '👍🏽', '👨‍👩‍👧‍👦', '❤️‍🔥', '🏳️‍🌈',
    '👩🏽‍🚀', '☎︎', '١٢٣\u0600', '🇮🇹',
  ]) t.equal(harmless(text), text);
  t.equal(harmless('a\u200db'), 'a\\u{200d}b', 'a joiner outside pictures is shown');
  t.equal(harmless('👍\u200d'), '👍\\u{200d}');
});

test('stacks of marks end at eight, and none sits on what was printed before', async (t) => {
  const mark = '\u0301';
  t.equal(harmless(`a${mark.repeat(8)}b`), `a${mark.repeat(8)}b`);
  t.equal(harmless(`a${mark.repeat(1000)}b`), `a${mark.repeat(8)}\ufffdb`);
  t.equal(harmless(`${mark}a`), `\u25cc${mark}a`);
  t.equal(harmless(`a\n${mark}`, { multiline: true }), `a\n\u25cc${mark}`);
});

test('what is harmless stays the same, for 20,000 random texts', async (t) => {
  const pool = ['a', '\x1b', '\n', '\r', '\t', '\u0301', '\u200d', '👍', '\ufe0f', '\u202e', '\ud800', '\udc00', '\u{e0041}', '🏽', '\\'];
  let seed = 7;
  const next = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
  for (let round = 0; round < 20_000; round++) {
    const text = Array.from({ length: next(30) }, () => pool[next(pool.length)]).join('');
    const multiline = round % 2 === 0;
    const once = harmless(text, { multiline });
    if (harmless(once, { multiline }) !== once) t.fail(`not idempotent: ${JSON.stringify(text)}`);
    const left = once.replace(/\u200d/g, '').replace(multiline ? /\n/g : /(?!)/g, '');
    if (FORBIDDEN.test(left) || /\p{Cs}/u.test(once)) t.fail(`not harmless: ${JSON.stringify(text)}`);
  }
});

test('long texts do not take long', async (t) => {
  const start = performance.now();
  for (const part of ['\u0301', '\u200d', '👍\u200d', '\x1b', '\n\u0301', 'a']) harmless(part.repeat(65_000), { multiline: true });
  t.ok(performance.now() - start < 2_000);
});
