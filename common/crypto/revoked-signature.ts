import type { Identity, PublicIdentity } from './identity.js';
import { labels } from './labels.js';
import { sha256 } from './node.js';
import { signedText } from './room-change.js';

/** The signature of the list of revoked users (docs/PROTOCOL.md, Certificates). */

const signed = (text: Buffer): Buffer => signedText(labels.revokedUsers, sha256(text));

/** @param text the list up to its last line, which is to have the signature */
export const signRevoked = (text: Buffer, authority: Identity): Promise<Buffer> => authority.sign(signed(text));

/** Whether one of the authorities has signed it. */
export const isSignedRevoked = (text: Buffer, signature: Buffer, authorities: readonly PublicIdentity[]): boolean =>
  authorities.some((authority) => authority.verify(signed(text), signature));
