import { test } from 'tap';
import { createPublicKey } from 'node:crypto';
import { readElements, tag, writeElement, writeOid } from '../../common/bytes/der.js';
import { publicIdentity } from '../../common/crypto/identity.js';
import { parseCertificate } from '../../common/crypto/certificate.js';
import { ed25519, good, rsaPair, seq, spkiOf } from '../support/certificate-maker.js';

const rsa = spkiOf(rsaPair().publicKey);
const ed = spkiOf(ed25519().publicKey);
const [rsaAlgorithm, rsaBits] = readElements(readElements(rsa)[0]!.content);
const [edAlgorithm, edBits] = readElements(readElements(ed)[0]!.content);
const OID = '1.2.840.113549.1.1.1';
const pkcs1 = rsaBits!.content.subarray(1);
const bits = (content: Buffer) => writeElement(tag.bitString, Buffer.from([0]), content);
const longer = (element: Buffer) => Buffer.concat([element.subarray(0, 1), Buffer.from([0x83, 0]), element.subarray(2)]);
const indefinite = (element: Buffer) => Buffer.concat([Buffer.from([element[0]!, 0x80]), readElements(element)[0]!.content, Buffer.alloc(2)]);
const [n, e] = readElements(readElements(pkcs1)[0]!.content);

/** What Node takes is marked: there two parties would compute two fingerprints of one key. */
const others: [string, Buffer, boolean][] = [
  ['missing parameters', seq(seq(writeOid(OID)), rsaBits!.whole), true],
  ['id-RSASSA-PSS', seq(seq(writeOid('1.2.840.113549.1.1.10')), rsaBits!.whole), true],
  ['Ed25519 with NULL parameters', seq(seq(writeOid('1.3.101.112'), writeElement(tag.null)), edBits!.whole), false],
  ['bytes behind', Buffer.concat([rsa, Buffer.from([0])]), true],
  ['bytes behind Ed25519', Buffer.concat([ed, Buffer.from([5, 0])]), true],
  ['bytes behind the PKCS #1 structure', seq(rsaAlgorithm!.whole, bits(Buffer.concat([pkcs1, Buffer.from([5, 0])]))), true],
  ['a third field', seq(rsaAlgorithm!.whole, rsaBits!.whole, writeElement(tag.null)), false],
  ['a third number', seq(rsaAlgorithm!.whole, bits(seq(n!.whole, e!.whole, e!.whole))), false],
  ['a length longer than need be', longer(rsa), true],
  ['the same inside', seq(longer(rsaAlgorithm!.whole).subarray(0, 0), Buffer.concat([Buffer.from([0x30, 0x81, rsaAlgorithm!.content.length]),
    rsaAlgorithm!.content]), rsaBits!.whole), true],
  ['an Ed25519 length longer than need be', Buffer.concat([Buffer.from([0x30, 0x81]), ed.subarray(1)]), true],
  ['an indefinite length', indefinite(rsa), true],
  ['a zero before the modulus', seq(rsaAlgorithm!.whole, bits(seq(writeElement(tag.integer, Buffer.from([0]), n!.content), e!.whole))), false],
  ['a zero before the exponent', seq(rsaAlgorithm!.whole, bits(seq(n!.whole, Buffer.from([2, 4, 0, 1, 0, 1])))), false],
  ['unused bits', seq(edAlgorithm!.whole, writeElement(tag.bitString, Buffer.from([1]), edBits!.content.subarray(1))), true],
  ['a negative modulus', seq(rsaAlgorithm!.whole, bits(seq(writeElement(tag.integer, n!.content.subarray(1)), e!.whole))), false],
  ['nothing', Buffer.alloc(0), false],
];

const nodeTakes = (der: Buffer) => {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' }).type === 'public';
  } catch {
    return false;
  }
};

test('A20: the canonical encodings pass', async (t) => {
  t.same(publicIdentity(rsa).spki, rsa);
  t.same(publicIdentity(ed).spki, ed);
});

test('A20: other encodings are refused, whatever Node thinks of them', async (t) => {
  let taken = 0;
  for (const [name, der] of others) {
    if (nodeTakes(der)) taken++;
    t.throws(() => publicIdentity(der), { code: /^(malformed|bad-public-key)$/ }, name);
  }
  t.ok(taken >= 5, `Node takes ${taken} of them`);
});

test('A20: nor are they taken inside a certificate', async (t) => {
  t.ok(parseCertificate(good.server({ spki: rsa })));
  for (const [name, der] of others) {
    t.throws(() => parseCertificate(good.server({ spki: der })), { code: 'bad-certificate' }, name);
  }
});

test('A20: every cut and every one-byte insertion of a key is refused or another key', async (t) => {
  for (let at = 0; at <= ed.length; at++) {
    if (at < ed.length) t.throws(() => publicIdentity(ed.subarray(0, at)));
    t.throws(() => publicIdentity(Buffer.concat([ed.subarray(0, at), Buffer.from([0]), ed.subarray(at)])));
  }
});
