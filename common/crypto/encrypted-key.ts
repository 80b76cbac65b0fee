import { tag, writeElement, writeOid, writeUnsigned } from '../bytes/der.js';
import { writePem } from '../bytes/pem.js';
import { type KeyObject, type Random, aesCbcEncrypt, pbkdf2Sha256, pkcs8Of, randomBytes } from './node.js';

/**
 * What OWASP asks of PBKDF2-HMAC-SHA-256 since 2023; a guess costs about a quarter of a second of one core.
 */
export const PBKDF2_ROUNDS = 600_000;

const SALT = 16;
const AES_KEY = 32;
const AES_IV = 16;

export interface EncryptOptions {
  readonly rounds?: number;
  readonly random?: Random;
}

/**
 * A private key as PEM text `ENCRYPTED PRIVATE KEY`: PKCS#8 (RFC 5958, 3) under PBES2 (RFC 8018, 6.2 and A.4)
 * with PBKDF2-HMAC-SHA-256, a fresh salt of 16 bytes, and AES-256-CBC.
 */
export async function encryptPrivateKey(
  key: KeyObject,
  passphrase: string,
  { rounds = PBKDF2_ROUNDS, random = randomBytes }: EncryptOptions = {},
): Promise<string> {
  const salt = random(SALT);
  const iv = random(AES_IV);
  const aes = await pbkdf2Sha256(passphrase, salt, rounds, AES_KEY);
  const plain = pkcs8Of(key);
  const ciphertext = aesCbcEncrypt(aes, iv, plain.bytes);
  plain.wipe();
  aes.fill(0);

  const hmacSha256 = algorithm('1.2.840.113549.2.9', writeElement(tag.null));
  const count = Buffer.alloc(4);
  count.writeUInt32BE(rounds);
  const pbkdf2 = writeElement(
    tag.sequence,
    writeElement(tag.octetString, salt),
    writeUnsigned(count),
    hmacSha256,
  );
  const pbes2 = writeElement(
    tag.sequence,
    algorithm('1.2.840.113549.1.5.12', pbkdf2),
    algorithm('2.16.840.1.101.3.4.1.42', writeElement(tag.octetString, iv)),
  );
  return writePem('ENCRYPTED PRIVATE KEY', writeElement(
    tag.sequence,
    algorithm('1.2.840.113549.1.5.13', pbes2),
    writeElement(tag.octetString, ciphertext),
  ));
}

function algorithm(oid: string, parameters: Buffer): Buffer {
  return writeElement(tag.sequence, writeOid(oid), parameters);
}

/** A private key as PEM text `PRIVATE KEY`, PKCS#8 without a passphrase. */
export function plainPrivateKey(key: KeyObject): string {
  const plain = pkcs8Of(key);
  const pem = writePem('PRIVATE KEY', plain.bytes);
  plain.wipe();
  return pem;
}
