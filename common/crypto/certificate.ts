import {
  type Element, Fields, readBytesOfBits, readOid, readOnly, tag, unsigned, writeElement, writeOid, writeUnsigned,
} from '../bytes/der.js';
import { readPem } from '../bytes/pem.js';
import { HandshakeError, TrustError, UsageError, WireError } from '../errors.js';
import { CERTIFICATE_BYTES_MAX } from '../wire/limits.js';
import { type Extensions, readExtensions } from './certificate-extensions.js';
import { type DistinguishedName, readName } from './certificate-name.js';
import { readTime } from './certificate-time.js';
import { type PublicIdentity, publicIdentity } from './identity.js';
import { type Pkcs1Digest, verifyPkcs1 } from './node.js';

/** An X.509 v3 certificate (RFC 5280) that has been read strictly; whom to believe is decided in chain.ts. */
export interface Certificate extends Extensions {
  readonly der: Buffer;
  /** Big-endian, without leading zeros. */
  readonly serial: Buffer;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Its key, checked like any other identity key (docs/PROTOCOL.md, Notation). */
  readonly publicKey: PublicIdentity;
  /** Whether its signature is one by this issuer's key; nothing else about the issuer is looked at. */
  signedBy(issuer: Certificate): boolean;
}

/** RFC 4055, 5 and RFC 8410, 3: RSA with NULL parameters, Ed25519 with none. */
const rsaAlgorithm = (oid: string) => writeElement(tag.sequence, writeOid(oid), writeElement(tag.null));
const ALGORITHMS: readonly { algorithm: Buffer; digest: Pkcs1Digest | null }[] = [
  { algorithm: rsaAlgorithm('1.2.840.113549.1.1.11'), digest: 'sha256' },
  { algorithm: rsaAlgorithm('1.2.840.113549.1.1.12'), digest: 'sha384' },
  { algorithm: rsaAlgorithm('1.2.840.113549.1.1.13'), digest: 'sha512' },
  { algorithm: writeElement(tag.sequence, writeOid('1.3.101.112')), digest: null },
];
const WEAK: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.4', 'MD5'], ['1.2.840.113549.1.1.5', 'SHA-1'], ['1.3.14.3.2.29', 'SHA-1'],
  ['1.2.840.10040.4.3', 'SHA-1'], ['1.2.840.10045.4.1', 'SHA-1'],
]);

/** RFC 5280, 4.1.2.2. */
const SERIAL_BYTES_MAX = 20;

/**
 * Reads one certificate of at most CERTIFICATE_BYTES_MAX bytes. Throws TrustError 'bad-certificate', whose
 * sentence says what is wrong with it: not DER, not version 3, a signature algorithm other than SHA-256,
 * SHA-384 or SHA-512 with RSA or Ed25519, a key that is no identity key, an extension that has to be
 * understood and is not.
 */
export function parseCertificate(der: Buffer): Certificate {
  try {
    if (der.length > CERTIFICATE_BYTES_MAX) {
      throw new WireError(
        'malformed',
        `it has ${der.length} bytes, at most ${CERTIFICATE_BYTES_MAX} are allowed`,
      );
    }
    return read(Buffer.from(der));
  } catch (cause) {
    if (!(cause instanceof WireError) && !(cause instanceof HandshakeError)) throw cause;
    const why = shortened(cause.message.replace(/\.$/, ''));
    throw new TrustError('bad-certificate', `A certificate cannot be used: ${why}.`, { cause });
  }
}

/** An object identifier that is named in a sentence may be as long as the certificate. */
const WHY_MAX = 200;
const shortened = (why: string) => (why.length > WHY_MAX ? `${why.slice(0, WHY_MAX - 1)}…` : why);

function read(der: Buffer): Certificate {
  const outer = new Fields(readOnly(der, tag.sequence, 'certificate').content, 'certificate');
  const signed = outer.next(tag.sequence);
  const algorithm = outer.next(tag.sequence);
  const signature = readBytesOfBits(outer.next(tag.bitString), 'signature');
  outer.end();

  const fields = new Fields(signed.content, 'certificate');
  readVersion(fields.optional(0xa0));
  const serial = unsigned(fields.next(tag.integer), 'serial number');
  if (serial.length > SERIAL_BYTES_MAX) throw new WireError('malformed', 'its serial number is too long');
  if (!fields.next(tag.sequence).whole.equals(algorithm.whole)) {
    throw new WireError('malformed', 'it names two different signature algorithms');
  }
  const digest = readAlgorithm(algorithm);
  const issuer = readName(fields.next(tag.sequence), 'issuer');
  const validity = new Fields(fields.next(tag.sequence).content, 'validity');
  const [notBefore, notAfter] = [readTime(validity), readTime(validity)];
  validity.end();
  const subject = readName(fields.next(tag.sequence), 'subject');
  const publicKey = publicIdentity(fields.next(tag.sequence).whole);
  const extensions = readExtensions(fields.next(0xa3).content);
  fields.end();

  const verifies = (by: PublicIdentity): boolean => {
    if (digest === null) return by.kind === 'ed25519' && by.verify(signed.whole, signature);
    return by.kind === 'rsa' && verifyPkcs1(by.spki, digest, signed.whole, signature);
  };
  /** A signature that was right once is so always. */
  const proven = new WeakSet<PublicIdentity>();
  return {
    ...extensions, der, serial, subject, issuer, notBefore, notAfter, publicKey,
    signedBy({ publicKey: by }) {
      if (proven.has(by)) return true;
      const right = verifies(by);
      if (right) proven.add(by);
      return right;
    },
  };
}

/** Versions are counted from 0 (RFC 5280, 4.1.2.1). */
const VERSION_3 = writeUnsigned(Buffer.from([2]));

function readVersion(version: Element | undefined): void {
  if (!version?.content.equals(VERSION_3)) {
    throw new WireError('malformed', 'it is not of version 3');
  }
}

function readAlgorithm(algorithm: Element): Pkcs1Digest | null {
  const known = ALGORITHMS.find((each) => each.algorithm.equals(algorithm.whole));
  if (known) return known.digest;
  const oid = readOid(new Fields(algorithm.content, 'algorithm').next(tag.oid), 'algorithm');
  const weak = WEAK.get(oid);
  throw new WireError('malformed', weak
    ? `it is signed with ${weak}, which can be forged`
    : `its signature algorithm (${oid}) is none of SHA-256, SHA-384 or SHA-512 with RSA, or Ed25519`);
}

/**
 * All certificates of a PEM text, in their order. Throws UsageError 'bad-file' where the text is not PEM,
 * holds none or holds something else, and TrustError 'bad-certificate' like parseCertificate.
 */
export function readCertificatesPem(pem: string): Certificate[] {
  const blocks = pemBlocks(pem);
  const other = blocks.find(({ label }) => label !== 'CERTIFICATE');
  if (blocks.length === 0 || other) {
    throw new UsageError(
      'bad-file',
      `There should be certificates (PEM), but there is ${other?.label.toLowerCase() ?? 'none'}.`,
    );
  }
  return blocks.map(({ der }) => parseCertificate(der));
}

function pemBlocks(pem: string) {
  try {
    return readPem(pem);
  } catch (cause) {
    throw new UsageError('bad-file', 'The certificates cannot be read: the PEM text is damaged.', { cause });
  }
}
