import { PASSWORD_BYTES_MAX } from '../wire/limits.js';
import { UsageError } from '../errors.js';
import { randomBytes, type Random, sameBytes, type ScryptCost, scryptHash } from './node.js';
import { Secret } from './secret.js';

/** What a server keeps of a password (docs/PROTOCOL.md part 12): nothing that says it. */
export interface Password {
  readonly cost: ScryptCost;
  /** 16 bytes. */
  readonly salt: Buffer;
  /** 32 bytes. */
  readonly hash: Buffer;
}

export const SALT = 16;
export const HASH = 32;

/** 128 MiB and some tenths of a second for each guess, also for whoever has stolen the file. */
export const passwordCost: ScryptCost = { N: 2 ** 17, r: 8, p: 1 };

/**
 * A password as it is sent: UTF-8 in the normal form C, so that two keyboards that write one letter differently say
 * the same. Throws UsageError 'no-passphrase' unless it has 1 to 200 bytes.
 */
export function passwordBytes(text: string): Secret {
  const bytes = Buffer.from(text.normalize('NFC'), 'utf8');
  if (bytes.length >= 1 && bytes.length <= PASSWORD_BYTES_MAX) return new Secret(bytes);
  throw new UsageError('no-passphrase', `A password has 1 to ${PASSWORD_BYTES_MAX} bytes.`);
}

export async function hashPassword(
  password: Buffer, cost: ScryptCost = passwordCost, random: Random = randomBytes,
): Promise<Password> {
  const salt = random(SALT);
  return { cost, salt, hash: await scryptHash(password, salt, cost, HASH) };
}

/** Whether this is the one; compared in constant time. */
export async function matches(password: Buffer, { cost, salt, hash }: Password): Promise<boolean> {
  return sameBytes(await scryptHash(password, salt, cost, HASH), hash);
}
