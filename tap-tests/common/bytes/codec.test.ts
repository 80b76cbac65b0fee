import { test } from 'tap';
import {
  type Codec, decode, encode, fixed, list8, mapped, rest, struct, text, u16, u8, vec16, vec8,
} from '../../../common/bytes/codec.js';
import { WireError } from '../../../common/errors.js';

const bytes = (hex: string) => Buffer.from(hex, 'hex');
const malformed = (message: RegExp) => ({ name: 'WireError', code: 'malformed', message });

const good: [string, Codec<any>, unknown, string][] = [
  ['u8', u8('x'), 255, 'ff'],
  ['u16', u16('x'), 0x1234, '1234'],
  ['fixed', fixed('x', 3), bytes('010203'), '010203'],
  ['vec8, empty', vec8('x', { max: 5 }), bytes(''), '00'],
  ['vec8, longest', vec8('x', { max: 2 }), bytes('aabb'), '02aabb'],
  ['vec16', vec16('x', { max: 300 }), Buffer.alloc(258, 7), `0102${'07'.repeat(258)}`],
  ['rest', rest('x', { max: 9 }), bytes('0102'), '0102'],
  ['list8', list8('x', u16('n'), { max: 3 }), [1, 2], '0200010002'],
  ['list8, empty', list8('x', u16('n'), { max: 3 }), [], '00'],
  ['text', text(rest('x', { max: 20 })), 'grüße\u{1f600}\ufeff', '6772c3bcc39f65f09f9880efbbbf'],
  ['struct', struct('x', { a: u8('a'), b: vec8('b', { max: 2 }) }), { a: 1, b: bytes('02') }, '010102'],
];

for (const [name, codec, value, hex] of good) {
  test(`${name} is written and read`, async (t) => {
    t.same(encode(codec, value), bytes(hex));
    t.same(decode(codec, bytes(hex)), value);
    t.throws(() => decode(codec, Buffer.concat([bytes(hex), Buffer.alloc(20)])), malformed(/^x: .*(left over|allowed)/), 'a byte too many');
  });
}

const unreadable: [string, Codec<any>, string, RegExp][] = [
  ['u8 outside of its bounds', u8('role', { max: 1 }), '02', /^role: 2 as the value, allowed are 0 to 1/],
  ['fixed cut off', fixed('R1', 3), '0102', /^R1: 3 bytes announced, 2 there/],
  ['vec8 cut off', vec8('x', { max: 9 }), '0301', /^x: 3 bytes announced, 1 there/],
  ['vec8 without its length', vec8('x', { max: 9 }), '', /^x/],
  ['vec8 too long', vec8('x', { max: 2 }), '03010203', /^x: 3 bytes, allowed are 0 to 2/],
  ['vec8 too short', vec8('x', { min: 1, max: 2 }), '00', /^x: 0 bytes, allowed are 1 to 2/],
  ['vec16 too long, before a byte is taken', vec16('x', { max: 2 }), 'ffff', /^x: 65535 bytes, allowed/],
  ['vec16 with half of a length', vec16('x', { max: 2 }), '00', /^x/],
  ['rest too long', rest('x', { max: 1 }), '0102', /^x: 2 bytes, allowed/],
  ['rest too short', rest('x', { min: 1, max: 1 }), '', /^x: 0 bytes, allowed/],
  ['list8 with too many', list8('x', u8('n'), { max: 1 }), '020102', /^x: 2 items, allowed/],
  ['list8 cut off', list8('x', u8('n'), { max: 3 }), '0201', /^n: 1 bytes announced, 0 there/],
  ['struct cut off', struct('x', { a: u8('a'), b: u8('b') }), '01', /^b/],
  ['text of a lone surrogate', text(rest('x', { max: 9 })), 'eda080', /^x: not UTF-8/],
  ['text in a longer form than need be', text(rest('x', { max: 9 })), 'c080', /^x: not UTF-8/],
  ['text cut inside a character', text(rest('x', { max: 9 })), 'c3', /^x: not UTF-8/],
  ['what the conversion refuses', mapped(u8('x'), () => 0, () => {
    throw new WireError('malformed', 'x: means nothing');
  }), '00', /means nothing/],
];

for (const [name, codec, hex, message] of unreadable) {
  test(`refused: ${name}`, async (t) => t.throws(() => decode(codec, bytes(hex)), malformed(message)));
}

const unwritable: [string, Codec<any>, unknown][] = [
  ['u8 outside of its bounds', u8('x', { max: 1 }), 2],
  ['u8 above a byte', u8('x'), 256],
  ['fixed of another length', fixed('x', 3), bytes('01')],
  ['vec8 too long', vec8('x', { max: 2 }), bytes('010203')],
  ['vec8 too short', vec8('x', { min: 1, max: 2 }), bytes('')],
  ['rest too long', rest('x', { max: 2 }), bytes('010203')],
  ['list8 with too many', list8('x', u8('n'), { max: 1 }), [1, 2]],
];

for (const [name, codec, value] of unwritable) {
  test(`not written: ${name}`, async (t) => t.throws(() => encode(codec, value), malformed(/^x: .* allowed are/)));
}

test('a structure is in the order of its declaration, whatever the order of the value', async (t) => {
  const codec = struct('x', { a: u8('a'), b: u8('b') });
  t.same(encode(codec, { b: 2, a: 1 }), bytes('0102'));
});
