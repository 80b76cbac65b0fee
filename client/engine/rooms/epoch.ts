import type { Clock } from '../../../common/clock.js';
import type { Identity, PublicIdentity } from '../../../common/crypto/identity.js';
import { sameBytes } from '../../../common/crypto/node.js';
import type { Opened } from '../../../common/crypto/ratchet.js';
import { EPOCH_ID, RoomReceivingChain, RoomSendingChain, textsHash } from '../../../common/crypto/room-record.js';
import type { EpochSecrets } from '../../../common/crypto/room-round.js';
import { decode, encode } from '../../../common/bytes/codec.js';
import { TrustError } from '../../../common/errors.js';
import { ROOM_EPOCH_MS, ROOM_EPOCH_MS_MAX, ROOM_TEXTS, ROOM_TEXTS_MAX } from '../../../common/wire/limits.js';
import type { RoomContentType } from '../../../common/wire/room-record.js';
import { receiptContent } from '../../../common/wire/room-round.js';
import { Freshness } from '../conversation/freshness.js';

export interface Agreed {
  readonly number: number;
  /** T, 32 bytes. */
  readonly t: Buffer;
  readonly names: readonly string[];
  readonly secrets: EpochSecrets;
}

export interface EpochOptions {
  readonly own: { readonly username: string; readonly identity: Identity };
  readonly keys: ReadonlyMap<string, PublicIdentity>;
  readonly clock: Clock;
}

/** The keys of an epoch, and what was said under them (docs/PROTOCOL.md part 10, What is said in an epoch). */
export class Epoch {
  readonly number: number;
  readonly t: Buffer;
  readonly names: readonly string[];
  readonly #sending: RoomSendingChain;
  readonly #receiving = new Map<string, RoomReceivingChain>();
  readonly #freshness = new Map<string, Freshness>();
  /** A_0, A_1, … */
  readonly #hashes: Buffer[];
  /** Texts that each of the others has shown. */
  readonly #shown = new Map<string, number>();
  readonly #begun: number;
  /** Of whom something came that was not right. */
  readonly distrusted = new Set<string>();

  constructor({ number, t, names, secrets }: Agreed, private readonly options: EpochOptions) {
    const { own, clock } = options;
    this.number = number;
    this.t = t;
    this.names = names;
    this.#hashes = [t];
    this.#begun = clock.now();
    this.#sending = new RoomSendingChain({ t, username: own.username }, secrets.chains.get(own.username)!);
    this.#freshness.set(own.username, new Freshness(clock));
    for (const username of names) {
      if (username === own.username) continue;
      this.#receiving.set(username, new RoomReceivingChain({ t, username }, secrets.chains.get(username)!));
      this.#freshness.set(username, new Freshness(clock));
      this.#shown.set(username, 0);
    }
  }

  isOf(record: Buffer): boolean {
    return record.length >= EPOCH_ID && this.t.subarray(0, EPOCH_ID).equals(record.subarray(0, EPOCH_ID));
  }

  get #age(): number {
    return this.options.clock.now() - this.#begun;
  }

  /** Texts that count. */
  get texts(): number {
    return this.#hashes.length - 1;
  }

  get due(): boolean {
    return this.texts >= ROOM_TEXTS || this.#age >= ROOM_EPOCH_MS;
  }

  /** ms until a round is due by age. */
  get left(): number {
    return Math.max(0, ROOM_EPOCH_MS - this.#age);
  }

  /** No more texts under these keys. */
  get over(): boolean {
    return this.texts >= ROOM_TEXTS_MAX || this.#age >= ROOM_EPOCH_MS_MAX;
  }

  /** One at a time. */
  seal(type: RoomContentType, content: Buffer): Promise<Buffer> {
    const { own } = this.options;
    return this.#sending.seal(type, content, this.#freshness.get(own.username)!.sealing(), own.identity);
  }

  sealReceipt(): Promise<Buffer> {
    return this.seal('receipt', encode(receiptContent, { texts: this.texts, hash: this.#hashes.at(-1)! }));
  }

  /** Throws TrustError 'tampered' for a record that is not the next of this participant. */
  open(sender: string, record: Buffer): Opened & { late: boolean } {
    const chain = this.#receiving.get(sender);
    const opened = chain?.open(record, this.options.keys.get(sender)!);
    if (!opened) throw new TrustError('tampered', `What came as the words of ${sender} is not: the relay dropped or changed something.`);
    return { ...opened, late: this.#freshness.get(sender)!.late(opened.sealedAt) };
  }

  /** A text counts. @returns its number, from 1 */
  count(record: Buffer): number {
    this.#hashes.push(textsHash(this.#hashes.at(-1)!, record));
    return this.texts;
  }

  /** Somebody says what was shown to him. Throws TrustError 'tampered' where it is not what was said here. */
  receipt(sender: string, content: Buffer): void {
    const { texts, hash } = decode(receiptContent, content);
    const known = this.#hashes[texts];
    if (!known || texts < (this.#shown.get(sender) ?? 0) || !sameBytes(known, hash)) {
      throw new TrustError('tampered', `${sender} was not shown what was said here: the relay shows different things to different members.`);
    }
    if (this.#shown.has(sender)) this.#shown.set(sender, texts);
  }

  /** Who has not shown the text with this number. */
  missing(text: number): string[] {
    return [...this.#shown].filter(([, shown]) => shown < text).map(([name]) => name);
  }

  /** Nothing more is to be expected of a participant. */
  forget(username: string): void {
    this.#shown.delete(username);
  }

  #wiped = false;

  get wiped(): boolean {
    return this.#wiped;
  }

  wipe(): void {
    this.#wiped = true;
    this.#sending.wipe();
    for (const chain of this.#receiving.values()) chain.wipe();
  }
}
