import { decode, encode } from '../../../common/bytes/codec.js';
import { type ExpectBody3, finish, respond, wipeKeys } from '../../../common/crypto/exchange.js';
import { sameBytes } from '../../../common/crypto/node.js';
import { openOnce, sealOnce } from '../../../common/crypto/room-round.js';
import { Secret } from '../../../common/crypto/secret.js';
import { TrustError } from '../../../common/errors.js';
import {
  answerBody, commitments, contribution, contributionBody, contributions, contributionsBody, share, tagBody,
} from '../../../common/wire/room-round.js';
import { withoutCertificates } from '../conversation/peer-keys.js';
import { outOfTurn, Round } from './round.js';

/** A round that somebody else leads. Each step throws MessageAppError: then one has no part in it any more. */
export class Follower extends Round {
  #expecting: ExpectBody3 | undefined;
  #w: Secret | undefined;
  #watched = false;

  override get watched(): boolean {
    return this.#watched;
  }

  /** It goes on without oneself. */
  watch(): void {
    this.#watched = true;
    this.#forget();
  }

  /** Answers the start. */
  async answer(): Promise<void> {
    const { own, ports, opening } = this;
    const leader = await ports.participant(this.leader);
    const { body2, expecting } = await respond({
      t0: this.transcript(leader, own), received: opening.body1, named: false,
      ephemeral: (offered) => ports.ephemeral(offered), certificates: [], identity: own.signer,
    });
    if (this.stopped) return expecting.ephemeral.destroy();
    this.#expecting = expecting;
    this.#say('answer', encode(answerBody, { round: this.id, commitment: this.commitment, body2 }));
  }

  /** @returns false where one was left out */
  commitments(body: Buffer): boolean {
    const said = decode(commitments, body);
    if (!this.#expecting) throw outOfTurn();
    const own = said.list.find(({ name }) => name === this.own.username);
    if (!own) return false;
    const first = said.list.find(({ name }) => name === this.leader);
    const invited = this.opening.names.filter((name) => said.list.some((each) => each.name === name));
    const fits = sameBytes(own.commitment, this.commitment)
      && first !== undefined && sameBytes(first.commitment, this.opening.commitment)
      && invited.length === said.list.length && invited.every((name, at) => name === said.list[at]!.name);
    if (!fits) throw new TrustError('tampered', `The commitments to the keys of ${this.ports.room} were changed: no keys were made.`);
    this.committed(said);
    return true;
  }

  async share(body: Buffer): Promise<void> {
    const { body3, sealed } = decode(share, body);
    const expecting = this.#expecting;
    if (!expecting || this.said.list.length === 0) throw outOfTurn();
    this.#expecting = undefined;
    const leader = await this.ports.participant(this.leader);
    const keys = finish(expecting, body3, withoutCertificates(leader.identity));
    try {
      const w = openOnce(keys.initiatorToResponder.bytes, this.id, 'share', sealed);
      if (!w) throw new TrustError('tampered', `A part of the keys of ${this.ports.room} was changed on the way: no keys were made.`);
      this.#w = new Secret(w);
      const own = encode(contribution, await this.ownContribution());
      if (this.stopped) return;
      const sealedOwn = sealOnce(keys.responderToInitiator.bytes, this.id, 'contribution', own);
      own.fill(0);
      this.#say('contribution', encode(contributionBody, { round: this.id, sealed: sealedOwn }));
    } finally {
      wipeKeys(keys);
    }
  }

  async contributions(body: Buffer): Promise<void> {
    const { sealed } = decode(contributionsBody, body);
    const w = this.#w;
    if (!w) throw outOfTurn();
    this.#w = undefined;
    const plaintext = openOnce(w.bytes, this.id, 'contributions', sealed);
    w.wipe();
    if (!plaintext) throw new TrustError('tampered', `The contributions to the keys of ${this.ports.room} were changed: no keys were made.`);
    const all = decode(contributions(this.names.length), plaintext);
    for (const [at, username] of this.names.entries()) await this.check(username, all[at]!);
    if (this.stopped) return;
    const tag = this.conclude(all);
    plaintext.fill(0);
    this.#say('tag', encode(tagBody, { round: this.id, tag }));
  }

  #say(kind: 'answer' | 'contribution' | 'tag', body: Buffer): void {
    this.ports.sayTo(kind, [{ name: this.leader, body }]);
  }

  override stop(): void {
    super.stop();
    this.#forget();
  }

  #forget(): void {
    this.#expecting?.ephemeral.destroy();
    this.#expecting = undefined;
    this.#w?.wipe();
    this.#w = undefined;
  }
}
