import { decode, encode } from '../../../common/bytes/codec.js';
import type { Timer, Clock } from '../../../common/clock.js';
import type { Identity, PublicIdentity } from '../../../common/crypto/identity.js';
import { randomBytes, sameBytes } from '../../../common/crypto/node.js';
import {
  commitmentsHash, commitmentTo, epochHash, epochSecrets, roundHash, roundTranscript, signedContribution,
} from '../../../common/crypto/room-round.js';
import type { EphemeralKey, Suite } from '../../../common/crypto/suite.js';
import { TrustError, WireError } from '../../../common/errors.js';
import { ROOM_ROUND_MS } from '../../../common/wire/limits.js';
import type { RoomKind } from '../../../common/wire/room-commands.js';
import { type Commitments, type Contribution, doneBody, type Start, start } from '../../../common/wire/room-round.js';
import type { Agreed } from './epoch.js';

/** A participant, with the key that the list of members says. */
export interface Participant {
  readonly username: string;
  readonly fingerprint: Buffer;
  readonly identity: PublicIdentity;
}

export interface RoundPorts {
  readonly room: string;
  readonly own: Participant & { readonly signer: Identity };
  readonly suites: readonly Suite[];
  readonly clock: Clock;
  ephemeral(offered: readonly number[]): Promise<EphemeralKey>;
  /** Throws TrustError 'tampered' for a name that is not in the list. */
  participant(username: string): Promise<Participant>;
  say(kind: RoomKind, body: Buffer): void;
  sayTo(kind: RoomKind, bodies: readonly { readonly name: string; readonly body: Buffer }[]): void;
  /** The leader has waited in vain for these. */
  silent(usernames: readonly string[]): void;
  /** All of it took too long. */
  expired(round: Round): void;
  /** Runs a step behind what has come before, as `RoomPorts` says. */
  run(step: () => void): void;
}

const ID = 16;
const TAG = 32;

/** What leader and followers of a round have in common (docs/PROTOCOL.md part 10, A round). */
export abstract class Round {
  /** S. */
  readonly s: Buffer;
  readonly id: Buffer;
  protected readonly nonce: Buffer;
  #said: Commitments | undefined;
  #c: Buffer | undefined;
  #agreed: Agreed | undefined;
  protected stopped = false;
  #timer: Timer | undefined;
  #deadline: Timer | undefined;

  constructor(
    protected readonly ports: RoundPorts, readonly leader: string, readonly opening: Start, nonce = randomBytes(32),
  ) {
    this.s = roundHash(ports.room, leader, opening);
    this.id = this.s.subarray(0, ID);
    this.nonce = nonce;
  }

  /** Those who take part, as far as it is known. */
  get names(): readonly string[] {
    return this.#said?.list.map(({ name }) => name) ?? this.opening.names;
  }

  protected get own(): RoundPorts['own'] {
    return this.ports.own;
  }

  protected get commitment(): Buffer {
    return commitmentTo(this.own, this.nonce);
  }

  protected transcript(leader: Participant, follower: Participant): Buffer {
    return roundTranscript(this.s, leader, follower);
  }

  /** The commitments are said: none is open yet. */
  protected committed(said: Commitments): void {
    this.#said = said;
    this.#c = commitmentsHash(this.s, said);
  }

  protected get said(): Commitments {
    if (!this.#said) throw outOfTurn();
    return this.#said;
  }

  protected async ownContribution(): Promise<Contribution> {
    const signature = await this.own.signer.sign(signedContribution(this.#c!, this.own.username, this.nonce));
    return { nonce: Buffer.from(this.nonce), signature };
  }

  /** Throws TrustError 'tampered' where it is not what was committed to, or not signed by its owner. */
  protected async check(username: string, { nonce, signature }: Contribution): Promise<void> {
    const participant = await this.ports.participant(username);
    const { commitment } = this.said.list.find(({ name }) => name === username)!;
    const fits = sameBytes(commitment, commitmentTo(participant, nonce))
      && participant.identity.verify(signedContribution(this.#c!, username, nonce), signature);
    if (!fits) throw new TrustError('tampered', `${username} contributed to the keys of ${this.ports.room} what does not fit: no keys were made.`);
  }

  /** All contributions are there, and checked. @returns the own tag, 32 bytes */
  protected conclude(contributions: readonly Contribution[]): Buffer {
    const { opening, names, ports: { room } } = this;
    const t = epochHash(room, opening, this.#c!);
    const secrets = epochSecrets(t, names, contributions.map(({ nonce }) => nonce));
    this.nonce.fill(0);
    this.#agreed = { number: opening.epoch, t, names, secrets };
    return secrets.tags.get(this.own.username)!;
  }

  protected tagOf(username: string): Buffer {
    if (!this.#agreed) throw outOfTurn();
    return this.#agreed.secrets.tags.get(username)!;
  }

  /** One has the keys, and waits for the others, who may be in the epoch already. */
  get concluded(): boolean {
    return this.#agreed !== undefined;
  }

  /** The leader says that all have the same. Throws TrustError 'differ' where they have not. */
  done(body: Buffer): Agreed {
    const { tags } = decode(doneBody, body);
    const agreed = this.#agreed;
    if (!agreed) throw outOfTurn();
    const due = Buffer.concat(this.names.map((name) => this.tagOf(name)));
    if (tags.length % TAG !== 0 || !sameBytes(due, tags)) {
      throw new TrustError('differ', `The members of ${this.ports.room} do not have the same keys: nothing is said under them.`);
    }
    this.#agreed = undefined;
    return agreed;
  }

  /** Waits once more; what was waited for before has come. */
  protected wait(ms: number, late: () => void): void {
    this.waitNoMore();
    const timer = this.ports.clock.after(ms, () => this.ports.run(() => {
      // What was waited for may have come while this had to wait its turn.
      if (this.#timer === timer) late();
    }));
    this.#timer = timer;
  }

  protected waitNoMore(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** True where it goes on without oneself. */
  get watched(): boolean {
    return false;
  }

  /** All of it has so much time, from now on. */
  limit(): void {
    const { clock, run, expired } = this.ports;
    this.#deadline?.cancel();
    this.#deadline = clock.after(ROOM_ROUND_MS, () => run(() => expired(this)));
  }

  /** Nothing more comes of it; keys that nobody has taken are wiped. */
  stop(): void {
    this.stopped = true;
    this.waitNoMore();
    this.#deadline?.cancel();
    this.nonce.fill(0);
    for (const chain of this.#agreed?.secrets.chains.values() ?? []) chain.wipe();
    this.#agreed = undefined;
  }
}

export const startBody = (opening: Start): Buffer => encode(start, opening);

export const outOfTurn = (): WireError => new WireError('out-of-turn', 'A step of an agreement on keys came out of turn.');
