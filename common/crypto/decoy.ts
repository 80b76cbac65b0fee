import { type PublicIdentity, publicIdentity } from './identity.js';
import { makeEd25519Pair, spkiOf } from './node.js';

let decoy: PublicIdentity | undefined;

/** A key whose private half was thrown away: what stands in for a key that is not there. */
export const ed25519Decoy = (): PublicIdentity => (decoy ??= publicIdentity(spkiOf(makeEd25519Pair().publicKey)));
