import { X509Certificate } from 'node:crypto';
import { readPeerKey } from '../../../client/engine/judge.js';
import { decode, encode } from '../../../common/bytes/codec.js';
import { type Element, readElement, readElements, tag, writeElement, writeOid, writeUnsigned } from '../../../common/bytes/der.js';
import { writePem } from '../../../common/bytes/pem.js';
import { type Certificate, parseCertificate, readCertificatesPem } from '../../../common/crypto/certificate.js';
import { verifyServerChain, verifyUserChain } from '../../../common/crypto/chain.js';
import { addressBytes, isFor, showAddress } from '../../../common/crypto/server-name.js';
import { readPublicPem } from '../../../common/files/users-folder.js';
import { harmless } from '../../../common/text/harmless.js';
import { certificates as certificatesCodec } from '../../../common/wire/bodies.js';
import { serverCommands } from '../../../common/wire/commands.js';
import { algorithms, cn, ext, extension, generalized, good, seq, utc, utf8 } from '../../support/certificate-maker.js';
import { type Material, mutate, type Random } from '../../support/mutations.js';
import { mutateDer, mutatePem } from '../der-mutations.js';
import { certificates, keys, NOW, publicOf } from '../fixtures.js';
import { bytesOf, check, same, type Target } from '../target.js';

const fixed = { spki: publicOf(keys.alice), by: keys.authority };

const name = (type: string, kind: number, text: string): Buffer =>
  writeElement(tag.set, seq(writeOid(type), writeElement(kind, Buffer.from(text))));

/** Certificates with everything that a reader has to understand, and more. */
const seeds = [
  ...Object.values(certificates),
  good.user({
    ...fixed, notBefore: utc('500101000000Z'), notAfter: generalized('20991231235959Z'),
    subject: seq(...['2.5.4.3', '2.5.4.10', '1.2.3.4'].map((type) => writeElement(tag.set, seq(writeOid(type), utf8('grüße, "x"'))))),
    extensions: [ext.ca(0), ext.certSign(), ext.purposes('1.3.6.1.5.5.7.3.2', '2.999.1'), extension('1.2.3', Buffer.from('any'))],
  }),
  good.user({ ...fixed, issuer: seq(name('2.5.4.6', tag.printableString, 'DE'), name('1.2.840.113549.1.9.1', tag.ia5String, 'a@b')) }),
  good.server({
    ...fixed, issuer: seq(), subject: cn('a', 'b'), serial: writeUnsigned(Buffer.alloc(20, 0x7f)),
    extensions: [ext.names({ dns: 'localhost' }, { ip: [127, 0, 0, 1] }, { dns: '*.example' }, { ip: Array<number>(16).fill(1) })],
  }),
];

const tokens = [
  ...['2.5.29.15', '2.5.29.17', '2.5.29.19', '2.5.29.30', '2.5.29.37', '2.5.4.3', '2.5.29.37.0'].map(writeOid), ...Object.values(algorithms),
  ...['0101ff', '010100', '0500', 'a003020102', '02020200', '3000', '3100', '0603550403'].map((hex) => Buffer.from(hex, 'hex')),
  ...bytesOf('260101000000Z', '20991231235959Z', '\u202e', '\x1b[2J', '\0', 'localhost', '*.', '__proto__'),
];

/** Who reads the certificate as it is told has to meet the same bytes. */
function checkRead(der: Buffer, read: Certificate): void {
  const signed = readElements(readElement(der).content)[0]!;
  const [version, serial, algorithm, issuer, validity, subject, key, extensions, ...more] = readElements(signed.content).map(({ whole }) => whole);
  same('the version', version!, Buffer.from('a003020102', 'hex'));
  same('the serial number', serial!, writeUnsigned(read.serial));
  check(Object.values(algorithms).slice(0, 3).concat(algorithms.ed25519).some((known) => known.equals(algorithm!)), 'another algorithm');
  same('the issuer', issuer!, read.issuer.der);
  check(times(read.notBefore).flatMap((from) => times(read.notAfter).map((to) => seq(from, to))).some((dates) => dates.equals(validity!)), 'other dates');
  same('the subject', subject!, read.subject.der);
  same('the key', key!, read.publicKey.spki);
  check(extensions?.[0] === 0xa3 && more.length === 0, 'other fields');
  for (const { text } of [read.subject, read.issuer]) check(harmless(text) === text && text.length <= 200, 'a name that does harm');
  for (const { der: name } of [read.subject, read.issuer]) {
    check(readElements(readElement(name).content).every(ofItsType), 'a name with a string that is not of its type');
  }
  // OpenSSL reads it too, with the same number and the same key; but no names with values that are no strings.
  const odd = [read.subject, read.issuer].some(({ der: name }) => readElements(readElement(name).content).some(hasOddValue));
  const other = openssl(der);
  check(other !== undefined || odd, 'OpenSSL does not read it');
  if (!other) return;
  check(BigInt(`0x${other.serialNumber}`) === BigInt(`0x${read.serial.toString('hex')}`), 'OpenSSL reads another serial number');
  same('the key of OpenSSL', other.publicKey.export({ format: 'der', type: 'spki' }), read.publicKey.spki);
  check(new Date(other.validTo).getTime() === read.notAfter.getTime(), `OpenSSL reads that it ends on ${other.validTo}`);
}

/** What each type of string may have (X.680, 41). */
const LETTERS: ReadonlyMap<number, RegExp> = new Map([
  [tag.printableString, /^[A-Za-z0-9 '()+,\-./:=?]*$/], [tag.ia5String, /^[\0-\x7f]*$/],
]);

const ofItsType = (set: Element): boolean => readElements(set.content).every(({ content }) => {
  const value = readElements(content)[1]!;
  return LETTERS.get(value.tag)?.test(value.content.toString('latin1')) ?? true;
});

function openssl(der: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}

const STRINGS: readonly number[] = [tag.utf8String, tag.printableString, tag.ia5String];

const hasOddValue = (set: Element): boolean =>
  readElements(set.content).some(({ content }) => !STRINGS.includes(readElements(content)[1]!.tag));

function times(date: Date): Buffer[] {
  const text = date.toISOString().replace(/[-:T]|\.\d+/g, '');
  const year = date.getUTCFullYear();
  return [generalized(text), ...(year >= 1950 && year < 2050 ? [utc(text.slice(2))] : [])];
}

const one: Target = {
  name: 'certificate', covers: [
    'common/crypto/certificate.ts parseCertificate', 'common/crypto/certificate-extensions.ts readExtensions',
    'common/crypto/certificate-name.ts readName', 'common/crypto/certificate-time.ts readTime', 'common/crypto/server-name.ts isFor',
  ],
  errors: ['bad-certificate'], inputs: 16_000, seeds, tokens, mutate: mutateDer,
  run(input) {
    const read = parseCertificate(input);
    checkRead(input, read);
    check(!isFor(read, '*.example') && !isFor(read, ''), 'is for a wildcard');
    check(read.signedBy(parsedAuthority) === (input.equals(known(input))), 'signed by whom?');
    return read.isAuthority ? 'an authority' : 'a certificate';
  },
};

const parsedAuthority = parseCertificate(certificates.authority);
const authorities = [certificates.authority, certificates.rsaAuthority].map(parseCertificate);
const signedByAuthority = seeds.filter((der) => parseCertificate(der).signedBy(parsedAuthority));
const known = (der: Buffer): Buffer => signedByAuthority.find((each) => each.equals(der)) ?? Buffer.alloc(0);

/** One certificate of a chain is changed, or the chain itself. */
const mutateChain = (bytes: Buffer, random: Random, material: Material): Buffer => {
  let all: readonly Buffer[];
  try {
    all = decode(certificatesCodec, bytes);
  } catch {
    return mutate(bytes, random, material);
  }
  const out = [...all];
  const at = random(out.length);
  switch (random(6)) {
    case 0: return mutate(bytes, random, material);
    case 1: out.splice(at, 1); break;
    case 2: out.splice(at, 0, seeds[random(seeds.length)]!); break;
    case 3: out.reverse(); break;
    default: if (out[at]) out[at] = mutateDer(out[at]!, random, { ...material, others: seeds });
  }
  return encode(certificatesCodec, out.slice(0, 8).map((der) => (der.length === 0 ? Buffer.alloc(1) : der.subarray(0, 3_500))));
};

const { server, serverBelow, between, rsaServer, rsaAuthority, alice, aliceBelow, authority } = certificates;

/** Whatever verifies is what the authority made, to the last byte. */
const chain = (
  name: string, covers: string, verify: (der: readonly Buffer[]) => Certificate, chains: readonly (readonly Buffer[])[], own: readonly Buffer[],
): Target => ({
  name, covers: [covers], errors: ['malformed', 'bad-certificate'], inputs: 4_000, tokens, mutate: mutateChain,
  max: 8 * 3_502, seeds: chains.map((each) => encode(certificatesCodec, each)),
  run(input) {
    const given = decode(certificatesCodec, input);
    const leaf = verify(given);
    check(own.some((der) => der.equals(leaf.der)), 'verifies, and nobody made it');
    check(given.every((der) => seeds.some((each) => each.equals(der))), 'a part of it is of nobody');
    return `${given.length} certificates`;
  },
});

const chains = [
  chain(
    'server chain', 'common/crypto/chain.ts verifyServerChain',
    (der) => verifyServerChain(der, { authorities, serverName: 'localhost', now: NOW }),
    [[server], [server, authority], [serverBelow, between], [serverBelow, between, authority], [rsaServer], [rsaServer, rsaAuthority]],
    [server, serverBelow, rsaServer],
  ),
  chain(
    'user chain', 'common/crypto/chain.ts verifyUserChain',
    (der) => verifyUserChain(der, { authorities, username: 'alice', now: NOW }),
    [[alice], [alice, authority], [aliceBelow, between]], [alice, aliceBelow],
  ),
];

const peer = { conversation: '0123456789abcdef', role: 1, peer: 'alice' };

const peerKey: Target = {
  name: "a peer's key", covers: ['client/engine/judge.ts readPeerKey'], errors: ['malformed', 'bad-public-key', 'bad-certificate'], inputs: 6_000, tokens,
  seeds: [
    { ...peer, certificates: [], spki: publicOf(keys.alice) }, { ...peer, certificates: [alice], spki: publicOf(keys.alice) },
    { ...peer, certificates: [aliceBelow, between], spki: publicOf(keys.alice) }, { ...peer, certificates: [], spki: publicOf(keys.rsa) },
  ].map((each) => encode(serverCommands.pubk, each)),
  run(input) {
    const introduction = decode(serverCommands.pubk, input);
    const { key, certified } = readPeerKey(introduction, authorities, NOW);
    same('the key', introduction.spki, key.spki);
    const made = introduction.certificates.every((der) => seeds.some((each) => each.equals(der)));
    check(!certified || (introduction.peer === 'alice' && made), 'certified by nobody');
    return certified ? 'certified' : 'not certified';
  },
};

const pemTokens = bytesOf('-----BEGIN PRIVATE KEY-----\n', '-----BEGIN PUBLIC KEY-----\n', '-----BEGIN CERTIFICATE-----\n', '\n', 'text\n', '=');

const pem: Target = {
  name: 'certificates, PEM', covers: ['common/crypto/certificate.ts readCertificatesPem'], errors: ['bad-file', 'bad-certificate'], inputs: 5_000,
  tokens: pemTokens, mutate: mutatePem, max: 16_384,
  seeds: bytesOf(writePem('CERTIFICATE', alice), `subject: alice\n${writePem('CERTIFICATE', aliceBelow)}${writePem('CERTIFICATE', between)}`),
  run: (input) => {
    const read = readCertificatesPem(input.toString('latin1'));
    for (const certificate of read) checkRead(certificate.der, certificate);
    return `${Math.min(read.length, 9)} certificates`;
  },
};

const entry: Target = {
  name: "a user's entry", covers: ['common/files/users-folder.ts readPublicPem'], inputs: 8_000, tokens: pemTokens, mutate: mutatePem, max: 16_384,
  errors: ['malformed', 'bad-file', 'bad-public-key', 'bad-certificate'],
  seeds: bytesOf(
    `name         alice\n${writePem('PUBLIC KEY', publicOf(keys.alice))}`, writePem('PUBLIC KEY', publicOf(keys.rsa)),
    writePem('CERTIFICATE', aliceBelow) + writePem('CERTIFICATE', between),
  ),
  run(input) {
    const { identity, certificates: der, commonNames } = readPublicPem(input.toString('latin1'));
    check((der.length === 0) === (commonNames === undefined) && der.length <= 8, 'certificates and names');
    if (der[0]) same('the key', parseCertificate(der[0]).publicKey.spki, identity.spki);
    return identity.kind;
  },
};

const address: Target = {
  name: 'IP address', covers: ['common/crypto/server-name.ts addressBytes', 'common/crypto/server-name.ts showAddress'], errors: [], inputs: 10_000, max: 100,
  tokens: bytesOf(':', '::', '%eth0', '[', ']', '.', '1.2.3.4', 'ffff', '0000', '::ffff:'),
  seeds: bytesOf('127.0.0.1', '::1', '[fe80::1%eth0]', '1:2:3:4:5:6:7:8', '::ffff:1.2.3.4', '1:2:3:4:5:6:1.2.3.4', '::', '1::8', '255.255.255.255'),
  run(input) {
    const text = input.toString('latin1');
    const bytes = addressBytes(text);
    if (!bytes) return 'no address';
    check(bytes.length === 4 || bytes.length === 16, `${bytes.length} bytes`);
    same('an address', bytes, addressBytes(showAddress(bytes))!);
    const bare = text.replace(/^\[|%.*$|\]$/g, '');
    if (bytes.length === 16) check(new URL(`http://[${bare.replace(/%.*$/, '')}]`).hostname === `[${showAddress(bytes)}]`, 'URL reads another');
    return `${bytes.length} bytes`;
  },
};

export const certificateTargets: readonly Target[] = [one, ...chains, peerKey, pem, entry, address];
