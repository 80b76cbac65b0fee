import { privateIdentity } from '../../common/crypto/identity.js';
import { type KeysFolder, revokedPath } from '../../common/files/keys-folder.js';
import { readPrivateKey } from '../../common/files/private-key.js';
import { type Revocation, writeRevoked } from '../../common/files/revoked-list.js';
import { PASSPHRASE } from './authority.js';

const date = '2026-01-01';

/** Writes the list of revoked users of a folder of keys, signed by its authority. */
export async function writeSignedRevoked(
  keys: KeysFolder, number: number, list: readonly (Omit<Revocation, 'date'>)[],
): Promise<void> {
  const authority = privateIdentity(await readPrivateKey(keys.authority.key, async () => PASSPHRASE));
  await writeRevoked(revokedPath(keys.users), { number, list: list.map((each) => ({ ...each, date })) }, authority);
}
