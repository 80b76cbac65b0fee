import { decode, encode } from '../../../common/bytes/codec.js';
import { answer, type ExchangeKeys, type ExpectBody2, initiate, wipeKeys } from '../../../common/crypto/exchange.js';
import { randomBytes, sameBytes } from '../../../common/crypto/node.js';
import { commitmentTo, openOnce, sealOnce } from '../../../common/crypto/room-round.js';
import { Secret } from '../../../common/crypto/secret.js';
import { TrustError } from '../../../common/errors.js';
import { ROOM_STEP_MS } from '../../../common/wire/limits.js';
import {
  answerBody, commitments, contribution, type Contribution, contributionBody, contributions, contributionsBody,
  doneBody, share, type Start, tagBody,
} from '../../../common/wire/room-round.js';
import { withoutCertificates } from '../conversation/peer-keys.js';
import { outOfTurn, Round, type RoundPorts, startBody } from './round.js';

interface Answered {
  readonly commitment: Buffer;
  readonly body3: Buffer;
  readonly keys: ExchangeKeys;
}

type Step = 'answers' | 'contributions' | 'tags' | 'done';

/** A round that one leads oneself. What fails of another member leaves that one out, and never throws. */
export class Leader extends Round {
  readonly #w = new Secret(randomBytes(32));
  readonly #answered = new Map<string, Answered>();
  readonly #contributed = new Map<string, Contribution>();
  readonly #tagged = new Set<string>();
  #step: Step | undefined;

  static open(ports: RoundPorts, { epoch, head, before, names }: Pick<Start, 'epoch' | 'head' | 'before' | 'names'>): Leader {
    const nonce = randomBytes(32);
    const r1 = randomBytes(32);
    const { body1 } = initiate(head, '', ports.suites, () => r1);
    const opening = { epoch, head, before, names, body1, commitment: commitmentTo(ports.own, nonce) };
    return new Leader(ports, opening, nonce, r1);
  }

  private constructor(ports: RoundPorts, opening: Start, nonce: Buffer, private readonly r1: Buffer) {
    super(ports, ports.own.username, opening, nonce);
  }

  begin(): void {
    this.ports.say('start', startBody(this.opening));
  }

  get #others(): string[] {
    return this.names.filter((name) => name !== this.own.username);
  }

  /** The start has come back, in the order of the relay: now it is the round in force. */
  started(): void {
    this.#expect('answers', () => this.#commit());
  }

  #expect(step: Step, late: () => void): void {
    this.#step = step;
    this.wait(ROOM_STEP_MS, late);
  }

  async answer(from: string, body: Buffer): Promise<void> {
    if (this.#step !== 'answers' || !this.#others.includes(from) || this.#answered.has(from)) throw outOfTurn();
    const { commitment, body2 } = decode(answerBody, body);
    const participant = await this.ports.participant(from);
    const { body3, keys } = await answer(
      this.#expecting(this.transcript(this.own, participant)), body2,
      { identity: this.own.signer, certificates: [] }, withoutCertificates(participant.identity),
    );
    if (this.stopped || this.#step !== 'answers') return wipeKeys(keys);
    this.#answered.set(from, { commitment, body3, keys });
    if (this.#answered.size === this.#others.length) this.#commit();
  }

  /** M1 is the same for all, and what it begins with is not. */
  #expecting(t0: Buffer): ExpectBody2 {
    return initiate(t0, '', this.ports.suites, () => this.r1).expecting;
  }

  /** Those who have not answered by now are left out. */
  #commit(): void {
    const { id, own } = this;
    if (this.#answered.size === 0) return this.ports.silent(this.#others);
    const commitmentOf = (name: string) => (name === own.username ? this.commitment : this.#answered.get(name)?.commitment);
    const list = this.names.flatMap((name) => {
      const commitment = commitmentOf(name);
      return commitment ? [{ name, commitment }] : [];
    });
    const said = { round: id, list };
    this.committed(said);
    this.ports.say('commitments', encode(commitments, said));
    this.ports.sayTo('share', [...this.#answered].map(([name, { body3, keys }]) => ({
      name,
      body: encode(share, { round: id, body3, sealed: sealOnce(keys.initiatorToResponder.bytes, id, 'share', this.#w.bytes) }),
    })));
    this.#expect('contributions', () => this.#missing(this.#contributed));
  }

  async contribution(from: string, body: Buffer): Promise<void> {
    const keys = this.#answered.get(from)?.keys;
    if (this.#step !== 'contributions' || !keys || this.#contributed.has(from)) throw outOfTurn();
    const { sealed } = decode(contributionBody, body);
    const plaintext = openOnce(keys.responderToInitiator.bytes, this.id, 'contribution', sealed);
    if (!plaintext) throw new TrustError('tampered', `What ${from} contributed was changed on the way.`);
    const came = decode(contribution, plaintext);
    await this.check(from, came);
    if (this.stopped) return;
    this.#contributed.set(from, came);
    if (this.#contributed.size === this.#others.length) await this.#reveal();
  }

  async #reveal(): Promise<void> {
    const own = await this.ownContribution();
    if (this.stopped) return;
    const all = this.names.map((name) => (name === this.own.username ? own : this.#contributed.get(name)!));
    const plaintext = encode(contributions(all.length), all);
    const sealed = sealOnce(this.#w.bytes, this.id, 'contributions', plaintext);
    plaintext.fill(0);
    this.ports.say('contributions', encode(contributionsBody, { round: this.id, sealed }));
    this.conclude(all);
    this.#expect('tags', () => this.#missing(this.#tagged));
  }

  tag(from: string, body: Buffer): void {
    if (this.#step !== 'tags' || !this.#answered.has(from)) throw outOfTurn();
    if (!sameBytes(decode(tagBody, body).tag, this.tagOf(from))) {
      throw new TrustError('differ', `${from} does not have the same keys of ${this.ports.room}.`);
    }
    this.#tagged.add(from);
    if (this.#tagged.size < this.#others.length) return;
    this.#step = 'done';
    this.waitNoMore();
    this.ports.say('done', encode(doneBody, { round: this.id, tags: Buffer.concat(this.names.map((name) => this.tagOf(name))) }));
  }

  /** Done is said: others may have read it. */
  override get concluded(): boolean {
    return this.#step === 'done';
  }

  #missing(came: { has(name: string): boolean }): void {
    this.ports.silent(this.#others.filter((name) => !came.has(name)));
  }

  override stop(): void {
    super.stop();
    this.#w.wipe();
    for (const { keys } of this.#answered.values()) wipeKeys(keys);
    for (const { nonce } of this.#contributed.values()) nonce.fill(0);
  }
}
