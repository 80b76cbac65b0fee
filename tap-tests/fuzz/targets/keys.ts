import { createPublicKey } from 'node:crypto';
import { readElements, readBytesOfBits, readElement, readNamedBits, readOid, readTrue, tag, unsigned, writeElement, writeOid, writeUnsigned, type Element, Fields } from '../../../common/bytes/der.js';
import { readPem, writePem } from '../../../common/bytes/pem.js';
import { ed25519PublicFromRaw } from '../../../common/crypto/ed25519-public.js';
import { publicIdentity, showFingerprint } from '../../../common/crypto/identity.js';
import { rawPublic, rsaPublicDer } from '../../../common/crypto/node.js';
import { rsaPublicFromPkcs1 } from '../../../common/crypto/rsa-public.js';
import { rsaSuite, x25519Suite } from '../../../common/crypto/suite.js';
import { MessageAppError } from '../../../common/errors.js';
import { mutateDer, mutatePem } from '../der-mutations.js';
import { certificates, exchanges, keys, publicOf } from '../fixtures.js';
import { bytesOf, check, same, type Target } from '../target.js';

/** A modulus of so many bits that nobody made: readers cannot tell. */
const modulus = (bits: number): Buffer => {
  const bytes = Buffer.from(Array.from({ length: bits / 8 }, (_, at) => (at * 167 + 13) & 0xff));
  bytes[0]! |= 0x80;
  bytes[bytes.length - 1]! |= 1;
  return bytes;
};
const pkcs1 = (bits: number): Buffer =>
  writeElement(tag.sequence, writeUnsigned(modulus(bits)), writeUnsigned(Buffer.from('010001', 'hex')));
const RSA = writeElement(tag.sequence, writeOid('1.2.840.113549.1.1.1'), writeElement(tag.null));
const spki = (bits: number): Buffer => writeElement(tag.sequence, RSA, writeElement(tag.bitString, Buffer.alloc(1), pkcs1(bits)));

const tokens = [
  ...['1.2.840.113549.1.1.1', '1.2.840.113549.1.1.10', '1.3.101.112', '1.3.101.110', '2.5.4.3'].map(writeOid),
  ...['0500', '010100', '0101ff', '3000', '3080', '0000', '020100', '02020080', '0203010001', '030100', '24800000', '1f8101'].map((hex) => Buffer.from(hex, 'hex')),
];

const readers: readonly [tag: number, again: (element: Element) => Buffer][] = [
  [tag.integer, (each) => writeUnsigned(unsigned(each, 'number'))],
  [tag.oid, (each) => writeOid(readOid(each, 'object'))],
  [tag.boolean, (each) => Buffer.from([tag.boolean, 1, readTrue(each, 'flag') ? 0xff : 0])],
  [tag.bitString, (each) => writeElement(tag.bitString, Buffer.alloc(1), readBytesOfBits(each, 'bits'))],
  [tag.bitString, (each) => namedBits(readNamedBits(each, 'bits'))],
];

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

function namedBits(bits: ReadonlySet<number>): Buffer {
  const last = Math.max(...bits);
  const bytes = Buffer.alloc(Math.floor(last / 8) + 1);
  for (const bit of bits) bytes[bit >> 3]! |= 0x80 >> (bit & 7);
  return writeElement(tag.bitString, Buffer.from([7 - (last & 7)]), bytes);
}

const der = 'common/bytes/der.ts';

const derTarget: Target = {
  name: 'DER', errors: ['malformed'], inputs: 8_000, tokens, mutate: mutateDer,
  covers: ['readElement', 'readElements', 'readOid', 'readTrue', 'readBytesOfBits', 'readNamedBits', 'unsigned'].map((name) => `${der} ${name}`),
  seeds: [
    ...Object.values(certificates).slice(0, 4), spki(2048), Buffer.from('03020780', 'hex'), Buffer.from('0303070480', 'hex'),
    writeOid('2.999.3'), writeElement(tag.sequence, Buffer.alloc(100).fill('0500', 'hex')),
  ],
  run(input) {
    if (input.length > 0) readElement(input);
    return walk(input) > 20 ? 'many elements' : 'few elements';
  },
};

const pem: Target = {
  name: 'PEM', covers: ['common/bytes/pem.ts readPem'], errors: ['malformed'], inputs: 15_000, max: 16_384, mutate: mutatePem,
  tokens: bytesOf('-----', '-----BEGIN CERTIFICATE-----\n', '-----END CERTIFICATE-----\n', 'BEGIN', '=', '==', '\r\n', '\r', '\t', '\0', '\xa0', 'AAAA'),
  seeds: bytesOf(
    writePem('CERTIFICATE', certificates.alice) + writePem('PUBLIC KEY', publicOf(keys.alice)), 'no block at all\n',
    `a word\n${writePem('A B 1', Buffer.alloc(1))}and another`.replaceAll('\n', '\r\n'),
  ),
  run(input) {
    const blocks = readPem(input.toString('latin1'));
    const written = blocks.map(({ label, der }) => writePem(label, der)).join('');
    const read = readPem(written);
    check(read.length === blocks.length && read.every(({ label, der }, at) => label === blocks[at]!.label && der.equals(blocks[at]!.der)), 'read again it is another');
    check(blocks.reduce((sum, { der }) => sum + der.length, 0) <= input.length, 'more bytes than were there');
    return `${Math.min(blocks.length, 9)} blocks`;
  },
};

const nobody = Buffer.alloc(64, 1);

const identity: Target = {
  name: 'public key', covers: ['common/crypto/identity.ts publicIdentity'], errors: ['malformed', 'bad-public-key'], inputs: 12_000, tokens,
  mutate: mutateDer, seeds: [publicOf(keys.alice), publicOf(keys.rsa), spki(2048), spki(3072), spki(4096)],
  run(input) {
    const { kind, spki: own, fingerprint, verify } = publicIdentity(input);
    same('a key', input, own);
    // OpenSSL reads the same key, and writes it in the same bytes.
    same('a key', input, createPublicKey({ key: input, format: 'der', type: 'spki' }).export({ format: 'der', type: 'spki' }));
    check(/^[0-9a-f]{4}( [0-9a-f]{4}){15}$/.test(showFingerprint(fingerprint)), 'a fingerprint');
    check(verify(nobody, nobody) === false && verify(nobody, Buffer.alloc(own.length > 100 ? 256 : 0)) === false, 'a signature that nobody made');
    return kind;
  },
};

const ephemeralRsa: Target = {
  name: 'ephemeral RSA key', covers: ['common/crypto/rsa-public.ts rsaPublicFromPkcs1'], errors: ['malformed', 'bad-public-key'], inputs: 8_000, tokens,
  mutate: mutateDer, seeds: [pkcs1(2048), rsaPublicDer(createPublicKey(exchanges[0]!.ephemeralKey))],
  run(input) {
    const key = rsaPublicFromPkcs1(input, 2048, 2048);
    same('a key', input, rsaPublicDer(key));
    check(key.asymmetricKeyDetails?.modulusLength === 2048 && key.asymmetricKeyDetails.publicExponent === 65_537n, 'another size');
    const { share, k } = rsaSuite.share(input, (length) => Buffer.alloc(length, 7));
    check(share.length === 256 && k.bytes.length === 32, 'a share of another length');
  },
};

const fits32 = (bytes: Buffer): boolean => bytes.length === 32;

const ed25519Raw: Target = {
  name: 'Ed25519 key', covers: ['common/crypto/ed25519-public.ts ed25519PublicFromRaw'], errors: ['bad-public-key', 'malformed'], inputs: 8_000,
  tokens: ['7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7', 'ff'.repeat(31), 'edff', '00'.repeat(31)].map((hex) => Buffer.from(hex, 'hex').reverse()),
  seeds: [publicOf(keys.alice).subarray(12), publicOf(keys.bob).subarray(12)],
  run(input) {
    if (!fits32(input)) return 'of another length';
    same('a key', input, rawPublic(ed25519PublicFromRaw(input)));
    return 'read';
  },
};

const x25519: Target = {
  name: 'X25519 key', covers: [], errors: ['bad-public-key'], inputs: 1_500,
  tokens: ['00'.repeat(32), 'ff'.repeat(32), `ec${'ff'.repeat(30)}7f`, '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157'].map((hex) => Buffer.from(hex, 'hex')),
  seeds: [Buffer.alloc(32, 9)],
  run(input) {
    const { share, k } = x25519Suite.share(input, (length) => Buffer.alloc(length));
    check(fits32(input) && share.length === 32 && k.bytes.length === 32 && !k.bytes.equals(Buffer.alloc(32)), 'a weak secret');
  },
};

export const keyTargets: readonly Target[] = [derTarget, pem, identity, ephemeralRsa, ed25519Raw, x25519];
