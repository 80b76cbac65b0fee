import { test } from 'tap';
import { Reader } from '../../../common/bytes/reader.js';

test('fields come in order, big-endian', async (t) => {
  const reader = new Reader(Buffer.from('01020304050607080910', 'hex'));
  t.equal(reader.u8('a'), 0x01);
  t.equal(reader.u16('b'), 0x0203);
  t.equal(reader.u32('c'), 0x04050607);
  t.equal(reader.offset, 7);
  t.equal(reader.remaining, 3);
  t.same(reader.take(3, 'd'), Buffer.from('080910', 'hex'));
  t.doesNotThrow(() => reader.end('all'));
});

test('what is not there is named, and takes nothing', async (t) => {
  const reader = new Reader(Buffer.from([1, 2, 3]));
  const malformed = (message: RegExp) => ({ name: 'WireError', code: 'malformed', message });
  t.throws(() => reader.take(4, 'name'), malformed(/^name: 4 bytes announced, 3 there$/));
  t.throws(() => reader.u32('time'), malformed(/^time/));
  t.equal(reader.offset, 0);
  t.throws(() => reader.end('M1'), malformed(/^M1: 3 bytes left over$/));
  t.equal(reader.u16('n'), 0x0102);
  t.throws(() => reader.u16('n'), malformed(/^n: 2 bytes announced, 1 there$/));
  t.equal(reader.u8('n'), 3);
  t.throws(() => reader.u8('n'), malformed(/^n/));
  t.equal(reader.take(0, 'nothing').length, 0);
});

test('what is taken is a view, not a copy', async (t) => {
  const bytes = Buffer.from([1, 2]);
  const taken = new Reader(bytes).take(2, 'x');
  bytes[0] = 9;
  t.equal(taken[0], 9);
});
