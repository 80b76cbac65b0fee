import { verifyUserChain } from '../../common/crypto/chain.js';
import type { Certificate } from '../../common/crypto/certificate.js';
import { parseCertificate } from '../../common/crypto/certificate.js';
import { type PublicIdentity, publicIdentity } from '../../common/crypto/identity.js';
import { sameBytes } from '../../common/crypto/node.js';
import { MessageAppError, TrustError } from '../../common/errors.js';
import type { Trust } from './protocol.js';
import type { Pin } from './trust-store.js';

export type Judgement =
  | { readonly result: Trust; readonly compared: boolean }
  /** Refused until the person approves the new number. */
  | { readonly result: 'changed'; readonly pinned: Buffer };

/** The table of docs/PROTOCOL.md part 5: the pin is looked at first. */
export function judge(pin: Pin | undefined, key: PublicIdentity, certified: boolean): Judgement {
  if (!pin) return { result: certified ? 'certified' : 'first-use', compared: false };
  const pinned = Buffer.from(pin.fingerprint, 'hex');
  if (!sameBytes(pinned, key.fingerprint)) return { result: 'changed', pinned };
  return { result: certified ? 'certified' : 'known', compared: pin.compared };
}

/**
 * The key that `pubk` brings, and whether its certificates verify for the username.
 * Throws WireError, HandshakeError 'bad-public-key', and TrustError 'bad-certificate' where the first certificate is of
 * another key than the one beside it.
 */
export function readPeerKey(
  { peer, spki, certificates }: { readonly peer: string; readonly spki: Buffer; readonly certificates: readonly Buffer[] },
  authorities: readonly Certificate[],
  now: Date,
): { key: PublicIdentity; certified: boolean } {
  const key = publicIdentity(spki);
  const [own] = certificates;
  if (!own) return { key, certified: false };
  if (!parseCertificate(own).publicKey.spki.equals(key.spki)) {
    throw new TrustError('bad-certificate', `The certificate shown for ${peer} is of another key than the one beside it.`);
  }
  try {
    verifyUserChain(certificates, { authorities, username: peer, now });
    return { key, certified: true };
  } catch (error) {
    if (error instanceof MessageAppError) return { key, certified: false };
    throw error;
  }
}
