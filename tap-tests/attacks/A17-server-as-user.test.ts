import { test } from 'tap';
import { parseCertificate } from '../../common/crypto/certificate.js';
import { verifyServerChain, verifyUserChain } from '../../common/crypto/chain.js';
import { certificatesIn, makeAuthority } from '../support/authority.js';
import {
  ANY_PURPOSE, CLIENT_AUTH, NOW, cn, ed25519, ext, good, serverExtensions, utc,
} from '../support/certificate-maker.js';
import { fieldOf, withstands } from '../support/attack-field.js';
import { TestServer } from '../support/test-server.js';
import { serverAsUser } from './live/A17-server-as-user.js';

const authorities = [parseCertificate(good.authority())];
const check = (chain: Buffer[], username = 'alice', now = NOW) => verifyUserChain(chain, { authorities, username, now });
const other = ed25519();

test('A17: what passes', async (t) => {
  t.same(check([good.user()]).subject.commonNames, ['alice']);
  t.ok(check([good.user({ subject: cn('localhost') })], 'localhost'), 'the name is not the reason');
});

const rows: [string, () => unknown, RegExp][] = [
  ["a server's", () => check([good.server()], 'localhost'), /its purpose is not a user's \(clientAuth\)/],
  ['any purpose', () => check([good.user({ extensions: [ext.notCa(), ext.signature(), ext.purposes(ANY_PURPOSE)] })]), /clientAuth/],
  ['no purpose', () => check([good.user({ extensions: [ext.notCa(), ext.signature()] })]), /clientAuth/],
  ["another user's", () => check([good.user()], 'bob'), /it is for "alice", not for "bob"/],
  ['another case', () => check([good.user()], 'Alice'), /it is for "alice", not for "Alice"/],
  ['two common names', () => check([good.user({ subject: cn('alice', 'bob') })]), /more than one common name/],
  ['the same common name twice', () => check([good.user({ subject: cn('alice', 'alice') })]), /more than one common name/],
  ['no common name', () => check([good.user({ subject: cn() })]), /no common name/],
  ['a name with a NUL', () => check([good.user({ subject: cn('alice\0.bob') })]), /it is for "alice\\u\{0\}.bob"/],
  ['escape sequences', () => check([good.user({ subject: cn('\x1b[2Jalice\u202e') })]), /"\\u\{1b\}\[2Jalice\\u\{202e\}"/],
  ['signed by another', () => check([good.user({ by: other.privateKey })]), /was not made by the authority/],
  ['expired', () => check([good.user({ notAfter: utc('270501000000Z') })]), /expired/],
  ['not for signatures', () => check([good.user({ extensions: [ext.notCa(), ext.keyEncipherment(), ext.purposes(CLIENT_AUTH)] })]),
    /digitalSignature/],
  ['not for anything', () => check([good.user({ extensions: [ext.notCa(), ext.purposes(CLIENT_AUTH)] })]), /digitalSignature/],
  ['an authority', () => check([good.user({ extensions: [ext.ca(), ext.signature(), ext.purposes(CLIENT_AUTH)] })]), /is an authority's/],
  ['both, with a host', () => check([good.server({ extensions: serverExtensions() })]), /clientAuth/],
];

for (const [name, attempt, sentence] of rows) {
  test(`A17: ${name}`, async (t) => {
    t.throws(attempt, { name: 'TrustError', code: 'bad-certificate', message: sentence });
    t.throws(attempt, { message: /^The user's certificate is refused/ });
  });
}

test('A17: the certificate that node keys makes for a server', async (t) => {
  const { keys, authorities: made, user } = await makeAuthority(t.testdir());
  const [server] = await certificatesIn(keys.server.chain);
  const now = new Date();
  t.throws(() => verifyUserChain([server!.der], { authorities: made, username: 'localhost', now }), /clientAuth/);
  const alice = await user('alice');
  t.ok(verifyUserChain(alice.chain, { authorities: made, username: 'alice', now: new Date() }));
});

test("A17: from outside, the server's own pair", async (t) => {
  await withstands(t, serverAsUser, fieldOf(t, await TestServer.start(t)));
});

test('A17: and the other way round, what it makes for a user is no server', async (t) => {
  const { authorities: made, user } = await makeAuthority(t.testdir());
  const alice = await user('alice');
  const own = parseCertificate(alice.chain[0]!);
  t.same([...own.purposes!], [CLIENT_AUTH]);
  t.same([own.isAuthority, [...own.keyUsage!]], [false, [0]]);
  t.throws(() => verifyServerChain(alice.chain, { authorities: made, serverName: 'alice', now: new Date() }), /serverAuth/);
});
