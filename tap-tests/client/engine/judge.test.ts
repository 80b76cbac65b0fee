import { test } from 'tap';
import type { Event } from '../../../client/engine/protocol.js';
import { Safety } from '../../../client/engine/safety.js';
import { judge, readPeerKey } from '../../../client/engine/judge.js';
import { type Pin, TrustStore } from '../../../client/engine/trust-store.js';
import { parseCertificate } from '../../../common/crypto/certificate.js';
import { safetyNumber } from '../../../common/crypto/safety-number.js';
import { CLIENT_AUTH, cn, ed25519, ext, good, NOW, spkiOf, utc } from '../../support/certificate-maker.js';
import { edIdentity } from '../../support/exchange-pair.js';
import { ManualClock } from '../../support/manual-clock.js';

const [key, other] = [edIdentity().public, edIdentity().public];
const pin = (of: typeof key, compared: boolean): Pin =>
  ({ server: 'relay', username: 'alice', fingerprint: of.fingerprint.toString('hex'), compared, since: '2027-01-01T00:00:00.000Z' });

test('the table of the specification: the pin is looked at first', async (t) => {
  for (const compared of [true, false]) {
    t.same(judge(pin(key, compared), key, true), { result: 'certified', compared });
    t.same(judge(pin(key, compared), key, false), { result: 'known', compared });
    for (const certified of [true, false]) {
      t.same(judge(pin(other, compared), key, certified), { result: 'changed', pinned: other.fingerprint }, 'a certificate changes nothing');
    }
  }
  t.same(judge(undefined, key, true), { result: 'certified', compared: false });
  t.same(judge(undefined, key, false), { result: 'first-use', compared: false });
});

const authorities = [parseCertificate(good.authority())];
const spki = spkiOf(good.leafKeys.publicKey);
const read = (certificates: Buffer[], peer = 'alice', now = NOW, of = spki) => readPeerKey({ peer, spki: of, certificates }, authorities, now);

test('a key alone, and one whose certificates verify', async (t) => {
  t.equal(read([]).certified, false);
  t.same(read([]).key.spki, spki);
  t.equal(read([good.user()]).certified, true);
});

const uncertified: [string, () => boolean][] = [
  ['for another name', () => read([good.user()], 'bob').certified],
  ['expired', () => read([good.user({ notAfter: utc('270101000000Z') })]).certified],
  ["a server's", () => read([good.server({ subject: cn('alice') })]).certified],
  ['of another authority', () => read([good.user({ by: ed25519().privateKey })]).certified],
  ['an authority', () => read([good.user({ extensions: [ext.ca(), ext.signature(), ext.purposes(CLIENT_AUTH)] })]).certified],
];

for (const [name, certified] of uncertified) {
  test(`not certified, and not refused: ${name}`, async (t) => t.equal(certified(), false));
}

test('a certificate of another key than the one beside it', async (t) => {
  t.throws(() => read([good.user()], 'alice', NOW, key.spki), { name: 'TrustError', code: 'bad-certificate', message: /another key/ });
});

test('what is no certificate, and what is no key', async (t) => {
  t.throws(() => read([Buffer.from('no')]), { code: 'bad-certificate' });
  t.throws(() => read([], 'alice', NOW, Buffer.from('no')), { code: 'malformed' });
  t.throws(() => read([], 'alice', NOW, Buffer.concat([spki, Buffer.alloc(1)])), { code: 'malformed' });
});

/** What a person says about keys, with nothing behind it. */
async function safetyOf({ compared = false, changed = false } = {}) {
  const events: Event[] = [];
  const trust = TrustStore.inMemory();
  await trust.put({ ...pin(key, compared), username: 'bob' });
  const credentials = { username: 'alice', identity: edIdentity(), certificates: [], authorities: [] };
  const self = {
    credentials, serverName: 'relay', suites: [], pool: undefined as never, trust, clock: new ManualClock(),
    changed: new Map(changed ? [['bob', other]] : []),
  };
  const number = safetyNumber({ username: 'alice', fingerprint: credentials.identity.public.fingerprint }, { username: 'bob', fingerprint: other.fingerprint });
  return { safety: new Safety(self, (event) => void events.push(event)), trust, events, self, number };
}

test('an approved key has not been compared, whatever was said of the old one', async (t) => {
  const { safety, trust, events, self, number } = await safetyOf({ compared: true, changed: true });
  await safety.trust('bob', number.replace('0', '1').replace(/[2-9]/, '1'));
  t.match(events, [{ event: 'error', code: 'wrong-number' }]);
  t.match(trust.find('relay', 'bob'), { fingerprint: key.fingerprint.toString('hex'), compared: true });
  await safety.trust('bob', number);
  t.match(events.at(-1), { event: 'trusted', number });
  t.match(trust.find('relay', 'bob'), { fingerprint: other.fingerprint.toString('hex'), compared: false });
  t.equal(self.changed.size, 0);
});

test('while a changed key waits, the old one cannot be called compared', async (t) => {
  const { safety, trust, events } = await safetyOf({ changed: true });
  await safety.compared('bob', undefined);
  t.match(events, [{ event: 'error', code: 'not-now' }]);
  t.equal(trust.find('relay', 'bob')?.compared, false);
  const settled = await safetyOf();
  await settled.safety.compared('bob', undefined);
  t.match(settled.events, [{ event: 'safety-number', compared: true }]);
});
