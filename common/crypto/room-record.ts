import {
  packRoomContent, ROOM_AAD, ROOM_HEADER, type RoomContentType, roomContentTypes, roomRecordCells, unpackRoomContent,
} from '../wire/room-record.js';
import type { Identity, PublicIdentity } from './identity.js';
import { labels } from './labels.js';
import { GCM_IV, open, seal, sha256 } from './node.js';
import { Chain, type Opened } from './ratchet.js';
import { writeCounter } from './record-key.js';
import { named, signedText } from './room-change.js';
import type { Secret } from './secret.js';

/** Records of a room, docs/PROTOCOL.md part 10, What is said in an epoch: sealed for all, signed by one. */

export const EPOCH_ID = 16;
const COUNTER_AT = EPOCH_ID;
const TIME_AT = 32;

/** T of the epoch, 32 bytes, and whose chain it is. */
export interface Sender {
  readonly t: Buffer;
  readonly username: string;
}

function aadOf({ t }: Sender, counter: bigint, sealedAt: number): Buffer {
  const aad = Buffer.alloc(ROOM_AAD);
  t.copy(aad, 0, 0, EPOCH_ID);
  writeCounter(aad, COUNTER_AT, counter);
  aad.writeBigUInt64BE(BigInt(sealedAt), TIME_AT);
  return aad;
}

const ivOf = (aad: Buffer) => aad.subarray(COUNTER_AT, COUNTER_AT + GCM_IV);

const signed = ({ t, username }: Sender, aad: Buffer, type: number, content: Buffer) =>
  signedText(labels.roomMessage, sha256(t, named(username), aad, Buffer.from([type]), content));

export class RoomSendingChain extends Chain {
  constructor(private readonly sender: Sender, chain: Secret) {
    super(chain);
  }

  /**
   * Signs and seals one record; the key is wiped. One at a time: the next may begin when this one is done.
   * @param sealedAt ms since 1970
   * @returns 4096k - 100 bytes; throws WireError 'malformed' for a content above 64,860 bytes
   */
  async seal(type: RoomContentType, content: Buffer, sealedAt: number, identity: Identity): Promise<Buffer> {
    const aad = aadOf(this.sender, this.counter, sealedAt);
    const number = roomContentTypes[type];
    const signature = await identity.sign(signed(this.sender, aad, number, content));
    const plaintext = packRoomContent({ type: number, content, signature });
    const key = this.messageKey();
    const { tag, ciphertext } = seal(key.bytes, ivOf(aad), aad, plaintext);
    key.wipe();
    plaintext.fill(0);
    this.step();
    return Buffer.concat([aad, tag, ciphertext]);
  }
}

export class RoomReceivingChain extends Chain {
  constructor(private readonly sender: Sender, chain: Secret) {
    super(chain);
  }

  /**
   * Opens the next record of this sender. One that is not the next, or does not verify, changes nothing.
   * Throws WireError 'malformed' for a content that is not well formed.
   * @returns undefined where length, epoch, counter, tag or signature do not fit
   */
  open(record: Buffer, key: PublicIdentity): Opened | undefined {
    if (roomRecordCells(record.length) === undefined) return undefined;
    const aad = record.subarray(0, ROOM_AAD);
    const sealedAt = Number(aad.readBigUInt64BE(TIME_AT));
    if (!Number.isSafeInteger(sealedAt) || !aad.equals(aadOf(this.sender, this.counter, sealedAt))) return undefined;
    const messageKey = this.messageKey();
    const plaintext = open(messageKey.bytes, ivOf(aad), aad, record.subarray(ROOM_HEADER), record.subarray(ROOM_AAD, ROOM_HEADER));
    messageKey.wipe();
    if (!plaintext) return undefined;
    const { type, content, signature } = unpackRoomContent(plaintext);
    if (!key.verify(signed(this.sender, aad, type, content), signature)) return undefined;
    const { counter } = this;
    this.step();
    return { type, content, counter, sealedAt };
  }
}

/** A_n: what the texts of an epoch were, up to the n-th (32 bytes). */
export const textsHash = (before: Buffer, record: Buffer): Buffer => sha256(before, sha256(record));
