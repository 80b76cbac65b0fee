import { test } from 'tap';
import {
  Fields, readBytesOfBits, readElement, readElements, readNamedBits, readOid, readOnly, readTrue, tag, unsigned, writeElement, writeOid,
  writeUnsigned,
} from '../../../common/bytes/der.js';

const hex = (text: string) => Buffer.from(text.replace(/ /g, ''), 'hex');
const element = (text: string) => readElement(hex(text));

test('lengths of every width come back, and only in their shortest form', async (t) => {
  for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
    const der = writeElement(tag.octetString, Buffer.alloc(length, 7));
    t.equal(readOnly(der, tag.octetString, 'it').content.length, length);
  }
  for (const bad of ['04', '0401', '048000', '04817f', '0481', '04820080', '0484000000ff', '1f0100', '3f8101', '04 83 00 01 00']) {
    t.throws(() => readElement(Buffer.concat([hex(bad), Buffer.alloc(300)]).subarray(0, Math.max(hex(bad).length, bad.length > 6 ? 260 : 0))),
      { code: 'malformed' }, bad);
  }
});

test('bytes left over and other tags', async (t) => {
  t.throws(() => readOnly(hex('050000'), tag.null, 'it'), /left over/);
  t.throws(() => readOnly(hex('0500'), tag.integer, 'it'), /tag 5/);
  t.same(readElements(hex('0500 0101ff')).map((each) => each.tag), [5, 1]);
  t.throws(() => readElements(hex('0500 01')));
});

test('integers', async (t) => {
  for (const value of ['00', '7f', '80', 'ff00', '0100']) {
    t.equal(unsigned(readElement(writeUnsigned(hex(value))), 'n').toString('hex'), value);
  }
  for (const bad of ['0200', '020180', '02020001', '0101ff']) t.throws(() => unsigned(element(bad), 'n'), { code: 'malformed' }, bad);
  t.same(writeUnsigned(hex('000001')), hex('020101'));
});

test('object identifiers', async (t) => {
  for (const oid of ['0.9.2342.19200300.100.1.1', '1.2.840.113549.1.1.11', '2.5.4.3', '2.16.840.1.101.3.4.1.42', '1.3.101.112']) {
    t.equal(readOid(readElement(writeOid(oid)), 'oid'), oid);
  }
  t.equal(readOid(element('0603883703'), 'oid'), '2.999.3', 'first arc 2 takes any second one');
  for (const bad of ['0600', '060180', '06022a80', '0603 2a8001', '06072affffffffff7f', '0401 2a']) {
    t.throws(() => readOid(element(bad), 'oid'), { code: 'malformed' }, bad);
  }
});

test('booleans and bits', async (t) => {
  t.equal(readTrue(element('0101ff'), 'b'), true);
  for (const bad of ['010100', '010101', '0102ffff', '0401ff']) t.throws(() => readTrue(element(bad), 'b'), bad);
  t.same([...readNamedBits(element('03020780'), 'b')], [0]);
  t.same([...readNamedBits(element('03020106'), 'b')], [5, 6]);
  t.same([...readNamedBits(element('0303078080'), 'b')], [0, 8]);
  for (const bad of ['0300', '030100', '03020080', '03020740', '03020800', '030200 00']) {
    t.throws(() => readNamedBits(element(bad), 'b'), { code: 'malformed' }, bad);
  }
  t.same(readBytesOfBits(element('03020042'), 'b'), hex('42'));
  t.throws(() => readBytesOfBits(element('03020142'), 'b'));
});

test('fields in their order, the optional ones too', async (t) => {
  const fields = new Fields(hex('0500 0101ff'), 'it');
  t.equal(fields.optional(tag.integer), undefined);
  t.equal(fields.next(tag.null).tag, 5);
  t.throws(() => fields.end(), /field too many/);
  t.throws(() => fields.next(tag.null), /tag 1 instead of 5/);
  t.ok(fields.optional(tag.boolean));
  fields.end();
  t.throws(() => fields.next(tag.null), /tag none/);
});
