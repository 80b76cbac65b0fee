import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { tag, writeElement, writeOid, writeUnsigned } from '../../common/bytes/der.js';

/**
 * Makes certificates byte by byte, so that one can differ from a good one in exactly one thing, also in things that
 * no tool would make. It shares with the code under test nothing but the writing of DER elements.
 */
export const seq = (...parts: Buffer[]) => writeElement(tag.sequence, ...parts);
export const utf8 = (text: string) => writeElement(tag.utf8String, Buffer.from(text));
export const cn = (...names: string[]) =>
  seq(...names.map((name) => writeElement(tag.set, seq(writeOid('2.5.4.3'), utf8(name)))));
export const TRUE = Buffer.from([1, 1, 0xff]);

const rsa = (oid: string) => seq(writeOid(oid), writeElement(tag.null));
export const algorithms = {
  sha256: rsa('1.2.840.113549.1.1.11'), sha384: rsa('1.2.840.113549.1.1.12'), sha512: rsa('1.2.840.113549.1.1.13'),
  sha1: rsa('1.2.840.113549.1.1.5'), md5: rsa('1.2.840.113549.1.1.4'), ed25519: seq(writeOid('1.3.101.112')),
};

export function extension(oid: string, value: Buffer, critical = false): Buffer {
  return seq(writeOid(oid), ...(critical ? [TRUE] : []), writeElement(tag.octetString, value));
}

const small = (value: number) => writeUnsigned(Buffer.from([value]));

export const ext = {
  ca: (pathLength?: number) =>
    extension('2.5.29.19', seq(TRUE, ...(pathLength === undefined ? [] : [small(pathLength)])), true),
  notCa: () => extension('2.5.29.19', seq(), true),
  signature: () => extension('2.5.29.15', Buffer.from([3, 2, 7, 0x80]), true),
  keyEncipherment: () => extension('2.5.29.15', Buffer.from([3, 2, 5, 0x20]), true),
  certSign: () => extension('2.5.29.15', Buffer.from([3, 2, 1, 0x06]), true),
  purposes: (...oids: string[]) => extension('2.5.29.37', seq(...oids.map(writeOid))),
  names: (...names: { dns?: string; ip?: number[] }[]) => extension('2.5.29.17', seq(...names.map(({ dns, ip }) =>
    (dns === undefined ? writeElement(0x87, Buffer.from(ip ?? [])) : writeElement(0x82, Buffer.from(dns, 'latin1')))))),
};
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
export const ANY_PURPOSE = '2.5.29.37.0';

export interface Pair { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
export const ed25519 = (): Pair => generateKeyPairSync('ed25519');
export const rsaPair = (modulusLength = 2048): Pair => generateKeyPairSync('rsa', { modulusLength });

export interface Parts {
  version?: Buffer[];
  serial?: Buffer;
  algorithm?: Buffer;
  innerAlgorithm?: Buffer;
  digest?: string | null;
  issuer: Buffer;
  notBefore?: Buffer;
  notAfter?: Buffer;
  subject: Buffer;
  spki: Buffer;
  extensions?: Buffer[];
  /** The key that signs. */
  by: KeyObject;
  /** Other things in the signed part, behind the extensions. */
  more?: Buffer[];
}

export const utc = (text: string) => writeElement(tag.utcTime, Buffer.from(text));
export const generalized = (text: string) => writeElement(tag.generalizedTime, Buffer.from(text));
export const spkiOf = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' });

export function makeCertificate(parts: Parts): Buffer {
  const isRsa = parts.by.asymmetricKeyType === 'rsa';
  const algorithm = parts.algorithm ?? (isRsa ? algorithms.sha256 : algorithms.ed25519);
  const signed = seq(
    ...(parts.version ?? [writeElement(0xa0, small(2))]),
    parts.serial ?? small(77),
    parts.innerAlgorithm ?? algorithm,
    parts.issuer,
    seq(parts.notBefore ?? utc('260101000000Z'), parts.notAfter ?? utc('300101000000Z')),
    parts.subject,
    parts.spki,
    ...(parts.extensions ? [writeElement(0xa3, seq(...parts.extensions))] : []),
    ...(parts.more ?? []),
  );
  const signature = sign(parts.digest === undefined ? (isRsa ? 'sha256' : null) : parts.digest, signed, parts.by);
  return seq(signed, algorithm, writeElement(tag.bitString, Buffer.from([0]), signature));
}

/** A moment at which what is made here is valid. */
export const NOW = new Date('2027-06-01T00:00:00Z');

const caKeys = ed25519();
const leafKeys = ed25519();

export const good = {
  caKeys,
  leafKeys,
  authority: (change: Partial<Parts> = {}): Buffer => makeCertificate({
    issuer: cn('Test authority'), subject: cn('Test authority'), spki: spkiOf(caKeys.publicKey), by: caKeys.privateKey,
    extensions: [ext.ca(), ext.certSign()], ...change,
  }),
  server: (change: Partial<Parts> = {}): Buffer => makeCertificate({
    issuer: cn('Test authority'), subject: cn('localhost'), spki: spkiOf(leafKeys.publicKey), by: caKeys.privateKey,
    extensions: serverExtensions(), ...change,
  }),
  user: (change: Partial<Parts> = {}): Buffer => makeCertificate({
    issuer: cn('Test authority'), subject: cn('alice'), spki: spkiOf(leafKeys.publicKey), by: caKeys.privateKey,
    extensions: [ext.notCa(), ext.signature(), ext.purposes(CLIENT_AUTH)], ...change,
  }),
};

export const LOCAL_NAMES = [{ dns: 'localhost' }, { ip: [127, 0, 0, 1] }, { ip: [...Array<number>(15).fill(0), 1] }];

export function serverExtensions(
  { basic = ext.notCa(), usage = ext.signature(), purposes = ext.purposes(SERVER_AUTH), names = ext.names(...LOCAL_NAMES) }:
  Partial<Record<'basic' | 'usage' | 'purposes' | 'names', Buffer>> = {},
): Buffer[] {
  return [basic, usage, purposes, names];
}

export const publicFromSpki = (spki: Buffer) => createPublicKey({ key: spki, format: 'der', type: 'spki' });
