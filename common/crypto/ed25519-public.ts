import { HandshakeError } from '../errors.js';
import { type KeyObject, importRawPublic } from './node.js';

const P = 2n ** 255n - 19n;

/** y of the points of order 8, with its negative; the other small orders have y = 1, -1 and 0. */
const ORDER_8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
const SMALL_ORDER = new Set([0n, 1n, P - 1n, ORDER_8, P - ORDER_8]);

/**
 * Checks 32 bytes of an Ed25519 public key (RFC 8032, 5.1.2): y below p, not a point of small order (under such a key
 * one signature fits every message, and Node takes it).
 * Throws HandshakeError 'bad-public-key'.
 */
export function ed25519PublicFromRaw(raw: Buffer): KeyObject {
  const littleEndian = Buffer.from(raw);
  littleEndian.writeUInt8(littleEndian.readUInt8(31) & 0x7f, 31);
  const y = BigInt(`0x${littleEndian.reverse().toString('hex')}`);
  if (y >= P) throw new HandshakeError('bad-public-key', 'An Ed25519 key is not in its canonical encoding.');
  if (SMALL_ORDER.has(y)) throw new HandshakeError('bad-public-key', 'An Ed25519 key is a point of small order.');
  return importRawPublic('Ed25519', raw);
}
