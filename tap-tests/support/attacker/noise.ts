import { randomBytes } from 'node:crypto';
import { list16, vec16, vec8 } from './bytes.js';
import { handshakeCell, M1, M3 } from './cells.js';
import { RSA, X25519 } from './suites.js';

/** A well-formed M1 of somebody whom nobody knows: what it costs is some random bytes. */
export function noiseM1(suites: readonly number[] = [RSA, X25519]): Buffer {
  const name = randomBytes(4).toString('hex');
  return handshakeCell(M1, Buffer.concat([vec8(name), vec8(Buffer.from(suites)), randomBytes(32)]));
}

/** A well-formed M3 (for suite x25519) that authenticates nobody. */
export const noiseM3 = (): Buffer =>
  handshakeCell(M3, Buffer.concat([list16([]), vec16(randomBytes(32)), vec16(randomBytes(64))]));
