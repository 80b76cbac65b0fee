import { test } from 'tap';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tag, writeElement, writeOid, writeUnsigned } from '../../common/bytes/der.js';
import { writePem } from '../../common/bytes/pem.js';
import { publicIdentity } from '../../common/crypto/identity.js';
import { readPublicPem } from '../../common/files/users-folder.js';
import { main } from '../../keys/main.js';
import { testIo } from '../support/authority.js';
import { ed25519, rsaPair, seq, spkiOf } from '../support/certificate-maker.js';
import { fieldOf, withstands } from '../support/attack-field.js';
import { TestServer } from '../support/test-server.js';
import { hostileKeys } from './live/A12-hostile-keys.js';

const bits = (content: Buffer) => writeElement(tag.bitString, Buffer.from([0]), content);
const rsaSpki = (modulus: Buffer, exponent: Buffer) => seq(
  seq(writeOid('1.2.840.113549.1.1.1'), writeElement(tag.null)),
  bits(seq(writeUnsigned(modulus), writeUnsigned(exponent))),
);
const edSpki = (raw: Buffer) => seq(seq(writeOid('1.3.101.112')), bits(raw));

const E65537 = Buffer.from('010001', 'hex');
const modulus = (length: number) => {
  const bytes = Buffer.alloc(length, 0xa7);
  return bytes;
};

/** All y of points of small order, little-endian, with their non-canonical forms below 2^255; RFC 7748 and 8032. */
const P = 2n ** 255n - 19n;
const ORDER_8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
const SMALL = [0n, 1n, P - 1n, P, P + 1n, ORDER_8, P - ORDER_8];
const little = (y: bigint) => Buffer.from(y.toString(16).padStart(64, '0'), 'hex').reverse();
const smallOrder = SMALL.flatMap((y) => [little(y), little(y | 2n ** 255n)]);

const hostile: [string, Buffer, RegExp][] = [
  ['RSA-512', spkiOf(rsaPair(512).publicKey), /has 512 bits/],
  ['RSA-1024', spkiOf(rsaPair(1024).publicKey), /has 1024 bits/],
  ['RSA of 2047 bits', rsaSpki(Buffer.concat([Buffer.from([0x7f]), modulus(255)]), E65537), /has 2047 bits/],
  ['RSA of 4104 bits', rsaSpki(modulus(513), E65537), /has 4104 bits/],
  ['RSA-16384', rsaSpki(modulus(2048), E65537), /has 16384 bits/],
  ['e = 1', rsaSpki(modulus(256), Buffer.from([1])), /exponent/],
  ['e = 3', rsaSpki(modulus(256), Buffer.from([3])), /exponent/],
  ['e huge', rsaSpki(modulus(256), modulus(256)), /exponent/],
  ['even modulus', rsaSpki(Buffer.concat([modulus(255), Buffer.from([0xa8])]), E65537), /even/],
  ['modulus of nothing', rsaSpki(Buffer.from([0]), E65537), /has 0 bits/],
  ['EC', spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey), /neither/],
  ['X25519', spkiOf(generateKeyPairSync('x25519').publicKey), /neither/],
  ['Ed25519 of 31 bytes', edSpki(Buffer.alloc(31, 7)), /neither/],
  ['Ed25519 of 33 bytes', edSpki(Buffer.alloc(33, 7)), /neither/],
  ['Ed25519, y above p', edSpki(little(P + 5n)), /canonical/],
  ...smallOrder.map((raw): [string, Buffer, RegExp] => [`Ed25519 ${raw.toString('hex')}`, edSpki(raw), /small order|canonical/]),
];

test('A12: good keys pass', async (t) => {
  t.equal(publicIdentity(spkiOf(ed25519().publicKey)).kind, 'ed25519');
  t.equal(publicIdentity(spkiOf(rsaPair(2048).publicKey)).kind, 'rsa');
  t.equal(publicIdentity(rsaSpki(modulus(512), E65537)).kind, 'rsa', '4096 bits');
});

test('A12: hostile keys are refused before they are used', async (t) => {
  t.equal(smallOrder.length, 14);
  for (const [name, spki, reason] of hostile) {
    t.throws(() => publicIdentity(spki), { code: 'bad-public-key', message: reason }, name);
    t.throws(() => readPublicPem(writePem('PUBLIC KEY', spki)), { code: 'bad-public-key' }, `${name}, as PEM`);
  }
});

test('A12: at enrolment', async (t) => {
  const dir = t.testdir();
  const file = join(dir, 'key.pem');
  for (const [name, spki] of hostile) {
    writeFileSync(file, writePem('PUBLIC KEY', spki));
    await t.rejects(main(['enrol', 'alice', file, '--keys', dir], testIo()), { code: 'bad-file', message: /cannot be enrolled/ }, name);
  }
  writeFileSync(file, ed25519().privateKey.export({ format: 'pem', type: 'pkcs8' }));
  await t.rejects(main(['enrol', 'alice', file, '--keys', dir], testIo()), { message: /holds a private key/ }, "a private key's PEM");
  writeFileSync(file, writePem('PUBLIC KEY', spkiOf(ed25519().publicKey)));
  t.equal(await main(['enrol', 'alice', file, '--keys', dir], testIo()), 0, 'and a good one is enrolled');
});

test('A12: from outside, hostile shares, and certified keys of no worth', async (t) => {
  await withstands(t, hostileKeys, fieldOf(t, await TestServer.start(t)));
});
