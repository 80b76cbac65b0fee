import { test } from 'tap';
import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePem } from '../../common/bytes/pem.js';
import { parseCertificate } from '../../common/crypto/certificate.js';
import { verifyServerChain } from '../../common/crypto/chain.js';
import { sign } from '../../common/crypto/node.js';
import { TrustError } from '../../common/errors.js';
import { certificatesIn, makeAuthority } from '../support/authority.js';
import {
  ANY_PURPOSE, CLIENT_AUTH, LOCAL_NAMES, NOW, SERVER_AUTH, algorithms, cn, ed25519, ext, extension, good, makeCertificate, rsaPair,
  seq, serverExtensions, spkiOf, utc,
} from '../support/certificate-maker.js';

const authority = good.authority();
const check = (chain: Buffer[], { serverName = 'localhost', trusted = [authority], now = NOW } = {}) =>
  verifyServerChain(chain, { authorities: trusted.map(parseCertificate), serverName, now });

/** Every fixture differs from `good.server()` in the one thing that its row names. */
const rsaCa = rsaPair();
const rsaAuthority = good.authority({ spki: spkiOf(rsaCa.publicKey), by: rsaCa.privateKey });
const signedByRsa = (change = {}) => good.server({ by: rsaCa.privateKey, ...change });
const other = ed25519();
const self = ed25519();
const middle = ed25519();

const intermediate = (change = {}) => good.authority({
  subject: cn('Middle'), spki: spkiOf(middle.publicKey), ...change,
});
const belowMiddle = good.server({ issuer: cn('Middle'), by: middle.privateKey });

test('A1: what passes, so that each fixture below is refused for its one difference', async (t) => {
  t.equal(check([good.server()]).subject.text, 'CN=localhost');
  t.ok(check([good.server(), authority]), 'with the authority at the end of the chain');
  t.ok(check([signedByRsa()], { trusted: [rsaAuthority] }), 'an RSA authority');
  t.ok(check([signedByRsa({ algorithm: algorithms.sha384, digest: 'sha384' })], { trusted: [rsaAuthority] }));
  t.ok(check([signedByRsa({ algorithm: algorithms.sha512, digest: 'sha512' })], { trusted: [rsaAuthority] }));
  t.ok(check([belowMiddle, intermediate()]), 'an intermediate authority');
  t.ok(check([good.server()], { serverName: 'LocalHost' }), 'DNS without regard to case');
  t.ok(check([good.server()], { serverName: '127.0.0.1' }));
  t.ok(check([good.server()], { serverName: '0:0:0:0:0:0:0:1' }), 'IPv6 by value');
  t.ok(check([good.server({ spki: spkiOf(rsaPair(2048).publicKey) })]));
  t.ok(check([good.server()], { trusted: [good.authority({ spki: spkiOf(other.publicKey), by: other.privateKey }), authority] }),
    'two authorities of one name');
});

const rows: [string, () => unknown, RegExp][] = [
  ['none', () => check([]), /there is none/],
  ['too many', () => check(Array(9).fill(good.server())), /more than 8/],
  ['self-signed', () => check([good.server({ issuer: cn('localhost'), spki: spkiOf(self.publicKey), by: self.privateKey })]), /self-signed/],
  ['another CA', () => check([good.server({ issuer: cn('Other') })]), /issued by CN=Other, which is not an authority/],
  ['another CA of the same name', () => check([good.server({ by: other.privateKey })]), /signature on "CN=localhost" was not made/],
  ['expired', () => check([good.server({ notAfter: utc('270501000000Z') })]), /"CN=localhost" expired on 2027-05-01 00:00 UTC/],
  ['not yet valid', () => check([good.server({ notBefore: utc('270701000000Z') })]), /"CN=localhost" is not valid before 2027-07-01/],
  ['authority expired', () => check([good.server()], { trusted: [good.authority({ notAfter: utc('270501000000Z') })] }),
    /"CN=Test authority" expired/],
  ['wrong host', () => check([good.server()], { serverName: 'example.org' }), /it is for localhost, 127.0.0.1, ::1, not for "example.org"/],
  ['wrong address', () => check([good.server()], { serverName: '127.0.0.2' }), /not for "127.0.0.2"/],
  ['wildcard', () => check([good.server({ extensions: serverExtensions({ names: ext.names({ dns: '*.example.org' }) }) })],
    { serverName: 'a.example.org' }), /Wildcards are not accepted/],
  ['wildcard dialled', () => check([good.server({ extensions: serverExtensions({ names: ext.names({ dns: '*.example.org' }) }) })],
    { serverName: '*.example.org' }), /Wildcards are not accepted/],
  ['common name only', () => check([good.server({ extensions: serverExtensions().slice(0, 3) })]), /names no host/],
  ['address as a DNS name', () => check([good.server({ extensions: serverExtensions({ names: ext.names({ dns: '127.0.0.1' }) }) })],
    { serverName: '127.0.0.1' }), /not for "127.0.0.1"/],
  ['issued by a leaf', () => check([
    good.server({ issuer: cn('leaf'), by: good.leafKeys.privateKey }), good.server({ subject: cn('leaf') }),
  ]), /issued by "CN=leaf", which is no authority/],
  ['issuer without CA flag', () => check([belowMiddle, intermediate({ extensions: [ext.notCa(), ext.certSign()] })]),
    /issued by "CN=Middle", which is no authority/],
  ['issuer without basicConstraints', () => check([belowMiddle, intermediate({ extensions: [ext.certSign()] })]), /no authority/],
  ['issuer whose key is not for certificates', () => check([belowMiddle, intermediate({ extensions: [ext.ca(), ext.signature()] })]),
    /not for signing certificates/],
  ['path too long', () => check([belowMiddle, intermediate()], { trusted: [good.authority({ extensions: [ext.ca(0), ext.certSign()] })] }),
    /more authorities below "CN=Test authority" than it allows \(0\)/],
  ['issuer for another purpose', () => check([belowMiddle, intermediate({ extensions: [ext.ca(), ext.certSign(), ext.purposes(CLIENT_AUTH)] })]),
    /may not issue certificates for this purpose/],
  ['chain in disorder', () => check([good.server(), intermediate()]), /but "CN=Middle" follows it/],
  ['clientAuth only', () => check([good.server({ extensions: serverExtensions({ purposes: ext.purposes(CLIENT_AUTH) }) })]), /serverAuth/],
  ['anyExtendedKeyUsage', () => check([good.server({ extensions: serverExtensions({ purposes: ext.purposes(ANY_PURPOSE) }) })]), /serverAuth/],
  ['no purpose', () => check([good.server({ extensions: [ext.notCa(), ext.signature(), ext.names(...LOCAL_NAMES)] })]), /serverAuth/],
  ['key not for signatures', () => check([good.server({ extensions: serverExtensions({ usage: ext.keyEncipherment() }) })]), /digitalSignature/],
  ['an authority as server', () => check([good.server({ extensions: serverExtensions({ basic: ext.ca() }) })]), /is an authority's/],
  ['RSA-1024', () => check([good.server({ spki: spkiOf(rsaPair(1024).publicKey) })]), /RSA key has 1024 bits/],
  ['SHA-1', () => check([signedByRsa({ algorithm: algorithms.sha1, digest: 'sha1' })], { trusted: [rsaAuthority] }), /signed with SHA-1/],
  ['MD5', () => check([signedByRsa({ algorithm: algorithms.md5, digest: 'md5' })], { trusted: [rsaAuthority] }), /signed with MD5/],
  ['inner and outer algorithm differ', () => check([signedByRsa({ innerAlgorithm: algorithms.sha384 })], { trusted: [rsaAuthority] }),
    /two different signature algorithms/],
  ['an unknown critical extension', () => check([good.server({ extensions: [...serverExtensions(), extension('1.2.3.4', seq(), true)] })]),
    /critical extension 1.2.3.4/],
  ['an extension twice', () => check([good.server({ extensions: [...serverExtensions(), ext.names({ dns: 'example.org' })] })],
    { serverName: 'example.org' }), /2.5.29.17 is there twice/],
  ['name constraints', () => check([belowMiddle, intermediate({ extensions: [ext.ca(), ext.certSign(), extension('2.5.29.30', seq())] })]),
    /name constraints/],
];

for (const [name, attempt, sentence] of rows) {
  test(`A1: ${name}`, async (t) => {
    t.throws(attempt, { name: TrustError.name, code: 'bad-certificate', message: sentence });
    t.throws(attempt, { message: /^The server's certificate is refused/ });
  });
}

test('A1: every change of one byte in a certificate is refused', async (t) => {
  const der = good.server();
  for (let at = 0; at < der.length; at++) {
    const changed = Buffer.from(der);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    try {
      check([changed]);
      t.fail(`byte ${at}`);
    } catch (error) {
      if (!(error instanceof TrustError)) t.fail(`byte ${at}: ${String(error)}`);
    }
    try {
      check([der.subarray(0, at)]);
      t.fail(`cut at ${at}`);
    } catch (error) {
      if (!(error instanceof TrustError)) t.fail(`cut at ${at}: ${String(error)}`);
    }
  }
});

test('A1: with certificates made by openssl, whose judgement is the same', async (t) => {
  const dir = t.testdir();
  const { keys, authorities } = await makeAuthority(dir);
  const [own] = await certificatesIn(keys.server.chain);
  const now = new Date();
  t.ok(verifyServerChain([own!.der], { authorities, serverName: '::1', now }));
  t.throws(() => verifyServerChain([own!.der], { authorities, serverName: 'example.org', now }), /not for "example.org"/);
  t.throws(() => verifyServerChain([own!.der], { authorities, serverName: '::1', now: new Date('2040-01-01') }), /expired/);
  const verdict = (chain: Buffer[], trusted: Buffer) => {
    const [leaf, ca, rest] = ['leaf.pem', 'trusted.pem', 'rest.pem'].map((name) => join(dir, name)) as [string, string, string];
    writeFileSync(leaf, writePem('CERTIFICATE', chain[0]!));
    writeFileSync(ca, writePem('CERTIFICATE', trusted));
    writeFileSync(rest, chain.slice(1).map((der) => writePem('CERTIFICATE', der)).join(''));
    const more = chain.length > 1 ? ['-untrusted', rest] : [];
    const at = String(NOW.getTime() / 1000);
    return execFileSync('openssl', ['verify', '-attime', at, '-purpose', 'sslserver', '-CAfile', ca, ...more, leaf], { stdio: 'pipe' }).toString();
  };
  t.match(verdict([good.server()], authority), /OK/, 'openssl takes what we make by hand');
  t.match(verdict([belowMiddle, intermediate()], authority), /OK/);
  t.throws(() => verdict([good.server({ by: other.privateKey })], authority));
});

test("A1: a key that is not the certificate's", async (t) => {
  const { keys } = await makeAuthority(t.testdir());
  const [own] = await certificatesIn(keys.server.chain);
  const data = Buffer.from('what the server signs');
  const right = createPrivateKey(readFileSync(keys.server.key));
  t.ok(own!.publicKey.verify(data, await sign(right, data)));
  t.notOk(own!.publicKey.verify(data, await sign(other.privateKey, data)));
});

test('A1: the purposes of both kinds at once are enough', async (t) => {
  t.ok(check([makeCertificate({
    issuer: cn('Test authority'), subject: cn('localhost'), spki: spkiOf(good.leafKeys.publicKey), by: good.caKeys.privateKey,
    extensions: serverExtensions({ purposes: ext.purposes(CLIENT_AUTH, SERVER_AUTH) }),
  })]));
});

test('A1: an authority that was made under the name of the right one', async (t) => {
  const forged = good.authority({ spki: spkiOf(other.publicKey), by: other.privateKey });
  const below = good.server({ by: other.privateKey });
  t.ok(check([below, forged], { trusted: [forged] }), 'who trusts it, takes it');
  t.throws(() => check([below, forged]), { code: 'bad-certificate', message: /not made by the authority/ }, 'at the end of the chain');
  t.throws(() => check([good.server({ by: rsaPair().privateKey })], { trusted: [rsaAuthority] }), { message: /not made by the authority/ }, 'of RSA');
});
