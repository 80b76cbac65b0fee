import { randomBytes } from 'node:crypto';
import { vec16 } from './bytes.js';
import { type Agreed, readM1, Responder } from './exchange.js';
import { sha256 } from './primitives.js';
import { roomKind } from './room-commands.js';
import type { Given, RoundFaults } from './room-faults.js';
import { checkRevealed, type Setting, signContribution } from './room-leader.js';
import {
  type Agreement, agreeOn, behindS, type Committed, commitTo, openOnce, readCommitments, readRevealed, readStart,
  roundT0, sealOnce, sessionOf, type Start, tagOf, writeRevealed,
} from './room-round.js';
import { x25519Ephemeral } from './suites.js';

/** One of the others in a round: each body of the leader is put in, and the own answer comes out. */
export class Participant {
  readonly start: Start;
  readonly S: Buffer;
  readonly answer: Buffer;
  readonly #nonce: Buffer;
  readonly #commitment: Buffer;
  readonly #exchange: Responder;
  #list: readonly Committed[] = [];
  #C: Buffer = Buffer.alloc(0);
  #agreed: Agreed | undefined;
  #W: Buffer | undefined;
  /** All that it has had in its hands, for whoever keeps everything. */
  readonly secrets: Buffer[] = [];
  agreement: Agreement | undefined;

  /** Throws where the start does not fit. */
  constructor(
    private readonly setting: Setting, readonly leader: string, startBody: Buffer,
    readonly faults: RoundFaults = {}, given: Given = {},
  ) {
    const { room, own, person, keyOf } = setting;
    this.start = readStart(startBody);
    if (!faults.believesAll) checkStart(setting, leader, this.start);
    this.S = sessionOf(room, leader, startBody);
    this.#nonce = given.nonce ?? randomBytes(32);
    const commitment = commitTo(person.spki, this.#nonce);
    this.#commitment = faults.commitment?.(commitment) ?? commitment;
    const t0 = roundT0(this.S, leader, own, keyOf(leader), person.spki);
    const field = { ...(given.r ? { r2: given.r } : {}), ...faults.exchange?.field };
    const party = { t0, person, faults: { ...faults.exchange, field } };
    this.#exchange = new Responder(this.start.m1, party, undefined, given.key && x25519Ephemeral(given.key(leader)));
    this.answer = Buffer.concat([this.S.subarray(0, 16), this.#commitment, vec16(this.#exchange.body2)]);
  }

  commitments(body: Buffer): void {
    this.#list = readCommitments(this.S, body);
    this.#C = sha256(this.S, body);
    if (!this.faults.believesAll) this.#checkList();
  }

  #checkList(): void {
    const of = (who: string) => this.#list.find(({ name }) => name === who)?.commitment;
    if (!of(this.setting.own)?.equals(this.#commitment)) throw new Error('the own commitment is not in the list');
    if (!of(this.leader)?.equals(this.start.commitment)) throw new Error('another commitment than at the start');
    const places = this.#list.map(({ name }) => this.start.names.indexOf(name));
    if (!ascending(places)) throw new Error('names that are not of the start, or out of order');
  }

  /** @returns the contribution */
  share(body: Buffer): Buffer {
    const fields = behindS(this.S, body);
    this.#agreed = this.#exchange.finish(fields.vec16(), this.setting.keyOf(this.leader));
    this.#W = openOnce(this.#agreed.toResponder, this.S, roomKind.share, fields.rest());
    this.secrets.push(this.#W, this.#nonce, this.#agreed.toResponder, this.#agreed.toInitiator);
    if (!this.#list.length) throw new Error('a share before the commitments');
    const { own, person } = this.setting;
    const mine = writeRevealed([signContribution(this.#C, own, this.#nonce, person, this.faults)]);
    const sealed = sealOnce(this.#agreed.toInitiator, this.S, roomKind.contribution, mine);
    return Buffer.concat([this.S.subarray(0, 16), sealed]);
  }

  /** @returns the own tag */
  contributions(body: Buffer): Buffer {
    const { room, own, keyOf } = this.setting;
    const plaintext = openOnce(this.#W!, this.S, roomKind.contributions, behindS(this.S, body).rest());
    const revealed = readRevealed(plaintext, this.#list.length);
    this.secrets.push(...revealed.map(({ nonce }) => nonce));
    for (const [at, each] of this.faults.believesAll ? [] : this.#list.entries()) {
      checkRevealed(this.#C, each, revealed[at]!, keyOf(each.name));
    }
    const names = this.#list.map(({ name }) => name);
    this.agreement = agreeOn(room, this.start, this.#C, names, revealed.map(({ nonce }) => nonce));
    const tag = tagOf(this.agreement.PRK, own);
    return Buffer.concat([this.S.subarray(0, 16), this.faults.tag?.(tag) ?? tag]);
  }

  /** Throws where a tag does not fit. */
  done(body: Buffer): Agreement {
    const { PRK, names } = this.agreement!;
    const tags = behindS(this.S, body).rest();
    const due = Buffer.concat(names.map((name) => tagOf(PRK, name)));
    if (!this.faults.believesAll && !tags.equals(due)) throw new Error('a tag in done does not fit');
    return this.agreement!;
  }
}

const ascending = (places: readonly number[]): boolean => places.every((at, i) => at > (places[i - 1] ?? -1));

export function checkStart({ members, head, before, own }: Setting, leader: string, start: Start): void {
  const places = start.names.map((name) => members.findIndex((each) => each.name === name));
  const must = (holds: boolean, why: string) => {
    if (!holds) throw new Error(`a start that does not fit: ${why}`);
  };
  must(members.some(({ name }) => name === leader), 'the leader is no member');
  must(start.head.equals(head), 'another head');
  must(places.length >= 2 && ascending(places), 'the names');
  must(start.names.includes(own) && start.names.includes(leader), 'who is not in it');
  must(start.epoch >= 1, 'epoch 0');
  must(readM1(start.m1).username === '', 'a username');
  const goesOn = start.T.equals(before?.T ?? start.T) && start.epoch === (before?.epoch ?? 0) + 1;
  if (before?.names.includes(leader)) must(goesOn, 'another epoch before it');
}
