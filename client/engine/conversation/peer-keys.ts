import type { FindKey } from '../../../common/crypto/exchange.js';
import type { PublicIdentity } from '../../../common/crypto/identity.js';
import { WireError } from '../../../common/errors.js';

/** Between peers the key is the one of `pubk`, and bodies carry no certificates (docs/PROTOCOL.md part 5). */
export const withoutCertificates = (key: PublicIdentity): FindKey => (certificates) => {
  if (certificates.length > 0) throw new WireError('malformed', 'Certificates came where none are due.');
  return key;
};
