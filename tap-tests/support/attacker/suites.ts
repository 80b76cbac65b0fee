import { constants, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject, privateDecrypt, publicEncrypt, randomBytes } from 'node:crypto';

export const RSA = 1;
export const X25519 = 2;
export type SuiteNumber = typeof RSA | typeof X25519;

const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
const X25519_SPKI = Buffer.from('302a300506032b656e032100', 'hex');

/** A responder's key for one exchange. */
export interface Ephemeral {
  readonly publicBytes: Buffer;
  readonly privateKey: KeyObject;
}

export function newEphemeral(suite: number): Ephemeral {
  if (suite === RSA) {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return { privateKey, publicBytes: publicKey.export({ type: 'pkcs1', format: 'der' }) };
  }
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  return { privateKey, publicBytes: raw(publicKey) };
}

/**
 * K and the share that brings it to the holder of the ephemeral key.
 * @param privateKey the own key of suite `x25519`, where it is given
 */
export function encapsulate(
  suite: number, ephemeral: Buffer, privateKey = generateKeyPairSync('x25519').privateKey,
): { share: Buffer; K: Buffer } {
  if (suite === RSA) {
    const K = randomBytes(32);
    return { share: publicEncrypt({ key: createPublicKey({ key: ephemeral, format: 'der', type: 'pkcs1' }), ...oaep }, K), K };
  }
  return { share: raw(createPublicKey(privateKey)), K: diffieHellman({ privateKey, publicKey: x25519Public(ephemeral) }) };
}

export const x25519Ephemeral = (privateKey: KeyObject): Ephemeral => ({ privateKey, publicBytes: raw(createPublicKey(privateKey)) });

export function decapsulate(suite: number, privateKey: KeyObject, share: Buffer): Buffer {
  if (suite === RSA) return privateDecrypt({ key: privateKey, ...oaep }, share);
  return diffieHellman({ privateKey, publicKey: x25519Public(share) });
}

const x25519Public = (bytes: Buffer): KeyObject =>
  createPublicKey({ key: Buffer.concat([X25519_SPKI, bytes]), format: 'der', type: 'spki' });

const raw = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' }).subarray(-32);
