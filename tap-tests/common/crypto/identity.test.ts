import { test } from 'tap';
import { constants, generateKeyPairSync, sign } from 'node:crypto';
import { privateIdentity, publicIdentity, showFingerprint } from '../../../common/crypto/identity.js';
import { sha256 } from '../../../common/crypto/node.js';
import { ed25519, rsaPair, spkiOf } from '../../support/certificate-maker.js';

test('a private identity signs what its public one verifies', async (t) => {
  for (const [kind, pair, length] of [['ed25519', ed25519(), 64], ['rsa', rsaPair(), 256]] as const) {
    const identity = privateIdentity(pair.privateKey);
    const data = Buffer.from('data');
    const signature = await identity.sign(data);
    t.equal(identity.public.kind, kind);
    t.equal(signature.length, length);
    t.ok(identity.public.verify(data, signature));
    t.notOk(identity.public.verify(Buffer.from('Data'), signature));
    t.notOk(identity.public.verify(data, signature.subarray(1)));
    t.same(identity.public.fingerprint, sha256(spkiOf(pair.publicKey)));
  }
});

test('what it is given later does not change it', async (t) => {
  const spki = spkiOf(ed25519().publicKey);
  const identity = publicIdentity(spki);
  const before = Buffer.from(identity.spki);
  spki.fill(0);
  t.same(identity.spki, before);
});

test('private keys that are no identity', async (t) => {
  for (const key of [rsaPair(1024).privateKey, generateKeyPairSync('x25519').privateKey,
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey]) {
    t.throws(() => privateIdentity(key), { code: 'bad-key-file' });
  }
});

test('a fingerprint as people read it', async (t) => {
  t.equal(showFingerprint(Buffer.alloc(4, 0xab)), 'abab abab');
});

test('a PSS signature with any other salt than one of 32 bytes', async (t) => {
  const { privateKey: key } = rsaPair();
  const { public: identity } = privateIdentity(key);
  const data = Buffer.from('data');
  for (const saltLength of [0, 20, 31, 32, 33, 64, 222]) {
    const signature = sign('sha256', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
    t.equal(identity.verify(data, signature), saltLength === 32, `${saltLength} bytes`);
  }
  t.notOk(identity.verify(data, sign('sha256', data, key)), 'PKCS #1 v1.5');
});
