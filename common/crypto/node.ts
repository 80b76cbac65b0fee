/**
 * The one file that imports node:crypto. It says out loud whatever Node would otherwise choose by itself: PSS with a
 * salt of 32 bytes, OAEP with SHA-256, GCM tags of 16 bytes and no others.
 */
import {
  X509Certificate, constants, createCipheriv, createDecipheriv, createHash, createHmac, createPrivateKey,
  createPublicKey, createSecretKey, diffieHellman, generateKeyPair, generateKeyPairSync, pbkdf2, privateDecrypt,
  publicEncrypt, randomBytes as nodeRandomBytes, scrypt, sign as nodeSign, timingSafeEqual, verify as nodeVerify,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import { Secret } from './secret.js';

export { X509Certificate };
export type { KeyObject };

/** A source of randomness, so that a test can hold it still. */
export type Random = (length: number) => Buffer;
export const randomBytes: Random = (length) => nodeRandomBytes(length);

export function sha256(...parts: readonly (Buffer | string)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function hmacSha256(key: Buffer, ...parts: readonly (Buffer | string)[]): Buffer {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** RFC 5869, 2.2. */
export function hkdfExtract(salt: Buffer, input: Buffer): Buffer {
  return hmacSha256(salt, input);
}

/** RFC 5869, 2.3, with info = `label` in ASCII and 1 to 8160 bytes of output. */
export function hkdfExpand(prk: Buffer, label: string, length: number): Buffer {
  // V8 keeps a small Buffer.alloc in its own heap, moves it about, and leaves copies that nobody can wipe.
  const output = Buffer.from(new ArrayBuffer(length));
  let block: Buffer = Buffer.alloc(0);
  for (let at = 0, counter = 1; at < length; at += block.length, counter++) {
    const next = hmacSha256(prk, block, label, Buffer.from([counter]));
    block.fill(0);
    block = next;
    block.copy(output, at);
  }
  block.fill(0);
  return output;
}

/** Compares in constant time; different lengths are different, which is no secret. */
export function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

export const GCM_TAG = 16;
export const GCM_IV = 12;
const gcm = { authTagLength: GCM_TAG } as const;

/** What encrypts: 32 bytes, or the same as a key object, which costs less where it is used often. */
export type AesKey = Buffer | KeyObject;

export const aesKey = (bytes: Buffer): KeyObject => createSecretKey(bytes);

export interface Sealing {
  readonly key: AesKey;
  readonly iv: Buffer;
  readonly aad: Buffer;
  readonly plaintext: Buffer;
}

/** For tests and the demonstration only: whoever can set this runs in the process that has the keys anyway. */
let watcher: ((sealing: Sealing) => void) | undefined;

/** Shows everything that is sealed in this process: that no (key, IV) pair comes twice, or what a layer looks like. */
export function watchSealing(watch: typeof watcher): void {
  watcher = watch;
}

/**
 * AES-256-GCM, NIST SP 800-38D.
 * @param iv 12 bytes, never twice under one key
 * @returns the tag of 16 bytes and the ciphertext, as long as the plaintext
 */
export function seal(key: AesKey, iv: Buffer, aad: Buffer, plaintext: Buffer): { tag: Buffer; ciphertext: Buffer } {
  watcher?.({ key, iv, aad, plaintext });
  const cipher = createCipheriv('aes-256-gcm', key, iv, gcm);
  cipher.setAAD(aad);
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  return { tag: cipher.getAuthTag(), ciphertext };
}

/** @returns the plaintext, or undefined where the tag does not verify: nothing of it is seen before that. */
export function open(key: AesKey, iv: Buffer, aad: Buffer, ciphertext: Buffer, tag: Buffer): Buffer | undefined {
  if (tag.length !== GCM_TAG) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, iv, gcm);
  decipher.setAAD(aad);
  decipher.setAuthTag(tag);
  const plaintext = decipher.update(ciphertext);
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    return undefined;
  }
  return plaintext;
}

/* Signatures. The kind of key says the kind of signature. */

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } as const;
const signRsa = promisify(nodeSign) as unknown as
  (digest: string | null, data: Buffer, key: object) => Promise<Buffer>;

/**
 * RSASSA-PSS with SHA-256, MGF1-SHA-256 and a salt of 32 bytes, or Ed25519. RSA in the thread pool; Ed25519 at once,
 * since going there costs more.
 */
export async function sign(key: KeyObject, data: Buffer): Promise<Buffer> {
  return key.asymmetricKeyType === 'rsa' ? signRsa('sha256', data, { key, ...pss }) : nodeSign(null, data, key);
}

export function verify(key: KeyObject, data: Buffer, signature: Buffer): boolean {
  return key.asymmetricKeyType === 'rsa'
    ? nodeVerify('sha256', data, { key, ...pss }, signature)
    : nodeVerify(null, data, key, signature);
}

export type Pkcs1Digest = 'sha256' | 'sha384' | 'sha512';

/** RSASSA-PKCS1-v1_5: only for certificates, which RSA authorities sign so (RFC 4055, 5). */
export function verifyPkcs1(spki: Buffer, digest: Pkcs1Digest, data: Buffer, signature: Buffer): boolean {
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  return nodeVerify(digest, data, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
}

/* Key exchange. */

const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' } as const;

/** RSAES-OAEP with SHA-256 and an empty label, RFC 8017, 7.1. */
export function oaepEncrypt(key: KeyObject, plaintext: Buffer): Buffer {
  return publicEncrypt({ key, ...oaep }, plaintext);
}

/** @returns the plaintext, or undefined where it does not decrypt. */
export function oaepDecrypt(key: KeyObject, ciphertext: Buffer): Buffer | undefined {
  try {
    return privateDecrypt({ key, ...oaep }, ciphertext);
  } catch {
    return undefined;
  }
}

/** @returns 32 bytes, or undefined for a peer's point of small order (all-zero result, RFC 7748, 6.1). */
export function x25519(privateKey: KeyObject, publicKey: KeyObject): Buffer | undefined {
  try {
    const shared = diffieHellman({ privateKey, publicKey });
    return sameBytes(shared, Buffer.alloc(32)) ? undefined : shared;
  } catch {
    return undefined;
  }
}

/* Keys. The callers have checked the bytes before they come here. */

export const importRsaPublic = (pkcs1: Buffer): KeyObject =>
  createPublicKey({ key: pkcs1, format: 'der', type: 'pkcs1' });

export type Curve = 'Ed25519' | 'X25519';

/** From 32 raw bytes; a JWK is imported ten times as fast as SPKI. */
export const importRawPublic = (crv: Curve, raw: Buffer): KeyObject =>
  createPublicKey({ key: { kty: 'OKP', crv, x: raw.toString('base64url') }, format: 'jwk' });

/**
 * The 32 bytes at the end of an SPKI. Not by way of JWK: Node 20 holds the key's lock there while it makes strings, and
 * if just then it collects the job that made the key, which wants that lock too, the process stands still for ever.
 */
export const rawPublic = (key: KeyObject): Buffer => Buffer.from(spkiOf(key).subarray(-32));

/** The point with u = 9 of RFC 7748, 4.1. */
let basePoint: KeyObject | undefined;

/** The 32 bytes of the public key, as RFC 7748, 6.1 computes them: that takes half as long as an SPKI does. */
export function x25519PublicBytes(privateKey: KeyObject): Buffer {
  basePoint ??= importRawPublic('X25519', Buffer.alloc(32).fill(9, 0, 1));
  return diffieHellman({ privateKey, publicKey: basePoint });
}

export const publicOf = (privateKey: KeyObject): KeyObject => createPublicKey(privateKey);

export const spkiOf = (publicKey: KeyObject): Buffer => publicKey.export({ format: 'der', type: 'spki' });

/** PKCS#8, plain or under a passphrase. Throws Node's own error where it cannot be read. */
export const readPrivatePem = (pem: string, passphrase?: string): KeyObject =>
  createPrivateKey({ key: pem, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) });

export const pkcs8Of = (privateKey: KeyObject): Secret =>
  new Secret(privateKey.export({ format: 'der', type: 'pkcs8' }));

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** An RSA key with e = 65537. It takes some 350 ms for 2048 bits: only in a worker, or by a tool. */
export const makeRsaPair = (modulusLength: number): KeyPair => generateKeyPairSync('rsa', { modulusLength });
export const rsaPublicDer = (publicKey: KeyObject): Buffer => publicKey.export({ format: 'der', type: 'pkcs1' });
export const makeRsaPairInPool: (modulusLength: number) => Promise<KeyPair> = (modulusLength) =>
  promisify(generateKeyPair)('rsa', { modulusLength });
export const makeX25519Pair = (): KeyPair => generateKeyPairSync('x25519');
export const makeEd25519Pair = (): KeyPair => generateKeyPairSync('ed25519');

/** PBKDF2-HMAC-SHA-256, RFC 8018, 5.2; in the thread pool. */
export const pbkdf2Sha256 = (passphrase: string, salt: Buffer, rounds: number, length: number): Promise<Buffer> =>
  promisify(pbkdf2)(passphrase, salt, rounds, length, 'sha256');

/** What scrypt costs (RFC 7914, 2): 128·N·r bytes of memory. */
export interface ScryptCost {
  /** A power of two. */
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

const scryptInPool =
  promisify(scrypt) as (password: Buffer, salt: Buffer, length: number, options: object) => Promise<Buffer>;

/** scrypt, RFC 7914; in the thread pool. Node stops at 32 MiB unless it is told how much it may take. */
export const scryptHash = (password: Buffer, salt: Buffer, { N, r, p }: ScryptCost, length: number): Promise<Buffer> =>
  scryptInPool(password, salt, length, { N, r, p, maxmem: 128 * r * (N + p + 2) });

/** AES-256-CBC with PKCS#7 padding: only for private keys at rest (PBES2, RFC 8018, 6.2). */
export function aesCbcEncrypt(key: Buffer, iv: Buffer, plaintext: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([cipher.update(plaintext), cipher.final()]);
}
