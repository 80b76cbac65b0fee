import { encode } from '../bytes/codec.js';
import { type Commitments, commitments, type Start, start } from '../wire/room-round.js';
import { type RoomKind, roomKinds } from '../wire/room-commands.js';
import { labels } from './labels.js';
import { GCM_IV, GCM_TAG, hkdfExpand, hkdfExtract, hmacSha256, open, seal, sha256 } from './node.js';
import { named, signedText } from './room-change.js';
import { digits, type Party } from './safety-number.js';
import { Secret } from './secret.js';

/** Hashes and keys of a round, docs/PROTOCOL.md part 10, A round. Each hash and key has 32 bytes. */

/** @param nonce 32 bytes */
export const commitmentTo = ({ fingerprint }: Party, nonce: Buffer): Buffer => sha256(labels.roomCommitment, fingerprint, nonce);

/** S; its first 16 bytes name the round. */
export const roundHash = (room: string, leader: string, opening: Start): Buffer =>
  sha256(named(room), named(leader), encode(start, opening));

/** t0 of the exchange of the leader with another member. */
export const roundTranscript = (s: Buffer, leader: Party, member: Party): Buffer =>
  sha256(labels.roomExchange, s, named(leader.username), named(member.username), leader.fingerprint, member.fingerprint);

/** C. */
export const commitmentsHash = (s: Buffer, said: Commitments): Buffer => sha256(s, encode(commitments, said));

/** What a participant signs with its nonce. */
export const signedContribution = (c: Buffer, username: string, nonce: Buffer): Buffer =>
  signedText(labels.roomContribution, sha256(c, named(username), nonce));

/** T; its first 16 bytes name the epoch. */
export function epochHash(room: string, { epoch, head, before }: Pick<Start, 'epoch' | 'head' | 'before'>, c: Buffer): Buffer {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(epoch);
  return sha256(labels.roomEpoch, named(room), number, head, before, c);
}

/** What an epoch is made of; PRK is gone. */
export interface EpochSecrets {
  /** The chain of each participant, by username. */
  readonly chains: ReadonlyMap<string, Secret>;
  /** The tag of each, 32 bytes, by username: what shows that it has the same. */
  readonly tags: ReadonlyMap<string, Buffer>;
  /** Four groups of five digits to compare aloud. */
  readonly number: string;
}

const NUMBER_BYTES = 20;

/** @param nonces in the order of the commitments; wiped */
export function epochSecrets(t: Buffer, usernames: readonly string[], nonces: readonly Buffer[]): EpochSecrets {
  const all = Buffer.concat(nonces);
  const prk = hkdfExtract(t, all);
  for (const each of [all, ...nonces]) each.fill(0);
  const confirmation = hkdfExpand(prk, labels.roomConfirmation, 32);
  const secrets = {
    chains: new Map(usernames.map((name) => [name, new Secret(hkdfExpand(prk, `${labels.roomSender} ${name}`, 32))])),
    tags: new Map(usernames.map((name) => [name, hmacSha256(confirmation, named(name))])),
    number: digits(hkdfExpand(prk, labels.roomNumber, NUMBER_BYTES)),
  };
  confirmation.fill(0);
  prk.fill(0);
  return secrets;
}

/* Keys that seal once. */

const IV = Buffer.alloc(GCM_IV);
const aadOf = (round: Buffer, kind: RoomKind) => Buffer.concat([round, Buffer.from([roomKinds[kind]])]);

/** @returns tag and ciphertext */
export function sealOnce(key: Buffer, round: Buffer, kind: RoomKind, plaintext: Buffer): Buffer {
  const { tag, ciphertext } = seal(key, IV, aadOf(round, kind), plaintext);
  return Buffer.concat([tag, ciphertext]);
}

/** @returns undefined where it does not verify */
export function openOnce(key: Buffer, round: Buffer, kind: RoomKind, sealed: Buffer): Buffer | undefined {
  return open(key, IV, aadOf(round, kind), sealed.subarray(GCM_TAG), sealed.subarray(0, GCM_TAG));
}
