import {
  constants, createCipheriv, createDecipheriv, createHash, createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify,
} from 'node:crypto';

export const sha256 = (...parts: readonly (Uint8Array | string)[]): Buffer =>
  parts.reduce<ReturnType<typeof createHash>>((hash, part) => hash.update(part), createHash('sha256')).digest();

export const hmac = (key: Uint8Array, data: Uint8Array): Buffer => createHmac('sha256', key).update(data).digest();

/** HKDF-Expand (RFC 5869, 2.3), written out: T(i) = HMAC(key, T(i-1) ‖ label ‖ i). */
export function expand(key: Uint8Array, label: string, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let i = 1; blocks.length * 32 < length; i += 1) {
    blocks.push(hmac(key, Buffer.concat([blocks.at(-1) ?? Buffer.alloc(0), Buffer.from(label), Buffer.from([i])])));
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** @returns tag (16 bytes) ‖ ciphertext */
export function gcmSeal(key: Buffer, iv: Buffer, aad: Buffer, plaintext: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 16 }).setAAD(aad);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([cipher.getAuthTag(), ciphertext]);
}

/** Throws where the tag (16 bytes in front) is not right. */
export function gcmOpen(key: Buffer, iv: Buffer, aad: Buffer, tagged: Buffer): Buffer {
  const cipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 }).setAAD(aad).setAuthTag(tagged.subarray(0, 16));
  return Buffer.concat([cipher.update(tagged.subarray(16)), cipher.final()]);
}

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

export const signAs = (key: KeyObject, data: Buffer): Buffer =>
  (key.asymmetricKeyType === 'rsa' ? sign('sha256', data, { key, ...pss }) : sign(null, data, key));

export const verifies = (key: KeyObject, data: Buffer, signature: Buffer): boolean =>
  (key.asymmetricKeyType === 'rsa' ? verify('sha256', data, { key, ...pss }, signature) : verify(null, data, key, signature));

/** Whom an attacker is, or says to be. */
export interface Person {
  readonly privateKey: KeyObject;
  readonly spki: Buffer;
}

export const spkiOf = (key: KeyObject): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' });
export const personWith = (privateKey: KeyObject): Person => ({ privateKey, spki: spkiOf(privateKey) });
export const newPerson = (): Person => personWith(generateKeyPairSync('ed25519').privateKey);
export const publicKeyOf = (spki: Buffer): KeyObject => createPublicKey({ key: spki, format: 'der', type: 'spki' });
export const fingerprintOf = (spki: Buffer): Buffer => sha256(spki);

const seeded = { ed25519: '302e020100300506032b657004220420', x25519: '302e020100300506032b656e04220420' } as const;

/** A private key out of 32 given bytes, the same each time (RFC 8410). */
export const keyFrom = (kind: keyof typeof seeded, seed: Buffer): KeyObject =>
  createPrivateKey({ key: Buffer.concat([Buffer.from(seeded[kind], 'hex'), seed]), format: 'der', type: 'pkcs8' });
