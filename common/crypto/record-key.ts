import { sameStart } from '../bytes/compare.js';
import { RECORD_AAD, RECORD_HEADER } from '../wire/record.js';
import { RECORDS_PER_KEY, CELL } from '../wire/limits.js';
import { labels } from './labels.js';
import { aesKey, GCM_IV, GCM_TAG, hkdfExpand, type KeyObject, open, seal } from './node.js';
import { Secret } from './secret.js';

/**
 * The keys of one direction of the outer layer (docs/PROTOCOL.md part 3): key 0 from the login, and after every 2^20
 * records the next one; the one replaced is destroyed. The IV is the counter's first 12 bytes, so no (key, IV) pair
 * comes twice.
 */
class RecordKey {
  #secret: Secret;
  #key: KeyObject | undefined;
  #left: number;

  constructor(secret: Secret, counter: bigint) {
    this.#secret = secret;
    this.#key = aesKey(secret.bytes);
    this.#left = Number(RECORDS_PER_KEY - counter % RECORDS_PER_KEY);
  }

  /** The key of the next record. Throws once wiped. */
  get current(): KeyObject {
    if (!this.#key) throw new Error('a wiped record key was used');
    return this.#key;
  }

  /** A record was sealed or opened with it; only then it counts. */
  advance(): void {
    if (--this.#left > 0) return;
    const following = new Secret(hkdfExpand(this.#secret.bytes, labels.keyUpdate, 32));
    this.#secret.wipe();
    this.#secret = following;
    this.#key = aesKey(following.bytes);
    this.#left = Number(RECORDS_PER_KEY);
  }

  wipe(): void {
    this.#secret.wipe();
    this.#key = undefined;
  }
}

/** Counters are 16 bytes, little-endian, so that they never wrap. */
export function writeCounter(target: Buffer, at: number, counter: bigint): void {
  target.writeBigUInt64LE(counter & 0xffff_ffff_ffff_ffffn, at);
  target.writeBigUInt64LE(counter >> 64n, at + 8);
}

/** Adds one to a counter where it stands. */
function advanceCounter(bytes: Buffer, at: number): void {
  let place = at;
  while (place < at + COUNTER_BYTES && bytes[place] === 0xff) bytes[place++] = 0;
  if (place < at + COUNTER_BYTES) bytes[place]!++;
}

const COUNTER_BYTES = 16;
const USERNAME_FIELD = 16;
const COUNTER_AT = USERNAME_FIELD;
const CELLS_AT = 32;

const later = Buffer.alloc(RECORD_AAD);

/** What a record's first 33 bytes have to be: the username, the next counter and the number of cells. */
class RecordHeader {
  readonly bytes = Buffer.alloc(RECORD_AAD);

  constructor(username: string, counter: bigint) {
    this.bytes.write(username, 'latin1');
    writeCounter(this.bytes, COUNTER_AT, counter);
  }

  /** The IV is a view on the header. */
  readonly iv = this.bytes.subarray(COUNTER_AT, COUNTER_AT + GCM_IV);

  /** Whether a record begins with the username and the counter of the one behind the next `ahead`. */
  begins(record: Buffer, ahead: number): boolean {
    if (ahead === 0) return sameStart(record, this.bytes, CELLS_AT);
    this.bytes.copy(later);
    for (let passed = 0; passed < ahead; passed++) advanceCounter(later, COUNTER_AT);
    return sameStart(record, later, CELLS_AT);
  }

  withCells(cells: number): Buffer {
    this.bytes.writeUInt8(cells, CELLS_AT);
    return this.bytes;
  }

  advance(): void {
    advanceCounter(this.bytes, COUNTER_AT);
  }
}

/** Seals the records of one direction. */
export class RecordSealer {
  readonly #header: RecordHeader;
  readonly #key: RecordKey;

  /** @param counter of the first record; where it is not 0, `key` is the one in force at that counter */
  constructor(username: string, key: Secret, counter = 0n) {
    this.#header = new RecordHeader(username, counter);
    this.#key = new RecordKey(key, counter);
  }

  /**
   * @param plaintext packed messages: 4096k - 49 bytes
   * @returns the header of 49 bytes and the ciphertext
   */
  seal(plaintext: Buffer): [header: Buffer, ciphertext: Buffer] {
    const aad = this.#header.withCells((plaintext.length + RECORD_AAD + GCM_TAG) / CELL);
    const { tag, ciphertext } = seal(this.#key.current, this.#header.iv, aad, plaintext);
    const header = Buffer.allocUnsafe(RECORD_HEADER);
    header.set(aad);
    header.set(tag, RECORD_AAD);
    this.#header.advance();
    this.#key.advance();
    return [header, ciphertext];
  }

  wipe(): void {
    this.#key.wipe();
  }
}

/** Opens the records of one direction, in their order. */
export class RecordOpener {
  readonly #header: RecordHeader;
  readonly #key: RecordKey;

  constructor(username: string, key: Secret, counter = 0n) {
    this.#header = new RecordHeader(username, counter);
    this.#key = new RecordKey(key, counter);
  }

  /**
   * Whether these are the first 32 bytes, or more, of the record that is due when `ahead` others are opened: all of the
   * header that is known before it comes.
   */
  expects(start: Buffer, ahead: number): boolean {
    return this.#header.begins(start, ahead);
  }

  /** @returns the plaintext, or undefined where header or tag are not those of the next record */
  open(record: Buffer): Buffer | undefined {
    const aad = this.#header.withCells(record.length / CELL);
    if (!sameStart(record, aad, RECORD_AAD)) return undefined;
    const tag = record.subarray(RECORD_AAD, RECORD_AAD + GCM_TAG);
    const plaintext = open(this.#key.current, this.#header.iv, aad, record.subarray(RECORD_AAD + GCM_TAG), tag);
    if (plaintext) {
      this.#header.advance();
      this.#key.advance();
    }
    return plaintext;
  }

  wipe(): void {
    this.#key.wipe();
  }
}
