import { counterBytes, Fields, u32, u64, u8, vec16, vec8 } from './bytes.js';
import { CELL } from './cells.js';
import { Chain } from './conversation.js';
import { gcmOpen, gcmSeal, type Person, publicKeyOf, sha256, signAs, verifies } from './primitives.js';
import type { RoomRecordFaults } from './room-faults.js';
import { type Agreement, roomNumber, senderChain } from './room-round.js';

export const roomType = { text: 1, receipt: 2 } as const;
const HEADER = 40;

export interface RoomRecord {
  readonly from: string;
  readonly type: number;
  readonly counter: bigint;
  readonly time: number;
  readonly content: Buffer;
}

/** What one record is signed with. */
const statement = (T: Buffer, name: string, aad: Buffer, type: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from('MessageApp/2 room message\0'), sha256(T, vec8(name), aad, u8(type), content)]);

/** The smallest number of cells. */
const cellsOf = (content: Buffer, signature: Buffer): number =>
  Math.max(1, Math.ceil((content.length + signature.length + 8 + 156) / CELL));

export const nextReceipt = (A: Buffer, record: Buffer): Buffer => sha256(A, sha256(record));

/** The keys of an epoch in the hands of one who has them, and what was said under them. */
export class Epoch {
  readonly number: string;
  /** The chain of each sender, where it stands. */
  readonly chains: Map<string, Chain>;
  readonly #own: Chain;
  /** Texts that count, and A_n over them. */
  counted = 0;
  A: Buffer;
  /** What each has receipted. */
  readonly receipted = new Map<string, number>();

  constructor(
    readonly agreement: Agreement, readonly own: string, readonly person: Person,
    readonly keyOf: (name: string) => Buffer,
  ) {
    const { PRK, names, T } = agreement;
    this.chains = new Map(names.map((name) => [name, new Chain(senderChain(PRK, name))]));
    this.#own = new Chain(senderChain(PRK, own));
    this.number = roomNumber(PRK);
    this.A = T;
  }

  get head(): Buffer {
    return this.agreement.T.subarray(0, 16);
  }

  /** Whether a record is one of this epoch. */
  has(record: Buffer): boolean {
    return record.subarray(0, 16).equals(this.head);
  }

  /** @param as another's chain is everybody's to seal with; only the signature is not */
  seal(type: number, content: Uint8Array | string, faults: RoomRecordFaults = {}, as?: string): Buffer {
    const chain = as === undefined ? this.#own : this.#copyOf(as);
    const body = Buffer.from(content as string);
    const { T = this.agreement.T, counter = chain.counter, time = Date.now(), signer = this.person } = faults;
    const aad = Buffer.concat([T.subarray(0, 16), counterBytes(counter), u64(BigInt(time))]);
    const honest = signAs(signer.privateKey, statement(T, faults.signedAs ?? as ?? this.own, aad, type, body));
    const signature = faults.signature?.(honest) ?? honest;
    const k = faults.cells ?? cellsOf(body, signature);
    const plaintext = Buffer.alloc(CELL * k - 156);
    Buffer.concat([u8(type), u8(0), u32(body.length), body, vec16(signature)]).copy(plaintext);
    const { key = chain.messageKey, plaintext: edit = (each) => each } = faults;
    const sealed = gcmSeal(key, aad.subarray(16, 28), aad, edit(plaintext));
    chain.step();
    const record = Buffer.concat([aad, sealed]);
    return faults.record?.(record) ?? record;
  }

  #copyOf(name: string): Chain {
    const { chain, counter } = this.chains.get(name)!;
    return Object.assign(new Chain(chain), { counter });
  }

  /** Throws where the record is not the next of its sender, and changes nothing then. */
  open(from: string, record: Buffer): RoomRecord {
    const chain = this.chains.get(from);
    if (!chain) throw new Error(`${from} is not in the epoch`);
    const aad = record.subarray(0, HEADER);
    const { counter } = chain;
    const next = Buffer.concat([this.head, counterBytes(counter)]);
    if (!aad.subarray(0, 32).equals(next)) throw new Error('not the next record of its sender');
    const fields = new Fields(gcmOpen(chain.messageKey, aad.subarray(16, 28), aad, record.subarray(HEADER)));
    const [type, zero, content] = [fields.u8(), fields.u8(), fields.take(fields.u32())];
    const signature = fields.vec16();
    const padded = zero === 0 && fields.rest().every((byte) => byte === 0);
    const due = CELL * cellsOf(content, signature) - 100;
    if (!padded || record.length !== due) throw new Error('a record with other padding');
    const signed = statement(this.agreement.T, from, aad, type, content);
    const fits = verifies(publicKeyOf(this.keyOf(from)), signed, signature);
    if (!fits) throw new Error(`a record that ${from} has not signed`);
    chain.step();
    return { from, type, counter, time: Number(aad.readBigUInt64BE(32)), content };
  }

  /** A text stands where it counts. */
  count(record: Buffer): void {
    this.A = nextReceipt(this.A, record);
    this.counted += 1;
    this.#history.push(this.A);
  }

  readonly #history: Buffer[] = [];

  get receipt(): Buffer {
    return Buffer.concat([u32(this.counted), this.A]);
  }

  /** Throws where a receipt is for other texts than were shown here. */
  takeReceipt({ from, content }: RoomRecord): void {
    const n = content.readUInt32BE();
    const due = n === 0 ? this.agreement.T : this.#history[n - 1];
    const fits = n >= (this.receipted.get(from) ?? 0) && due?.equals(content.subarray(4));
    if (!fits) throw new Error(`${from} was shown other texts`);
    this.receipted.set(from, n);
  }
}
