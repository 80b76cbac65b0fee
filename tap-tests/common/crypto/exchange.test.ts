import { createHmac } from 'node:crypto';
import { test } from 'tap';
import { decode, encode } from '../../../common/bytes/codec.js';
import { answer, deriveKeys, finish, initiate, loginTranscript, respond, wipeKeys } from '../../../common/crypto/exchange.js';
import { ed25519Decoy } from '../../../common/crypto/decoy.js';
import { hkdfExpand, hkdfExtract, sha256 } from '../../../common/crypto/node.js';
import { Secret } from '../../../common/crypto/secret.js';
import { type EphemeralKey, rsaSuite, suites, X25519Ephemeral, x25519Suite } from '../../../common/crypto/suite.js';
import { HandshakeError, TrustError } from '../../../common/errors.js';
import { body1, body2 } from '../../../common/wire/bodies.js';
import { edIdentity, ephemeralOf, rsaIdentity, runExchange, sameKeys } from '../../support/exchange-pair.js';

const t0 = loginTranscript();
const [alice, bob, anybody] = [edIdentity(), edIdentity(), edIdentity()];
const begin = (ephemeral: EphemeralKey = new X25519Ephemeral(), received = initiate(t0, 'alice', suites).body1) =>
  respond({ t0, received, named: true, ephemeral: async () => ephemeral, certificates: [], identity: bob });

for (const suite of suites) {
  for (const [kind, identity] of [['ed25519', alice], ['rsa', rsaIdentity()]] as const) {
    test(`both sides have the same keys: ${suite.name}, signed with ${kind}`, async (t) => {
      const { initiator, responder } = await runExchange({ t0, suite, initiator: identity, responder: bob, username: 'alice' });
      for (const name of ['initiatorToResponder', 'responderToInitiator', 'renewal'] as const) {
        t.same(initiator[name].bytes, responder[name].bytes, name);
        t.equal(initiator[name].bytes.length, 32);
      }
      t.notSame(initiator.initiatorToResponder.bytes, initiator.responderToInitiator.bytes, 'one for each direction');
      t.notSame(initiator.renewal.bytes, initiator.responderToInitiator.bytes);
      const again = await runExchange({ t0, suite, initiator: identity, responder: bob, username: 'alice' });
      t.notOk(sameKeys(initiator, again.initiator), 'fresh each time');
    });
  }
}

test('keys are wiped on the way: t3 and K', async (t) => {
  const [t3, k] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const prk = hkdfExtract(t3, k);
  const keys = deriveKeys(t3, new Secret(k));
  t.same(keys.initiatorToResponder.bytes, hkdfExpand(prk, 'MessageApp/2 initiator to responder', 32));
  t.same(keys.renewal.bytes, hkdfExpand(prk, 'MessageApp/2 renewal', 32));
  t.same([t3, k], [Buffer.alloc(32), Buffer.alloc(32)]);
});

test('the ephemeral key is destroyed once the share was looked at, whatever came', async (t) => {
  const attempts: [string, (body3: Buffer) => Buffer, () => typeof alice.public][] = [
    ['right', (body) => body, () => alice.public],
    ['malformed', (body) => body.subarray(1), () => alice.public],
    ['another key', (body) => body, () => anybody.public],
    ['unknown name', (body) => body, () => {
      throw new HandshakeError('not-authenticated', 'nobody');
    }],
  ];
  for (const [name, change, find] of attempts) {
    const first = initiate(t0, 'alice', [x25519Suite]);
    const ephemeral = new X25519Ephemeral();
    const { body2: said, expecting } = await begin(ephemeral, first.body1);
    const { body3 } = await answer(first.expecting, said, { identity: alice, certificates: [] }, () => bob.public);
    try {
      finish(expecting, change(body3), find);
      t.equal(name, 'right');
    } catch (error) {
      t.ok((error as { code?: string }).code, name);
    }
    t.ok(ephemeral.destroyed, name);
  }
});

test('the initiator checks in order: certificates, suite, ephemeral key, signature', async (t) => {
  const { expecting, body1: first } = initiate(t0, 'alice', [x25519Suite]);
  const { body2: said } = await begin(new X25519Ephemeral(), first);
  const of = (change: object) => encode(body2, { ...decode(body2, said), ...change });
  const wrongSignature = { signature: Buffer.alloc(64) };
  const wrongKey = { ...wrongSignature, ephemeralKey: Buffer.alloc(32) };
  const wrongSuite = { ...wrongKey, suite: 1 };
  const take = (body: Buffer, find = () => bob.public) => answer(expecting, body, { identity: alice, certificates: [] }, find);
  const refuse = () => {
    throw new TrustError('bad-certificate', 'no');
  };
  await t.rejects(take(of(wrongSuite), refuse), { code: 'bad-certificate' });
  await t.rejects(take(of(wrongSuite)), { code: 'no-common-suite' });
  await t.rejects(take(of(wrongKey)), { code: 'bad-public-key' });
  await t.rejects(take(of(wrongSignature)), { code: 'bad-signature' });
  await t.rejects(take(said.subarray(1)), { code: 'malformed' });
  await t.rejects(take(of({ suite: 9 })), { code: 'no-common-suite' }, 'one that nobody knows');
  t.ok(await take(said));
});

test('the share is looked at only behind a signature that fits', async (t) => {
  const did: string[] = [];
  const watched: EphemeralKey = {
    suite: x25519Suite, publicBytes: new X25519Ephemeral().publicBytes,
    open: () => void did.push('open'), openDecoy: () => void did.push('decoy'), destroy: () => void did.push('destroy'),
  };
  const first = initiate(t0, 'alice', [x25519Suite]);
  const { body2: said, expecting } = await begin(watched, first.body1);
  const { body3 } = await answer(first.expecting, said, { identity: alice, certificates: [] }, () => bob.public);
  t.throws(() => finish(expecting, body3, () => anybody.public), { code: 'bad-signature' });
  t.throws(() => finish(expecting, body3, () => {
    throw new HandshakeError('not-authenticated', 'unknown');
  }), { code: 'not-authenticated' });
  t.throws(() => finish(expecting, body3, () => alice.public), { code: 'bad-share' });
  t.same(did, ['decoy', 'destroy', 'decoy', 'destroy', 'open', 'destroy'], 'the same work each time');
});

test('a username is said in a login, and nowhere else', async (t) => {
  const between = initiate(t0, '', [x25519Suite]).body1;
  await t.rejects(begin(new X25519Ephemeral(), between), { code: 'malformed' });
  const login = initiate(t0, 'alice', [x25519Suite]).body1;
  const peers = { t0, received: login, named: false, ephemeral: async () => new X25519Ephemeral(), certificates: [], identity: bob };
  await t.rejects(respond(peers), { code: 'malformed' });
  t.equal((await begin()).username, 'alice');
});

test('a key that was taken is destroyed where body2 cannot be made', async (t) => {
  const ephemeral = new X25519Ephemeral();
  const broken = { public: bob.public, sign: () => Promise.reject(new Error('no key')) };
  const received = initiate(t0, 'alice', suites).body1;
  await t.rejects(respond({ t0, received, named: true, ephemeral: async () => ephemeral, certificates: [], identity: broken }), { message: 'no key' });
  t.ok(ephemeral.destroyed);
});

test('the responder is offered suites in their order, known or not', async (t) => {
  const received = encode(body1, { username: 'alice', suites: [9, 2, 1], nonce: Buffer.alloc(32) });
  let offered: readonly number[] = [];
  const { suite } = await respond({
    t0, received, named: true, certificates: [], identity: bob,
    ephemeral: async (list) => {
      offered = list;
      return ephemeralOf(rsaSuite);
    },
  });
  t.same(offered, [9, 2, 1]);
  t.equal(suite, rsaSuite);
});

test('the transcript of a login', async (t) => t.same(loginTranscript(), sha256('MessageApp/2 login')));

test('for a name that nobody has a signature is verified too, with one key that fits none', async (t) => {
  const decoy = ed25519Decoy();
  t.equal(ed25519Decoy(), decoy, 'it is made once');
  let verified = 0;
  const { verify } = decoy;
  Object.assign(decoy, { verify: (...args: Parameters<typeof verify>) => (verified++, verify(...args)) });
  t.teardown(() => Object.assign(decoy, { verify }));
  const first = initiate(t0, 'alice', [x25519Suite]);
  const { body2: said, expecting } = await begin(new X25519Ephemeral(), first.body1);
  const { body3 } = await answer(first.expecting, said, { identity: alice, certificates: [] }, () => bob.public);
  t.throws(() => finish(expecting, body3, () => {
    throw new HandshakeError('not-authenticated', 'unknown');
  }), { code: 'not-authenticated' });
  t.equal(verified, 1);
});

test('keys are wiped on the way: PRK, and whatever else HMAC gave', async (t) => {
  const given: Buffer[] = [];
  const hmac = Object.getPrototypeOf(createHmac('sha256', '')) as { digest: (...args: unknown[]) => Buffer };
  const { digest } = hmac;
  hmac.digest = function watched(...args) {
    given.push(digest.apply(this, args));
    return given.at(-1)!;
  };
  t.teardown(() => Object.assign(hmac, { digest }));
  deriveKeys(Buffer.alloc(32, 1), new Secret(Buffer.alloc(32, 2)));
  t.ok(given.length >= 4, 'PRK and three keys');
  t.ok(given.every((bytes) => bytes.equals(Buffer.alloc(bytes.length))));
});

test('K is wiped where the signature of M2 is wrong', async (t) => {
  let k: Secret | undefined;
  const watched = { ...x25519Suite, share: (...args: Parameters<typeof x25519Suite.share>) => {
    const made = x25519Suite.share(...args);
    k = made.k;
    return made;
  } };
  const { expecting, body1: first } = initiate(t0, 'alice', [watched]);
  const { body2: said } = await begin(new X25519Ephemeral(), first);
  await t.rejects(answer(expecting, said, { identity: alice, certificates: [] }, () => anybody.public), { code: 'bad-signature' });
  t.ok(k?.wiped);
});

test('keys that nothing has taken over are wiped, all three', async (t) => {
  const keys = deriveKeys(Buffer.alloc(32, 1), new Secret(Buffer.alloc(32, 2)));
  wipeKeys(keys);
  t.same(Object.values(keys).map(({ wiped }) => wiped), [true, true, true]);
});
