import { readElements, readOnly, tag, writeElement, writeOid } from '../bytes/der.js';
import { HandshakeError, UsageError } from '../errors.js';
import { ed25519PublicFromRaw } from './ed25519-public.js';
import { type KeyObject, publicOf, sha256, sign, spkiOf, verify } from './node.js';
import { rsaPublicFromPkcs1 } from './rsa-public.js';

export type IdentityKind = 'rsa' | 'ed25519';

/** An identity key that has been checked (docs/PROTOCOL.md, Notation). */
export interface PublicIdentity {
  readonly kind: IdentityKind;
  /** SubjectPublicKeyInfo, canonical DER. */
  readonly spki: Buffer;
  /** SHA-256 of the SPKI, 32 bytes. */
  readonly fingerprint: Buffer;
  verify(data: Buffer, signature: Buffer): boolean;
}

/** A private identity key: all that it can do is sign. */
export interface Identity {
  readonly public: PublicIdentity;
  sign(data: Buffer): Promise<Buffer>;
}

export const RSA_BITS_MIN = 2048;
export const RSA_BITS_MAX = 4096;

const RSA_ALGORITHM = writeElement(tag.sequence, writeOid('1.2.840.113549.1.1.1'), writeElement(tag.null));
const ED25519_ALGORITHM = writeElement(tag.sequence, writeOid('1.3.101.112'));

/**
 * Reads and checks a SubjectPublicKeyInfo: rsaEncryption of 2048 to 4096 bits, or Ed25519; equal to its own DER
 * re-encoding. Throws WireError 'malformed' or HandshakeError 'bad-public-key'.
 */
export function publicIdentity(spki: Buffer): PublicIdentity {
  const [algorithm, bits, ...others] = readElements(readOnly(spki, tag.sequence, 'public key').content);
  if (!algorithm || bits?.tag !== tag.bitString || bits.content[0] !== 0 || others.length > 0) {
    throw new HandshakeError('bad-public-key', 'A public key is not a SubjectPublicKeyInfo.');
  }
  const raw = bits.content.subarray(1);
  if (algorithm.whole.equals(RSA_ALGORITHM)) return identity('rsa', spki, rsaPublicFromPkcs1(raw, RSA_BITS_MIN, RSA_BITS_MAX));
  if (algorithm.whole.equals(ED25519_ALGORITHM) && raw.length === 32) return identity('ed25519', spki, ed25519PublicFromRaw(raw));
  throw new HandshakeError('bad-public-key', 'A public key is neither rsaEncryption nor Ed25519.');
}

function identity(kind: IdentityKind, spki: Buffer, key: KeyObject): PublicIdentity {
  const own = Buffer.from(spki);
  return {
    kind,
    spki: own,
    fingerprint: sha256(own),
    verify: (data, signature) => verify(key, data, signature),
  };
}

/** Throws UsageError 'bad-key-file' for a private key of a kind or size that is no identity. */
export function privateIdentity(key: KeyObject): Identity {
  try {
    return { public: publicIdentity(spkiOf(publicOf(key))), sign: (data) => sign(key, data) };
  } catch (cause) {
    const why = cause instanceof HandshakeError ? cause.message : 'It is neither RSA nor Ed25519.';
    throw new UsageError('bad-key-file', `This private key cannot be an identity. ${why}`, { cause });
  }
}

/** A fingerprint as a person reads it: 64 hexadecimal digits in groups of four. */
export function showFingerprint(fingerprint: Buffer): string {
  return fingerprint.toString('hex').replace(/(.{4})(?=.)/g, '$1 ');
}
