import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { test } from 'tap';
import { makeRsaPair, randomBytes, rsaPublicDer } from '../../../common/crypto/node.js';
import { rsaSuite, suiteById, suites, X25519Ephemeral, x25519Suite } from '../../../common/crypto/suite.js';
import { ephemeralOf, rsaEphemeral } from '../../support/exchange-pair.js';

const badKey = { name: 'HandshakeError', code: 'bad-public-key' };
/** RFC 7748, 6.1 and the points of small order that libraries are known to take. */
const SMALL_ORDER = [
  '00'.repeat(32), `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`, `ed${'ff'.repeat(30)}7f`, `ee${'ff'.repeat(30)}7f`,
].map((hex) => Buffer.from(hex, 'hex'));

for (const suite of suites) {
  test(`${suite.name}: both sides have the same 32 bytes, other ones each time`, async (t) => {
    const ephemeral = ephemeralOf(suite);
    const [one, other] = [suite.share(ephemeral.publicBytes, randomBytes), suite.share(ephemeral.publicBytes, randomBytes)];
    t.equal(one.k.bytes.length, 32);
    t.same(ephemeral.open(one.share)?.bytes, one.k.bytes);
    t.same(ephemeral.open(other.share)?.bytes, other.k.bytes);
    t.notSame(one.k.bytes, other.k.bytes);
    t.notSame(one.share, other.share);
    t.equal(one.share.length, suite === rsaSuite ? 256 : 32);
    t.equal(ephemeral.suite, suite);
    t.equal(suiteById(suite.id), suite);
  });

  test(`${suite.name}: a share that does not open`, async (t) => {
    const ephemeral = ephemeralOf(suite);
    const { share } = suite.share(ephemeral.publicBytes, randomBytes);
    for (const length of [0, 1, share.length - 1, share.length + 1, 512]) t.equal(ephemeral.open(Buffer.alloc(length, 1)), undefined, `${length} bytes`);
    t.doesNotThrow(() => ephemeral.openDecoy());
  });

  test(`${suite.name}: once destroyed it opens nothing`, async (t) => {
    const ephemeral = ephemeralOf(suite);
    const { share } = suite.share(ephemeral.publicBytes, randomBytes);
    ephemeral.destroy();
    ephemeral.destroy();
    t.throws(() => ephemeral.open(share), { message: /destroyed/ });
    t.throws(() => ephemeral.openDecoy(), { message: /destroyed/ });
  });
}

test('rsa: a bit changed, and a K of another length', async (t) => {
  const ephemeral = rsaEphemeral();
  const { share } = rsaSuite.share(ephemeral.publicBytes, randomBytes);
  share.writeUInt8(share.readUInt8(200) ^ 1, 200);
  t.equal(ephemeral.open(share), undefined);
  for (const length of [0, 31, 33, 190]) {
    t.equal(ephemeral.open(rsaSuite.share(ephemeral.publicBytes, () => Buffer.alloc(length, 1)).share), undefined, `K of ${length} bytes`);
  }
});

test('rsa: only a key of exactly 2048 bits is shared with', async (t) => {
  for (const bits of [1024, 2056]) {
    const der = rsaPublicDer(makeRsaPair(bits).publicKey);
    t.throws(() => rsaSuite.share(der, randomBytes), badKey, `${bits} bits`);
  }
  t.throws(() => rsaSuite.share(randomBytes(32), randomBytes), { code: 'malformed' });
  const { publicBytes } = rsaEphemeral();
  t.throws(() => rsaSuite.share(Buffer.concat([publicBytes, Buffer.alloc(1)]), randomBytes), { code: 'malformed' });
});

test('x25519: points of small order, on either side', async (t) => {
  const ephemeral = new X25519Ephemeral();
  for (const point of SMALL_ORDER) {
    t.equal(ephemeral.open(point), undefined, point.toString('hex'));
    t.throws(() => x25519Suite.share(point, randomBytes), badKey);
    const highBit = Buffer.from(point);
    highBit.writeUInt8(point.readUInt8(31) | 0x80, 31);
    t.equal(ephemeral.open(highBit), undefined, 'with the bit that is not looked at');
  }
  for (const length of [0, 31, 33, 270]) t.throws(() => x25519Suite.share(Buffer.alloc(length, 9), randomBytes), badKey);
});

test('numbers of suites that nobody has', async (t) => {
  for (const id of [0, 3, 255]) t.equal(suiteById(id), undefined);
});

test('whatever the length of a share, and for none at all, the private key is used once', async (t) => {
  const used = { privateDecrypt: 0, diffieHellman: 0 };
  const { privateDecrypt, diffieHellman } = crypto;
  Object.assign(crypto, {
    privateDecrypt: (...args: Parameters<typeof privateDecrypt>) => (used.privateDecrypt++, privateDecrypt(...args)),
    diffieHellman: (...args: Parameters<typeof diffieHellman>) => (used.diffieHellman++, diffieHellman(...args)),
  });
  syncBuiltinESMExports();
  t.teardown(() => {
    Object.assign(crypto, { privateDecrypt, diffieHellman });
    syncBuiltinESMExports();
  });
  for (const [suite, what, length] of [[rsaSuite, 'privateDecrypt', 256], [x25519Suite, 'diffieHellman', 32]] as const) {
    const ephemeral = ephemeralOf(suite);
    const before = used[what];
    const work = [0, 1, length - 1, length, length + 1].map((bytes) => () => void ephemeral.open(Buffer.alloc(bytes, 9)));
    for (const [at, one] of [...work, () => ephemeral.openDecoy()].entries()) {
      one();
      t.equal(used[what] - before, at + 1, `${suite.name}, ${at}`);
    }
  }
});
