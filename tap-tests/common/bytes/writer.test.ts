import { test } from 'tap';
import { Writer } from '../../../common/bytes/writer.js';

test('fields are joined in order, big-endian', async (t) => {
  const writer = new Writer();
  writer.u8(1);
  writer.u16(0x0203);
  writer.u32(0x04050607);
  writer.bytes(Buffer.from([8, 9]));
  t.equal(writer.length, 9);
  t.same(writer.join(), Buffer.from('010203040506070809', 'hex'));
});

test('the largest numbers, and those that do not fit', async (t) => {
  const writer = new Writer();
  writer.u8(0xff);
  writer.u16(0xffff);
  writer.u32(0xffffffff);
  t.same(writer.join(), Buffer.alloc(7, 0xff));
  t.throws(() => writer.u16(0x10000), RangeError);
  t.throws(() => writer.u32(2 ** 32), RangeError);
  t.throws(() => writer.u16(-1), RangeError);
});

test('nothing written is nothing', async (t) => {
  t.equal(new Writer().join().length, 0);
});
