import type { KeyObject } from 'node:crypto';

/** Which body of an exchange: M1 to M3, P1 to P3, or those of types 16 to 18. */
export type Which = 1 | 2 | 3;

/**
 * What the attacker may do otherwise than docs/PROTOCOL.md says. Each is off unless it is there; with none the attacker
 * is an honest party. They can be combined.
 */
export interface Faults {
  /** t0 of the exchange, 32 bytes. */
  readonly t0?: Buffer;
  /** A body before it is signed and hashed: a lie that is told consistently. Its signature is made behind this. */
  readonly field?: Partial<Fieldwise>;
  /** The key share, made from the ephemeral key of M2; K stays what it was to be. */
  readonly share?: (ephemeral: Buffer) => Buffer;
  /** The initiator's key of suite `x25519`, not made for this exchange alone. */
  readonly initiatorKey?: KeyObject;
  /** What is signed, in place of label ‖ 00 ‖ hash. */
  readonly signed?: (data: Buffer) => Buffer;
  readonly signature?: (signature: Buffer) => Buffer;
  /** A whole body as it leaves; the own transcript has what was there before. */
  readonly body?: (which: Which, body: Buffer) => Buffer;
  /** A handshake cell as it leaves, of any length. */
  readonly cell?: (which: Which, cell: Buffer) => Buffer;
  /** Does not look whether the other side's signature is right (which no attacker has to). */
  readonly believesAll?: boolean;
}

/** The fields of the three bodies that can be anything. */
export interface Fieldwise {
  readonly username: Buffer;
  readonly suites: Buffer;
  readonly r1: Buffer;
  readonly certificates: readonly Buffer[];
  readonly suite: number;
  readonly r2: Buffer;
  readonly ephemeral: Buffer;
  readonly share: Buffer;
}

/** What may be wrong about one record of part 3. */
export interface RecordFaults {
  readonly username?: string;
  readonly counter?: bigint;
  /** The number of cells in the header; the record keeps its length. */
  readonly k?: number;
  readonly key?: Buffer;
  readonly iv?: Buffer;
  /** The plaintext with its padding. */
  readonly plaintext?: (plaintext: Buffer) => Buffer;
  /** The record as it leaves. */
  readonly record?: (record: Buffer) => Buffer;
}
