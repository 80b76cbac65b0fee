import { encode, vec8 } from '../bytes/codec.js';
import { WireError } from '../errors.js';
import { change, type Change, changeWithoutSignature, type UnsignedChange } from '../wire/room-change.js';
import type { Identity, PublicIdentity } from './identity.js';
import { labels } from './labels.js';
import { sameBytes, sha256 } from './node.js';

/** Signature and hash of a change of a room's members, docs/PROTOCOL.md part 10, Changes. */

/** A name behind its length. */
export const named = (name: string): Buffer => encode(vec8('name', { min: 1, max: 16 }), Buffer.from(name, 'latin1'));

/** What a signature is over: the label, a zero, a hash. */
export const signedText = (label: string, hash: Buffer): Buffer => Buffer.concat([Buffer.from(`${label}\0`, 'ascii'), hash]);

const signedChange = (room: string, unsigned: UnsignedChange) =>
  signedText(labels.roomChange, sha256(named(room), encode(changeWithoutSignature, unsigned)));

/** @returns the change as it goes over the wire */
export async function signChange(room: string, unsigned: UnsignedChange, identity: Identity): Promise<Buffer> {
  return encode(change, { ...unsigned, signature: await identity.sign(signedChange(room, unsigned)) });
}

/** Throws WireError 'malformed' where the key is not the one that the change says, or the signature does not fit. */
export function verifyChange(room: string, { signature, ...unsigned }: Change, key: PublicIdentity): void {
  const fits = sameBytes(key.fingerprint, unsigned.authorKey) && key.verify(signedChange(room, unsigned), signature);
  if (!fits) throw new WireError('malformed', "A change of a room's members is not signed by its author.");
}

/** What the next change holds on to: 32 bytes. */
export const changeHash = (room: string, bytes: Buffer): Buffer => sha256(named(room), bytes);
