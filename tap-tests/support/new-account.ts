import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PublicIdentity, publicIdentity } from '../../common/crypto/identity.js';
import { hashPassword, type Password } from '../../common/crypto/password.js';

/** A hash that takes no time. */
export const passwordOf = (password: string): Promise<Password> =>
  hashPassword(Buffer.from(password), { N: 2 ** 14, r: 8, p: 1 });

/** The key that lies there as SPKI, for somebody who is going to register. */
export const publicKeyIn = (folder: string): PublicIdentity => publicIdentity(readFileSync(join(folder, 'spki')));
