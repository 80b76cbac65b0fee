import { u64, u8, vec16, vec8 } from './bytes.js';
import { fingerprintOf, type Person, sha256, signAs } from './primitives.js';

/** Signed conversations (docs/PROTOCOL.md part 11), written from the document. */

export type Role = 'caller' | 'receiver';
const roleByte = { caller: u8(0), receiver: u8(1) } as const;
const other = { caller: 'receiver', receiver: 'caller' } as const;

export interface Speaker {
  readonly name: string;
  readonly person: Person;
  readonly certificates?: readonly Buffer[];
}

/** What may be wrong about one text. */
export interface SignedFaults {
  readonly time?: number;
  readonly seen?: number;
  readonly n?: number;
  /** Signs in the place of the sender. */
  readonly signer?: Person;
}

export interface SignedText {
  readonly n: number;
  readonly time: number;
  readonly seen: number;
  readonly text: string;
  readonly hash: Buffer;
  readonly signature: Buffer;
  /** Of type 8. */
  readonly content: Buffer;
  /** In a transcript, without its LF. */
  readonly line: string;
}

export interface SignedReceipt {
  readonly own: number;
  readonly other: number;
  readonly hash: Buffer;
  readonly signature: Buffer;
  /** Of type 9. */
  readonly content: Buffer;
  readonly line: string;
}

/** Both sides of one signed conversation, in one hand. */
export class SignedBook {
  readonly Z: Buffer;
  readonly hashes: Readonly<Record<Role, Buffer[]>>;
  #time = 1_800_000_000_000;

  constructor(readonly conversation: Buffer, readonly speakers: Readonly<Record<Role, Speaker>>) {
    const { caller, receiver } = speakers;
    this.Z = sha256(
      'MessageApp/2 signed conversation', conversation, vec8(caller.name), vec8(receiver.name),
      fingerprintOf(caller.person.spki), fingerprintOf(receiver.person.spki),
    );
    this.hashes = { caller: [sha256(this.Z, roleByte.caller)], receiver: [sha256(this.Z, roleByte.receiver)] };
  }

  /** A text of x, who has seen all that the other has said, unless told otherwise. */
  text(x: Role, text: string, faults: SignedFaults = {}): SignedText {
    const [own, theirs] = [this.hashes[x], this.hashes[other[x]]];
    const n = faults.n ?? own.length;
    const time = faults.time ?? (this.#time += 1_000);
    const seen = faults.seen ?? theirs.length - 1;
    const seenHash = theirs[seen] ?? Buffer.alloc(32);
    const hash = sha256(own.at(-1)!, u64(BigInt(n)), u64(BigInt(time)), u64(BigInt(seen)), seenHash, sha256(text));
    own.push(hash);
    const { name, person } = this.speakers[x];
    const signature = signAs((faults.signer ?? person).privateKey, Buffer.concat([Buffer.from('MessageApp/2 signed text\0'), hash]));
    return {
      n, time, seen, text, hash, signature,
      content: Buffer.concat([u64(BigInt(time)), u64(BigInt(seen)), vec16(signature), Buffer.from(text)]),
      line: `{"from":"${name}","n":${n},"time":"${iso(time)}","seen":${seen},"text":${JSON.stringify(text)},"signature":"${base64(signature)}"}`,
    };
  }

  receipt(x: Role, faults: { readonly own?: number; readonly other?: number } = {}): SignedReceipt {
    const [ownHashes, theirs] = [this.hashes[x], this.hashes[other[x]]];
    const n = faults.own ?? ownHashes.length - 1;
    const m = faults.other ?? theirs.length - 1;
    const hash = sha256(roleByte[x], u64(BigInt(n)), ownHashes[n] ?? Buffer.alloc(32), u64(BigInt(m)), theirs[m] ?? Buffer.alloc(32));
    const { name, person } = this.speakers[x];
    const signature = signAs(person.privateKey, Buffer.concat([Buffer.from('MessageApp/2 signed receipt\0'), hash]));
    return {
      own: n, other: m, hash, signature,
      content: Buffer.concat([u64(BigInt(n)), u64(BigInt(m)), vec16(signature)]),
      line: `{"receipt":"${name}","own":${n},"other":${m},"signature":"${base64(signature)}"}`,
    };
  }

  /** A text that came too late to be shown. */
  late(x: Role, { n, time, seen, text, signature }: SignedText): string {
    const hash = base64(sha256(text));
    return `{"from":"${this.speakers[x].name}","n":${n},"time":"${iso(time)}","seen":${seen},"late":"${hash}","signature":"${base64(signature)}"}`;
  }

  get header(): string {
    const party = ({ name, person, certificates = [] }: Speaker) =>
      `{"name":"${name}","key":"${base64(person.spki)}","certificates":[${certificates.map((der) => `"${base64(der)}"`).join(',')}]}`;
    const { caller, receiver } = this.speakers;
    return `{"transcript":1,"conversation":"${this.conversation.toString('hex')}","caller":${party(caller)},"receiver":${party(receiver)}}`;
  }
}

const base64 = (bytes: Buffer): string => bytes.toString('base64');
const iso = (time: number): string => new Date(time).toISOString();
