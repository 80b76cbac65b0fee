import { randomBytes } from 'node:crypto';
import { vec16, vec8 } from './bytes.js';
import { type Agreed, Initiator } from './exchange.js';
import { type Person, publicKeyOf, sha256, signAs, verifies } from './primitives.js';
import type { Listed } from './room-change.js';
import { roomKind } from './room-commands.js';
import type { Given, RoundFaults } from './room-faults.js';
import {
  type Agreement, agreeOn, behindS, type Committed, commitTo, contributionStatement, NO_EPOCH, openOnce, readRevealed,
  type Revealed, roundT0, sealOnce, sessionOf, type Start, tagOf, writeCommitments, writeRevealed, writeStart,
} from './room-round.js';
import { X25519 } from './suites.js';

/** What a member knows when a round begins. */
export interface Setting {
  readonly room: string;
  readonly own: string;
  readonly person: Person;
  readonly members: readonly Listed[];
  /** H of the head. */
  readonly head: Buffer;
  /** The SPKI of a member; throws where it is not known. */
  readonly keyOf: (name: string) => Buffer;
  /** The last epoch. */
  readonly before?: Pick<Agreement, 'epoch' | 'T' | 'names'> | undefined;
}

export function signContribution(
  C: Buffer, name: string, nonce: Buffer, person: Person, faults: RoundFaults,
): Revealed {
  const revealed = faults.reveals?.(nonce) ?? nonce;
  const signature = signAs((faults.signer ?? person).privateKey, contributionStatement(C, name, revealed));
  return { nonce: revealed, signature: faults.signature?.(signature) ?? signature };
}

/** Throws where the nonce is not the one committed to, or not signed by whose it is. */
export function checkRevealed(
  C: Buffer, { name, commitment }: Committed, { nonce, signature }: Revealed, spki: Buffer,
): void {
  if (!commitTo(spki, nonce).equals(commitment)) throw new Error(`${name} committed to another nonce`);
  const signed = verifies(publicKeyOf(spki), contributionStatement(C, name, nonce), signature);
  if (!signed) throw new Error(`the signature of ${name} is wrong`);
}

interface Other {
  readonly exchange: Initiator;
  commitment?: Buffer;
  agreed?: Agreed;
  m3?: Buffer;
  revealed?: Revealed;
  tag?: Buffer;
}

/** The leader of a round: what comes from each is put in, what is due is taken out. */
export class Leader {
  readonly start: Start;
  readonly startBody: Buffer;
  readonly S: Buffer;
  readonly #nonce: Buffer;
  readonly #W: Buffer;
  readonly #others = new Map<string, Other>();
  #list: readonly Committed[] = [];
  #C: Buffer = Buffer.alloc(0);
  agreement: Agreement | undefined;

  constructor(
    private readonly setting: Setting, names: readonly string[], readonly faults: RoundFaults = {}, given: Given = {},
  ) {
    const { room, own, person, head, before, members, keyOf } = setting;
    this.#nonce = given.nonce ?? randomBytes(32);
    this.#W = given.W ?? randomBytes(32);
    const r1 = given.r ?? randomBytes(32);
    const commitment = commitTo(person.spki, this.#nonce);
    this.start = {
      epoch: (before?.epoch ?? 0) + 1, head, T: before?.T ?? NO_EPOCH,
      commitment: faults.commitment?.(commitment) ?? commitment,
      names: members.map(({ name }) => name).filter((name) => names.includes(name)),
      m1: Buffer.concat([vec8(''), vec8(Buffer.from([X25519])), r1]),
      ...faults.start,
    };
    this.startBody = writeStart(this.start);
    this.S = sessionOf(room, own, this.startBody);
    for (const name of this.start.names) {
      if (name === own) continue;
      const t0 = roundT0(this.S, own, name, person.spki, keyOf(name));
      const key = given.key ? { initiatorKey: given.key(name) } : {};
      const exchangeFaults = { ...faults.exchange, ...key, field: { r1, ...faults.exchange?.field } };
      this.#others.set(name, { exchange: new Initiator('', { t0, person, faults: exchangeFaults }, [X25519]) });
    }
  }

  #all(has: (other: Other) => unknown): boolean {
    return this.#list.every(({ name }) => name === this.setting.own || has(this.#others.get(name)!));
  }

  get answered(): string[] {
    return [...this.#others].filter(([, { commitment }]) => commitment).map(([name]) => name);
  }

  get allAnswered(): boolean {
    return this.answered.length === this.#others.size;
  }

  answer(from: string, body: Buffer): void {
    const other = this.#of(from);
    const fields = behindS(this.S, body);
    const [commitment, m2] = [fields.take(32), fields.vec16()];
    fields.end();
    const { body3, agreed, certificates } = other.exchange.answer(m2, this.setting.keyOf(from));
    if (certificates.length) throw new Error('an answer with certificates');
    Object.assign(other, { commitment, m3: body3, agreed });
  }

  /** What those who answered have committed to; the others are left out. */
  commit(): { readonly commitments: Buffer; readonly shares: (readonly [string, Buffer])[] } {
    const { own } = this.setting;
    const honest = this.start.names.flatMap((name): Committed[] => {
      const commitment = name === own ? this.start.commitment : this.#others.get(name)!.commitment;
      return commitment ? [{ name, commitment }] : [];
    });
    this.#list = this.faults.commitments?.(honest) ?? honest;
    const commitments = writeCommitments(this.S, this.#list);
    this.#C = sha256(this.S, commitments);
    const shares = this.answered.map((name) => {
      const { m3, agreed } = this.#others.get(name)!;
      const W = this.faults.W?.(this.#W, name) ?? this.#W;
      const sealed = sealOnce(agreed!.toResponder, this.S, roomKind.share, W);
      return [name, Buffer.concat([this.S.subarray(0, 16), vec16(m3!), sealed])] as const;
    });
    return { commitments, shares };
  }

  contribution(from: string, body: Buffer): void {
    const other = this.#of(from);
    const plaintext = openOnce(other.agreed!.toInitiator, this.S, roomKind.contribution, behindS(this.S, body).rest());
    const [revealed] = readRevealed(plaintext, 1);
    const committed = this.#list.find(({ name }) => name === from)!;
    if (!this.faults.believesAll) checkRevealed(this.#C, committed, revealed!, this.setting.keyOf(from));
    other.revealed = revealed!;
  }

  get allContributed(): boolean {
    return this.#list.length > 0 && this.#all(({ revealed }) => revealed);
  }

  /** All nonces under W; the leader knows the outcome from here on. */
  contributions(): Buffer {
    const { own, person, room } = this.setting;
    const others = this.#list.flatMap(({ name }) => (name === own ? [] : [this.#others.get(name)!.revealed!.nonce]));
    const nonce = this.faults.chooses?.(others) ?? this.#nonce;
    const mine = signContribution(this.#C, own, nonce, person, this.faults);
    const honest = this.#list.map(({ name }) => (name === own ? mine : this.#others.get(name)!.revealed!));
    const list = this.faults.revealed?.(honest) ?? honest;
    const names = this.#list.map(({ name }) => name);
    this.agreement = agreeOn(room, this.start, this.#C, names, list.map((each) => each.nonce));
    const sealed = sealOnce(this.#W, this.S, roomKind.contributions, writeRevealed(list));
    return Buffer.concat([this.S.subarray(0, 16), sealed]);
  }

  tag(from: string, body: Buffer): void {
    const tag = behindS(this.S, body).rest();
    const fits = tag.equals(tagOf(this.agreement!.PRK, from));
    if (!fits && !this.faults.believesAll) throw new Error(`the tag of ${from} is wrong`);
    this.#of(from).tag = tag;
  }

  get allTagged(): boolean {
    return this.agreement !== undefined && this.#all(({ tag }) => tag);
  }

  done(): Buffer {
    const { own } = this.setting;
    const { PRK } = this.agreement!;
    const mine = this.faults.tag?.(tagOf(PRK, own)) ?? tagOf(PRK, own);
    const of = (name: string) => this.#others.get(name)!.tag ?? tagOf(PRK, name);
    const honest = this.#list.map(({ name }) => (name === own ? mine : of(name)));
    return Buffer.concat([this.S.subarray(0, 16), ...(this.faults.tags?.(honest) ?? honest)]);
  }

  #of(name: string): Other {
    const other = this.#others.get(name);
    if (!other) throw new Error(`${name} is not in the round`);
    return other;
  }
}
