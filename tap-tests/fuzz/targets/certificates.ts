import { readPeerKey } from '../../../client/engine/judge.js';
import { decode, encode } from '../../../common/bytes/codec.js';
import { tag, writeElement, writeOid, writeUnsigned } from '../../../common/bytes/der.js';
import { writePem } from '../../../common/bytes/pem.js';
import { type Certificate, parseCertificate, readCertificatesPem } from '../../../common/crypto/certificate.js';
import { verifyServerChain, verifyUserChain } from '../../../common/crypto/chain.js';
import { isFor } from '../../../common/crypto/server-name.js';
import { readPublicPem } from '../../../common/files/users-folder.js';
import { certificates as certificatesCodec } from '../../../common/wire/bodies.js';
import { serverCommands } from '../../../common/wire/commands.js';
import {
  algorithms, CLIENT_AUTH, cn, ext, extension, generalized, good, seq, utc,
} from '../../support/certificate-maker.js';
import { type Material, mutate, type Random } from '../../support/mutations.js';
import { mutateDer, mutatePem } from '../der-mutations.js';
import { certificates, keys, NOW, publicOf } from '../fixtures.js';
import { bytesOf, check, same, type Target } from '../target.js';
import { checkRead } from './certificate-checks.js';

const fixed = { spki: publicOf(keys.alice), by: keys.authority };
const part = (type: string, kind: number, text: string): Buffer =>
  writeElement(tag.set, seq(writeOid(type), writeElement(kind, Buffer.from(text))));

/** Certificates with everything that a reader has to understand, and more. */
const seeds = [
  ...Object.values(certificates),
  good.user({
    ...fixed, notBefore: utc('500101000000Z'), notAfter: generalized('20991231235959Z'),
    subject: seq(...['2.5.4.3', '2.5.4.10', '1.2.3.4'].map((type) => part(type, tag.utf8String, 'grüße, "x"'))),
    extensions: [
      ext.ca(0), ext.certSign(), ext.purposes(CLIENT_AUTH, '2.999.1'), extension('1.2.3', Buffer.from('any')),
    ],
  }),
  good.user({
    ...fixed,
    issuer: seq(part('2.5.4.6', tag.printableString, 'DE'), part('1.2.840.113549.1.9.1', tag.ia5String, 'a@b')),
  }),
  good.server({
    ...fixed, issuer: seq(), subject: cn('a', 'b'), serial: writeUnsigned(Buffer.alloc(20, 0x7f)),
    extensions: [
      ext.names({ dns: 'localhost' }, { ip: [127, 0, 0, 1] }, { dns: '*.example' }, { ip: Array<number>(16).fill(1) }),
    ],
  }),
];

const tokens = [
  ...['2.5.29.15', '2.5.29.17', '2.5.29.19', '2.5.29.30', '2.5.29.37', '2.5.4.3', '2.5.29.37.0'].map(writeOid),
  ...Object.values(algorithms),
  ...['0101ff', '010100', '0500', 'a003020102', '3000', '3100', '0603550403'].map((hex) => Buffer.from(hex, 'hex')),
  ...bytesOf('260101000000Z', '20991231235959Z', '\u202e', '\x1b[2J', '\0', 'localhost', '*.', '__proto__'),
];

const parsedAuthority = parseCertificate(certificates.authority);
const authorities = [certificates.authority, certificates.rsaAuthority].map(parseCertificate);
const issued = seeds.filter((der) => parseCertificate(der).signedBy(parsedAuthority));
const isAmong = (all: readonly Buffer[], der: Buffer): boolean => all.some((each) => each.equals(der));

const one: Target = {
  name: 'certificate',
  covers: [
    'common/crypto/certificate.ts parseCertificate', 'common/crypto/certificate-extensions.ts readExtensions',
    'common/crypto/certificate-name.ts readName', 'common/crypto/certificate-time.ts readTime',
    'common/crypto/server-name.ts isFor',
  ],
  errors: ['bad-certificate'], inputs: 5_000, seeds, tokens, mutate: mutateDer,
  run(input) {
    const read = parseCertificate(input);
    checkRead(input, read);
    check(!isFor(read, '*.example') && !isFor(read, ''), 'is for a wildcard');
    check(read.signedBy(parsedAuthority) === isAmong(issued, input), 'signed by whom?');
    return read.isAuthority ? 'an authority' : 'a certificate';
  },
};

/** One certificate of a chain is changed, or the chain itself. */
function mutateChain(bytes: Buffer, random: Random, material: Material): Buffer {
  let chain: Buffer[];
  try {
    chain = [...decode(certificatesCodec, bytes)];
  } catch {
    return mutate(bytes, random, material);
  }
  const at = random(chain.length);
  switch (random(6)) {
    case 0: return mutate(bytes, random, material);
    case 1: chain.splice(at, 1); break;
    case 2: chain.splice(at, 0, seeds[random(seeds.length)]!); break;
    case 3: chain.reverse(); break;
    default: if (chain[at]) chain[at] = mutateDer(chain[at], random, { ...material, others: seeds });
  }
  const fit = chain.slice(0, 8).map((der) => (der.length === 0 ? Buffer.alloc(1) : der.subarray(0, 3_500)));
  return encode(certificatesCodec, fit);
}

interface Chains {
  readonly name: string;
  readonly covers: string;
  readonly chains: readonly (readonly Buffer[])[];
  verify(der: readonly Buffer[]): Certificate;
}

/** Whatever verifies is what the authority made, to the last byte. */
const chainTarget = ({ name, covers, chains, verify }: Chains): Target => ({
  name, covers: [covers],
  errors: ['malformed', 'bad-certificate'], inputs: 2_000, tokens, mutate: mutateChain, max: 8 * 3_502,
  seeds: chains.map((each) => encode(certificatesCodec, each)),
  run(input) {
    const given = decode(certificatesCodec, input);
    const own = verify(given);
    check(isAmong(chains.map(([first]) => first!), own.der), 'verifies, and nobody made it');
    check(given.every((der) => isAmong(seeds, der)), 'a part of it is of nobody');
    return `${given.length} certificates`;
  },
});

const { server, serverBelow, between, rsaServer, rsaAuthority, alice, aliceBelow, authority } = certificates;

const serverChain = chainTarget({
  name: 'server chain', covers: 'common/crypto/chain.ts verifyServerChain',
  chains: [
    [server], [server, authority], [serverBelow, between], [serverBelow, between, authority], [rsaServer],
    [rsaServer, rsaAuthority],
  ],
  verify: (der) => verifyServerChain(der, { authorities, serverName: 'localhost', now: NOW }),
});

const userChain = chainTarget({
  name: 'user chain', covers: 'common/crypto/chain.ts verifyUserChain',
  chains: [[alice], [alice, authority], [aliceBelow, between]],
  verify: (der) => verifyUserChain(der, { authorities, username: 'alice', now: NOW }),
});

const introduction = (chain: readonly Buffer[], key = keys.alice): Buffer => encode(serverCommands.pubk, {
  conversation: '0123456789abcdef', role: 1, peer: 'alice', certificates: chain, spki: publicOf(key),
});

const peerKey: Target = {
  name: "a peer's key",
  covers: ['client/engine/judge.ts readPeerKey'],
  errors: ['malformed', 'bad-public-key', 'bad-certificate'], inputs: 6_000, tokens,
  seeds: [introduction([]), introduction([alice]), introduction([aliceBelow, between]), introduction([], keys.rsa)],
  run(input) {
    const introduced = decode(serverCommands.pubk, input);
    const { key, certified } = readPeerKey(introduced, authorities, NOW);
    same('the key', introduced.spki, key.spki);
    const made = introduced.certificates.every((der) => isAmong(seeds, der));
    check(!certified || (introduced.peer === 'alice' && made), 'certified by nobody');
    return certified ? 'certified' : 'not certified';
  },
};

const labels = ['PRIVATE KEY', 'PUBLIC KEY', 'CERTIFICATE'].map((label) => `-----BEGIN ${label}-----\n`);
const pemTokens = bytesOf(...labels, '\n', 'text\n', '=');

const pem: Target = {
  name: 'certificates, PEM',
  covers: ['common/crypto/certificate.ts readCertificatesPem'],
  errors: ['bad-file', 'bad-certificate'], inputs: 2_500, tokens: pemTokens, mutate: mutatePem, max: 16_384,
  seeds: bytesOf(
    writePem('CERTIFICATE', alice),
    `subject: alice\n${writePem('CERTIFICATE', aliceBelow)}${writePem('CERTIFICATE', between)}`,
  ),
  run(input) {
    const read = readCertificatesPem(input.toString('latin1'));
    for (const certificate of read) checkRead(certificate.der, certificate);
    return `${Math.min(read.length, 9)} certificates`;
  },
};

const entry: Target = {
  name: "a user's entry",
  covers: ['common/files/users-folder.ts readPublicPem'],
  errors: ['malformed', 'bad-file', 'bad-public-key', 'bad-certificate'], inputs: 4_000,
  tokens: pemTokens, mutate: mutatePem, max: 16_384,
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

export const certificateTargets: readonly Target[] = [one, serverChain, userChain, peerKey, pem, entry];
