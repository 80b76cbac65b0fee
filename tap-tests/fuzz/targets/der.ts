import {
  type Element, Fields, readBytesOfBits, readElement, readElements, readNamedBits, readOid, readTrue, tag, unsigned,
  writeElement, writeOid, writeUnsigned,
} from '../../../common/bytes/der.js';
import { readPem, writePem } from '../../../common/bytes/pem.js';
import { MessageAppError } from '../../../common/errors.js';
import { mutateDer, mutatePem } from '../der-mutations.js';
import { certificates, keys, publicOf } from '../fixtures.js';
import { bytesOf, check, same, type Target } from '../target.js';

/** DER and PEM by themselves: what is read is written as the same bytes. */
const hex = (...digits: readonly string[]): Buffer[] => digits.map((each) => Buffer.from(each, 'hex'));

/** Pieces of keys and certificates, right and wrong. */
export const derTokens: readonly Buffer[] = [
  ...['1.2.840.113549.1.1.1', '1.2.840.113549.1.1.10', '1.3.101.112', '1.3.101.110', '2.5.4.3'].map(writeOid),
  ...hex('0500', '010100', '0101ff', '3000', '3080', '0000', '020100', '02020080', '0203010001', '030100', '24800000'),
];

const readers: readonly [tag: number, again: (element: Element) => Buffer][] = [
  [tag.integer, (each) => writeUnsigned(unsigned(each, 'number'))],
  [tag.oid, (each) => writeOid(readOid(each, 'object'))],
  [tag.boolean, (each) => Buffer.from([tag.boolean, 1, readTrue(each, 'flag') ? 0xff : 0])],
  [tag.bitString, (each) => writeElement(tag.bitString, Buffer.alloc(1), readBytesOfBits(each, 'bits'))],
  [tag.bitString, (each) => namedBits(readNamedBits(each, 'bits'))],
];

function namedBits(bits: ReadonlySet<number>): Buffer {
  const last = Math.max(...bits);
  const bytes = Buffer.alloc(Math.floor(last / 8) + 1);
  for (const bit of bits) bytes[bit >> 3]! |= 0x80 >> (bit & 7);
  return writeElement(tag.bitString, Buffer.from([7 - (last & 7)]), bytes);
}

/** What a reader makes of an element is written as the same bytes; or it refuses, surely where the tag is another. */
function checkReaders(element: Element, chosen: number): void {
  for (const [at, [wanted, again]] of readers.entries()) {
    if (element.tag !== wanted && at !== chosen % readers.length) continue;
    let bytes: Buffer | undefined;
    try {
      bytes = again(element);
    } catch (error) {
      if (!(error instanceof MessageAppError)) throw error;
    }
    if (bytes) same('an element', element.whole, bytes);
  }
}

function walk(content: Buffer, depth = 0): number {
  let count = 0;
  const elements = readElements(content);
  for (const element of elements) {
    count++;
    same('an element', element.whole, writeElement(element.tag, element.content));
    if (count % 8 === 1 || element.content.length < 8) checkReaders(element, count);
    if ((element.tag & 0x20) !== 0 && depth < 20) count += walk(element.content, depth + 1);
  }
  const fields = new Fields(content, 'content');
  for (const { tag: next } of elements) fields.next(next);
  fields.end();
  return count;
}

const names = ['readElement', 'readElements', 'readOid', 'readTrue', 'readBytesOfBits', 'readNamedBits', 'unsigned'];

const der: Target = {
  name: 'DER',
  covers: names.map((name) => `common/bytes/der.ts ${name}`),
  errors: ['malformed'], inputs: 3_000, tokens: derTokens, mutate: mutateDer,
  seeds: [
    ...Object.values(certificates).slice(0, 4), publicOf(keys.rsa), writeOid('2.999.3'),
    ...hex('03020780', '0303070480'),
    writeElement(tag.sequence, Buffer.alloc(100).fill('0500', 'hex')),
  ],
  run(input) {
    if (input.length > 0) readElement(input);
    return walk(input) > 20 ? 'many elements' : 'few elements';
  },
};

const pem: Target = {
  name: 'PEM',
  covers: ['common/bytes/pem.ts readPem'],
  errors: ['malformed'], inputs: 15_000, max: 16_384, mutate: mutatePem,
  tokens: bytesOf(
    '-----', '-----BEGIN CERTIFICATE-----\n', '-----END CERTIFICATE-----\n', 'BEGIN', '=', '==', '\r\n', '\r', '\t',
    '\0', '\xa0', 'AAAA',
  ),
  seeds: bytesOf(
    writePem('CERTIFICATE', certificates.alice) + writePem('PUBLIC KEY', publicOf(keys.alice)), 'no block at all\n',
    `a word\n${writePem('A B 1', Buffer.alloc(1))}and another`.replaceAll('\n', '\r\n'),
  ),
  run(input) {
    const blocks = readPem(input.toString('latin1'));
    const again = readPem(blocks.map(({ label, der }) => writePem(label, der)).join(''));
    check(again.length === blocks.length, 'read again there are others');
    for (const [at, { label, der }] of again.entries()) {
      check(label === blocks[at]!.label, 'read again it has another label');
      same('a block', blocks[at]!.der, der);
    }
    check(blocks.reduce((sum, { der }) => sum + der.length, 0) <= input.length, 'more bytes than were there');
    return `${Math.min(blocks.length, 9)} blocks`;
  },
};

export const derTargets: readonly Target[] = [der, pem];
