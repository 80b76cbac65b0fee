import { test } from 'tap';
import { parseCertificate } from '../../../common/crypto/certificate.js';
import { verifyServerChain } from '../../../common/crypto/chain.js';
import { KnownCertificates } from '../../../common/crypto/known-certificates.js';
import { TrustError } from '../../../common/errors.js';
import { cn, ed25519, good, NOW, spkiOf, utc } from '../../support/certificate-maker.js';

const authority = parseCertificate(good.authority());
const check = (der: Buffer, { authorities = [authority], serverName = 'localhost', now = NOW } = {}) =>
  verifyServerChain([der], { authorities, serverName, now });

test('who comes again with the same certificates is the same, and costs no second reading', async (t) => {
  const der = good.server();
  const first = check(der);
  t.equal(check(Buffer.from(der)), first, 'other memory, the same bytes');
  t.not(check(good.server({ notAfter: utc('290101000000Z') })), first, 'another certificate of the same name');
});

test('what was read once is still asked for its dates, its name and its authority', async (t) => {
  const der = good.server({ notAfter: utc('280101000000Z') });
  t.ok(check(der));
  t.throws(() => check(der, { now: new Date('2028-01-02') }), /expired/);
  t.throws(() => check(der, { now: new Date('2020-01-01') }), /not valid before/);
  t.throws(() => check(der, { serverName: 'example.org' }), /not for "example.org"/);
  t.throws(() => check(der, { authorities: [] }), /not an authority that is trusted/);
  const other = ed25519();
  const namesake = parseCertificate(good.authority({ spki: spkiOf(other.publicKey), by: other.privateKey }));
  t.throws(() => check(der, { authorities: [namesake] }), /was not made by/, 'of the same name, with another key');
  const late = parseCertificate(good.authority({ notAfter: utc('270501000000Z') }));
  t.throws(() => check(der, { authorities: [late] }), /"CN=Test authority" expired/, 'the same key, which is no longer valid');
  t.ok(check(der), 'and after all that it still verifies');
});

test('a signature that was wrong once is not remembered as right, nor one that was right as right for all', async (t) => {
  const own = parseCertificate(good.server());
  const other = ed25519();
  const stranger = parseCertificate(good.authority({ spki: spkiOf(other.publicKey), by: other.privateKey }));
  for (let time = 0; time < 2; time++) {
    t.notOk(own.signedBy(stranger));
    t.ok(own.signedBy(authority));
  }
});

test('a byte changed: another certificate, which is read and verified anew', async (t) => {
  const der = good.server();
  check(der);
  const changed = Buffer.from(der);
  changed[changed.length - 1]! ^= 1;
  t.throws(() => check(changed), TrustError);
  t.throws(() => check(changed), TrustError, 'nor is it remembered');
});

test('strangers with certificates of their own do not drive out who is known', async (t) => {
  const der = good.server();
  const first = check(der);
  const stranger = ed25519();
  let refused = 0;
  for (let count = 0; count < 1_100; count++) {
    try {
      check(good.server({ subject: cn(`stranger ${count}`), by: stranger.privateKey }));
    } catch {
      refused++;
    }
  }
  t.equal(refused, 1_100);
  t.equal(check(der), first);
});

test('no more are remembered than are allowed, and none that was only read', async (t) => {
  const known = new KnownCertificates(2);
  const all = ['one', 'two', 'three'].map((name) => good.server({ subject: cn(name) }));
  const [one, two, three] = all.map((der) => known.read(der));
  t.equal(known.size, 0);
  known.remember([one!, two!]);
  t.equal(known.read(all[0]!), one);
  known.remember([three!]);
  t.equal(known.size, 2);
  t.not(known.read(all[0]!), one, 'the first is forgotten');
  t.equal(known.read(all[1]!), two);
  t.equal(known.read(all[2]!), three);
  known.remember([three!]);
  t.equal(known.size, 2, 'the same one again takes no more room');
});
