import type { KeyObject } from 'node:crypto';
import type { Faults } from './faults.js';
import type { Person } from './primitives.js';
import type { Committed, Revealed, Start } from './room-round.js';

/**
 * What a member may do in a round otherwise than part 10 of docs/PROTOCOL.md says. Each is off unless it is there; with
 * none the attacker is an honest member. They can be combined.
 */
export interface RoundFaults {
  /** Fields of the start, told consistently. */
  readonly start?: Partial<Start>;
  /** What is committed to, in place of the hash of the own nonce. */
  readonly commitment?: (honest: Buffer) => Buffer;
  /** The nonce that is revealed, in place of the one committed to. It is what is signed. */
  readonly reveals?: (own: Buffer) => Buffer;
  /** Whose key signs the contribution. */
  readonly signer?: Person;
  readonly signature?: (honest: Buffer) => Buffer;
  /** Kinds that it does not say. */
  readonly withholds?: readonly number[];
  /** A leader's list of commitments. */
  readonly commitments?: (list: readonly Committed[]) => readonly Committed[];
  /** A leader's W for one member. */
  readonly W?: (honest: Buffer, name: string) => Buffer;
  /** A leader's own nonce once it has seen the others' (in their order). */
  readonly chooses?: (others: readonly Buffer[]) => Buffer;
  /** A leader's list of nonces and signatures. */
  readonly revealed?: (list: readonly Revealed[]) => readonly Revealed[];
  readonly tag?: (honest: Buffer) => Buffer;
  /** A leader's tags in `done`. */
  readonly tags?: (list: readonly Buffer[]) => readonly Buffer[];
  /** A body as it leaves; the own hashes have what was there before. `to` is the receiver of an `each`. */
  readonly body?: (kind: number, body: Buffer, to?: string) => Buffer;
  /** In the exchange between leader and member. */
  readonly exchange?: Faults;
  /** Goes on whatever the others do. */
  readonly believesAll?: boolean;
}

/** What would be random, where it is given. */
export interface Given {
  readonly nonce?: Buffer;
  readonly W?: Buffer;
  /** R1 of a leader, R2 of any other. */
  readonly r?: Buffer;
  /** The own X25519 key, in the exchange with one member. */
  readonly key?: (name: string) => KeyObject;
}

/** What may be wrong about one record of a room. */
export interface RoomRecordFaults {
  readonly T?: Buffer;
  readonly counter?: bigint;
  readonly time?: number;
  readonly key?: Buffer;
  readonly cells?: number;
  /** Whose key signs, and in whose name. */
  readonly signer?: Person;
  readonly signedAs?: string;
  readonly signature?: (honest: Buffer) => Buffer;
  /** The plaintext with its padding, 4096k - 156 bytes. */
  readonly plaintext?: (plaintext: Buffer) => Buffer;
  /** The record as it leaves. */
  readonly record?: (record: Buffer) => Buffer;
}
