import { readElements, readOnly, tag, unsigned, writeElement, writeUnsigned } from '../bytes/der.js';
import { HandshakeError } from '../errors.js';
import { type KeyObject, importRsaPublic } from './node.js';

const EXPONENT = Buffer.from('010001', 'hex');

/**
 * Checks an RSAPublicKey (PKCS #1, RFC 8017, A.1.1) before any library sees it: it equals its own DER re-encoding, the
 * modulus is odd and of `minBits` to `maxBits` bits, e = 65537.
 * Throws WireError 'malformed', or HandshakeError 'bad-public-key' for a key that is DER but not allowed.
 */
export function rsaPublicFromPkcs1(der: Buffer, minBits: number, maxBits: number): KeyObject {
  const [n, e, ...others] = readElements(readOnly(der, tag.sequence, 'RSA public key').content);
  if (!n || !e || others.length > 0) throw new HandshakeError('bad-public-key', 'An RSA key is a modulus and an exponent.');
  const modulus = unsigned(n, 'RSA modulus');
  const exponent = unsigned(e, 'RSA exponent');
  if (!writeElement(tag.sequence, writeUnsigned(modulus), writeUnsigned(exponent)).equals(der)) {
    throw new HandshakeError('bad-public-key', 'An RSA key is not in its canonical encoding.');
  }
  const bits = modulus.length * 8 - Math.clz32(modulus.readUInt8(0)) + 24;
  if (bits < minBits || bits > maxBits) {
    throw new HandshakeError('bad-public-key', `An RSA key has ${bits} bits; allowed are ${minBits} to ${maxBits}.`);
  }
  if ((modulus.readUInt8(modulus.length - 1) & 1) === 0) {
    throw new HandshakeError('bad-public-key', 'The modulus of an RSA key is even.');
  }
  if (!exponent.equals(EXPONENT)) {
    throw new HandshakeError('bad-public-key', 'The exponent of an RSA key is not 65537.');
  }
  return importRsaPublic(der);
}
