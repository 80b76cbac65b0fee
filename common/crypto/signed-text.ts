import { encode, u64, u8 } from '../bytes/codec.js';
import { WireError } from '../errors.js';
import type { Identity, PublicIdentity } from './identity.js';
import { labels } from './labels.js';
import { sha256 } from './node.js';
import { named, signedText } from './room-change.js';
import type { Party } from './safety-number.js';

/** Hashes and signatures of signed conversations (docs/PROTOCOL.md part 11). All hashes have 32 bytes. */

export const signers = { caller: 0, receiver: 1 } as const;
export type Signer = keyof typeof signers;

const number = (value: number): Buffer => encode(u64('number'), value);
const role = (signer: Signer): Buffer => encode(u8('role'), signers[signer]);

/** Z: who talks to whom, with which keys, in which conversation (16 hexadecimal digits). */
export function conversationHash(conversation: string, caller: Party, receiver: Party): Buffer {
  return sha256(
    labels.signedConversation, Buffer.from(conversation, 'hex'), named(caller.username), named(receiver.username),
    caller.fingerprint, receiver.fingerprint,
  );
}

/** h(x, 0). */
export const firstHash = (z: Buffer, signer: Signer): Buffer => sha256(z, role(signer));

export interface Said {
  /** From 1 on. */
  readonly n: number;
  /** ms since 1970, by the sender's clock. */
  readonly time: number;
  readonly seen: number;
  /** h(y, seen). */
  readonly seenHash: Buffer;
  readonly textHash: Buffer;
}

/** What stands for a text in h(x, n): so a transcript without it shows what it hangs on to all the same. */
export const textHash = (text: string): Buffer => sha256(Buffer.from(text, 'utf8'));

/** h(x, n), from h(x, n - 1). */
export const saidHash = (before: Buffer, { n, time, seen, seenHash, textHash: said }: Said): Buffer =>
  sha256(before, number(n), number(time), number(seen), seenHash, said);

export interface Receipted {
  readonly own: number;
  readonly ownHash: Buffer;
  readonly other: number;
  readonly otherHash: Buffer;
}

/** What the signature of a receipt holds on to. */
export const receiptHash = (signer: Signer, { own, ownHash, other, otherHash }: Receipted): Buffer =>
  sha256(role(signer), number(own), ownHash, number(other), otherHash);

export type SignedKind = 'signedText' | 'signedReceipt';

export const signHash = (kind: SignedKind, hash: Buffer, identity: Identity): Promise<Buffer> =>
  identity.sign(signedText(labels[kind], hash));

/** Throws WireError 'malformed' where the signature is not one of this key over this hash. */
export function verifyHash(kind: SignedKind, hash: Buffer, signature: Buffer, key: PublicIdentity): void {
  if (!key.verify(signedText(labels[kind], hash), signature)) {
    throw new WireError('malformed', 'The signature does not fit.');
  }
}
