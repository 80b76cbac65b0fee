import { createPublicKey } from 'node:crypto';
import { tag, writeElement, writeOid, writeUnsigned } from '../../../common/bytes/der.js';
import { ed25519PublicFromRaw } from '../../../common/crypto/ed25519-public.js';
import { publicIdentity, showFingerprint } from '../../../common/crypto/identity.js';
import { rawPublic, rsaPublicDer } from '../../../common/crypto/node.js';
import { rsaPublicFromPkcs1 } from '../../../common/crypto/rsa-public.js';
import { rsaSuite, x25519Suite } from '../../../common/crypto/suite.js';
import { mutateDer } from '../der-mutations.js';
import { exchanges, keys, publicOf } from '../fixtures.js';
import { check, same, type Target } from '../target.js';
import { derTokens } from './der.js';

/** A modulus of so many bits that nobody made: readers cannot tell. */
const modulus = (bits: number): Buffer => {
  const bytes = Buffer.from(Array.from({ length: bits / 8 }, (_, at) => (at * 167 + 13) & 0xff));
  bytes[0]! |= 0x80;
  bytes[bytes.length - 1]! |= 1;
  return bytes;
};
const pkcs1 = (bits: number): Buffer =>
  writeElement(tag.sequence, writeUnsigned(modulus(bits)), writeUnsigned(Buffer.from('010001', 'hex')));
const RSA = writeElement(tag.sequence, writeOid('1.2.840.113549.1.1.1'), writeElement(tag.null));
const spki = (bits: number): Buffer =>
  writeElement(tag.sequence, RSA, writeElement(tag.bitString, Buffer.alloc(1), pkcs1(bits)));

const nobodys = [0, 64, 256, 512].map((length) => Buffer.alloc(length, 1));

const identity: Target = {
  name: 'public key',
  covers: ['common/crypto/identity.ts publicIdentity'],
  errors: ['malformed', 'bad-public-key'], inputs: 5_000, tokens: derTokens, mutate: mutateDer,
  seeds: [publicOf(keys.alice), publicOf(keys.rsa), spki(2048), spki(3072), spki(4096)],
  run(input) {
    const { kind, spki: own, fingerprint, verify } = publicIdentity(input);
    same('a key', input, own);
    // OpenSSL reads the same key, and writes it in the same bytes.
    const other = createPublicKey({ key: input, format: 'der', type: 'spki' });
    same('a key', input, other.export({ format: 'der', type: 'spki' }));
    check(/^[0-9a-f]{4}( [0-9a-f]{4}){15}$/.test(showFingerprint(fingerprint)), 'a fingerprint');
    for (const signature of nobodys) check(verify(input, signature) === false, 'a signature that nobody made');
    return kind;
  },
};

const ephemeralRsa: Target = {
  name: 'ephemeral RSA key',
  covers: ['common/crypto/rsa-public.ts rsaPublicFromPkcs1', 'common/crypto/suite.ts rsaSuite'],
  errors: ['malformed', 'bad-public-key'], inputs: 8_000, tokens: derTokens, mutate: mutateDer,
  seeds: [pkcs1(2048), rsaPublicDer(createPublicKey(exchanges[0]!.ephemeralKey))],
  run(input) {
    const key = rsaPublicFromPkcs1(input, 2048, 2048);
    same('a key', input, rsaPublicDer(key));
    const { modulusLength, publicExponent } = key.asymmetricKeyDetails!;
    check(modulusLength === 2048 && publicExponent === 65_537n, 'a key of another size');
    const { share, k } = rsaSuite.share(input, (length) => Buffer.alloc(length, 7));
    check(share.length === 256 && k.bytes.length === 32, 'a share of another length');
  },
};

const littleEndian = (hex: string): Buffer => Buffer.from(hex, 'hex').reverse();
const ORDER_8 = '7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7';

const ed25519Raw: Target = {
  name: 'Ed25519 key',
  covers: ['common/crypto/ed25519-public.ts ed25519PublicFromRaw'],
  errors: ['bad-public-key'], inputs: 8_000,
  tokens: [ORDER_8, 'ff'.repeat(31), 'edff', '00'.repeat(31)].map(littleEndian),
  seeds: [publicOf(keys.alice).subarray(12), publicOf(keys.bob).subarray(12)],
  run(input) {
    if (input.length !== 32) return 'of another length';
    same('a key', input, rawPublic(ed25519PublicFromRaw(input)));
    return 'read';
  },
};

/** Points of small order (RFC 7748, 7): all of them give zeros. */
const SMALL = [
  '00'.repeat(32), `01${'00'.repeat(31)}`, 'ff'.repeat(32), `ec${'ff'.repeat(30)}7f`, `ed${'ff'.repeat(30)}7f`,
];

const x25519: Target = {
  name: 'X25519 key',
  covers: ['common/crypto/suite.ts x25519Suite'],
  errors: ['bad-public-key'], inputs: 1_500, tokens: SMALL.map((hex) => Buffer.from(hex, 'hex')),
  seeds: [Buffer.alloc(32, 9)],
  run(input) {
    const { share, k } = x25519Suite.share(input, (length) => Buffer.alloc(length));
    check(input.length === 32 && share.length === 32 && k.bytes.length === 32, 'another length');
    check(!k.bytes.equals(Buffer.alloc(32)), 'a secret of zeros');
  },
};

export const keyTargets: readonly Target[] = [identity, ephemeralRsa, ed25519Raw, x25519];
