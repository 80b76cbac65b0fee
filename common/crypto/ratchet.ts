import { contentTypes, packContent, SEALED_AAD, SEALED_HEADER, sealedCells, unpackContent, type ContentType } from '../wire/end-to-end.js';
import { END_TO_END_MAGIC } from './labels.js';
import { GCM_IV, hmacSha256, open, seal } from './node.js';
import { writeCounter } from './record-key.js';
import { Secret } from './secret.js';

/** The ratchet of docs/PROTOCOL.md part 5: each direction of a conversation has a chain, each record a key of its own. */

const MESSAGE_KEY = Buffer.from([1]);
const NEXT_CHAIN = Buffer.from([2]);
const MAGIC = Buffer.from(END_TO_END_MAGIC, 'ascii');
const COUNTER_AT = MAGIC.length;
const TIME_AT = 28;

export const COUNTER = 16;

export function counterBytes(counter: bigint): Buffer {
  const bytes = Buffer.alloc(COUNTER);
  writeCounter(bytes, 0, counter);
  return bytes;
}

/** The counter that 16 little-endian bytes hold. */
export const readCounter = (bytes: Buffer): bigint => bytes.readBigUInt64LE(0) | (bytes.readBigUInt64LE(8) << 64n);

/** A key for each record: the message key of one, and the chain of the next. */
export abstract class Chain {
  #chain: Secret;
  #counter = 0n;

  constructor(chain: Secret) {
    this.#chain = chain;
  }

  /** Counter of the next record. It goes on over renewals. */
  get counter(): bigint {
    return this.#counter;
  }

  protected messageKey(): Secret {
    return new Secret(hmacSha256(this.#chain.bytes, MESSAGE_KEY));
  }

  protected step(): void {
    const next = new Secret(hmacSha256(this.#chain.bytes, NEXT_CHAIN));
    this.#chain.wipe();
    this.#chain = next;
    this.#counter++;
  }

  /** Goes on with a new chain after a renewal; the old one is wiped. */
  renew(chain: Secret): void {
    this.#chain.wipe();
    this.#chain = chain;
  }

  wipe(): void {
    this.#chain.wipe();
  }
}

function aadOf(counter: bigint, sealedAt: number): Buffer {
  const aad = Buffer.alloc(SEALED_AAD);
  MAGIC.copy(aad);
  writeCounter(aad, COUNTER_AT, counter);
  aad.writeBigUInt64BE(BigInt(sealedAt), TIME_AT);
  return aad;
}

const ivOf = (aad: Buffer) => aad.subarray(COUNTER_AT, COUNTER_AT + GCM_IV);

export class SendingChain extends Chain {
  /**
   * Seals one record and moves the chain on; the key is wiped.
   * @param sealedAt ms since 1970
   * @returns 4096k - 66 bytes; throws WireError 'malformed' for a content above 65412 bytes
   */
  seal(type: ContentType, content: Buffer, sealedAt: number): Buffer {
    const plaintext = packContent({ type: contentTypes[type], content });
    const aad = aadOf(this.counter, sealedAt);
    const key = this.messageKey();
    const { tag, ciphertext } = seal(key.bytes, ivOf(aad), aad, plaintext);
    key.wipe();
    plaintext.fill(0);
    this.step();
    return Buffer.concat([aad, tag, ciphertext]);
  }
}

export interface Opened {
  readonly type: number;
  readonly content: Buffer;
  readonly counter: bigint;
  /** ms since 1970 by the sender's clock */
  readonly sealedAt: number;
}

export class ReceivingChain extends Chain {
  /**
   * Opens the next record. A record that is not the next, or does not verify, changes nothing.
   * @returns undefined where length, magic, counter or tag are not those of the next record
   */
  open(record: Buffer): Opened | undefined {
    if (sealedCells(record.length) === undefined) return undefined;
    const aad = record.subarray(0, SEALED_AAD);
    const sealedAt = Number(aad.readBigUInt64BE(TIME_AT));
    if (!Number.isSafeInteger(sealedAt) || !aad.equals(aadOf(this.counter, sealedAt))) return undefined;
    const key = this.messageKey();
    const plaintext = open(key.bytes, ivOf(aad), aad, record.subarray(SEALED_HEADER), record.subarray(SEALED_AAD, SEALED_HEADER));
    key.wipe();
    if (!plaintext) return undefined;
    const { counter } = this;
    this.step();
    return { ...unpackContent(plaintext), counter, sealedAt };
  }
}
