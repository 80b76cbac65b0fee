import { test } from 'tap';
import { parseCertificate } from '../../../common/crypto/certificate.js';
import { type PublicIdentity, publicIdentity } from '../../../common/crypto/identity.js';
import { type Enrolment, Registry } from '../../../server/relay/registry.js';
import { cn, ed25519, good, NOW, type Pair, spkiOf, utc } from '../../support/certificate-maker.js';
import { ManualClock } from '../../support/manual-clock.js';

const identityOf = (pair: Pair): PublicIdentity => publicIdentity(spkiOf(pair.publicKey));
const keys = { alice: ed25519(), bob: ed25519(), other: ed25519() };
const authorities = [parseCertificate(good.authority())];

const certificate = (name: string, pair: Pair, notAfter?: string) =>
  [good.user({ subject: cn(name), spki: spkiOf(pair.publicKey), ...(notAfter ? { notAfter: utc(notAfter) } : {}) })];

function source(entries: Record<string, Pair>, { names = [], prints = [] }: { names?: string[]; prints?: string[] } = {}, acceptCertificates = true) {
  const users = new Map<string, Enrolment>(Object.entries(entries)
    .map(([username, pair]) => [username, { username, identity: identityOf(pair), certificates: [] }]));
  return { users: { users, revokedNames: new Set(names), revokedFingerprints: new Set(prints) }, authorities, acceptCertificates };
}

const printOf = (pair: Pair) => identityOf(pair).fingerprint.toString('hex');
const clock = () => new ManualClock(NOW.getTime());

test('by entry', async (t) => {
  const registry = new Registry(source({ alice: keys.alice }), clock());
  t.same(registry.find('alice', []).identity.spki, spkiOf(keys.alice.publicKey));
  for (const name of ['bob', 'Alice', '', 'constructor', '__proto__', 'a/b', '..']) {
    t.throws(() => registry.find(name, []), { name: 'TrustError' }, JSON.stringify(name));
  }
});

test('by certificate', async (t) => {
  const registry = new Registry(source({ alice: keys.alice }), clock());
  const found = registry.find('bob', certificate('bob', keys.bob));
  t.same(found.identity.spki, spkiOf(keys.bob.publicKey));
  t.throws(() => registry.find('bob', []), { code: 'unasked' }, 'looking changes nothing');
  registry.enrol(found);
  t.same(registry.find('bob', []).identity.spki, found.identity.spki, 'enrolled like any other');
  t.throws(() => registry.find('bob', certificate('bob', keys.other)), { code: 'key-changed' });
  t.throws(() => registry.find('Bob', certificate('Bob', keys.other)), { code: 'name-taken' });
  t.throws(() => registry.find('user3', certificate('user3', keys.bob)), { code: 'name-taken' }, 'the same key');
});

test('entry and certificate', async (t) => {
  const registry = new Registry(source({ alice: keys.alice }), clock());
  t.same(registry.find('alice', certificate('alice', keys.alice)).certificates.length, 1);
  t.throws(() => registry.find('alice', certificate('alice', keys.other)), { code: 'key-changed' });
  t.throws(() => registry.find('ALICE', certificate('ALICE', keys.other)), { code: 'name-taken' });
  t.throws(() => registry.find('alice', certificate('bob', keys.alice)), { code: 'bad-certificate' });
  t.throws(() => registry.find('alice', certificate('alice', keys.alice, '270101000000Z')), { code: 'bad-certificate' },
    'one that has expired refuses the login even where a key is enrolled');
  t.throws(() => registry.find('alice', [Buffer.from('no certificate')]), { name: 'TrustError' });
});

test('who registers looks like nobody who came by certificate', async (t) => {
  const registry = new Registry(source({}), clock());
  registry.enrol(registry.find('bob', certificate('bob', keys.bob)));
  const user = (username: string) => ({ username, identity: identityOf(keys.other), certificates: [] });
  for (const name of ['bob', 'BOB', 'b0b', 'B0b']) t.throws(() => registry.checkNew(user(name)), { code: 'name-taken' }, name);
  registry.checkNew(user('bobby'));
});

test('certificates not accepted', async (t) => {
  const registry = new Registry(source({ alice: keys.alice }, {}, false), clock());
  t.throws(() => registry.find('bob', certificate('bob', keys.bob)), { code: 'unasked' });
  t.ok(registry.find('alice', certificate('alice', keys.alice)));
});

test('who is revoked stays out (A19)', async (t) => {
  const registry = new Registry(source({ alice: keys.alice }, { names: ['bob'], prints: [printOf(keys.alice)] }), clock());
  t.throws(() => registry.find('alice', []), { code: 'revoked' });
  t.throws(() => registry.find('alice', certificate('alice', keys.alice)), { code: 'revoked' });
  t.throws(() => registry.find('bob', certificate('bob', keys.bob)), { code: 'revoked' });
  t.throws(() => registry.find('Bob', certificate('Bob', keys.bob)), { code: 'revoked' });
  const without = new Registry(source({}, { prints: [printOf(keys.alice)] }), clock());
  t.throws(() => without.find('user3', certificate('user3', keys.alice)), { code: 'revoked' }, 'the key under another name');
});

test('an enrolment by certificate ends with the certificate', async (t) => {
  const time = clock();
  const registry = new Registry(source({}), time);
  registry.enrol(registry.find('bob', certificate('bob', keys.bob, '270601000100Z')));
  time.advance(61_000);
  t.throws(() => registry.find('bob', []), { code: 'unasked' });
  t.ok(registry.find('bob', certificate('bob', keys.other)), 'and then a new key may come');
  t.ok(registry.find('BOB', certificate('BOB', keys.other)));
});

test('reading again', async (t) => {
  const registry = new Registry(source({ alice: keys.alice }), clock());
  registry.enrol(registry.find('bob', certificate('bob', keys.bob)));
  registry.replace(source({ alice: keys.other }));
  t.same(registry.find('alice', []).identity.spki, spkiOf(keys.other.publicKey));
  t.ok(registry.find('bob', []), 'in memory until the end');
  registry.replace(source({ BOB: keys.other }));
  t.throws(() => registry.find('alice', []), { code: 'unasked' });
  t.throws(() => registry.find('bob', []), { code: 'unasked' }, 'an entry wins');
  registry.replace({ ...source({}), authorities: [] });
  t.throws(() => registry.find('bob', certificate('bob', keys.bob)), { code: 'bad-certificate' });
});

test('an entry that was taken away does not live on in memory', async (t) => {
  const registry = new Registry(source({ alice: keys.alice }, {}, false), clock());
  registry.enrol(registry.find('alice', certificate('alice', keys.alice)));
  registry.replace(source({}, {}, false));
  t.throws(() => registry.find('alice', certificate('alice', keys.alice)), { code: 'unasked' });
  t.throws(() => registry.find('alice', []), { code: 'unasked' });
});

test('who is revoked later stays out too, by name in any case and by key (A19)', async (t) => {
  const registry = new Registry(source({}), clock());
  registry.enrol(registry.find('bob', certificate('bob', keys.bob)));
  registry.replace(source({}, { names: ['BOB'] }));
  t.throws(() => registry.find('bob', []), { code: 'revoked' });
  t.throws(() => registry.find('bob', certificate('bob', keys.bob)), { code: 'revoked' });
  registry.replace(source({}, { prints: [printOf(keys.bob)] }));
  t.throws(() => registry.find('bob', certificate('bob', keys.bob)), { code: 'revoked' });
});
