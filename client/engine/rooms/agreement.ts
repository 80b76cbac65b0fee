import { decode } from '../../../common/bytes/codec.js';
import type { Timer } from '../../../common/clock.js';
import type { PublicIdentity } from '../../../common/crypto/identity.js';
import { MessageAppError, TrustError } from '../../../common/errors.js';
import { memberOf } from '../../../common/rooms/members.js';
import { ROOM_CANDIDATE_MS, ROOM_GATHER_MS, ROOM_STEP_MS } from '../../../common/wire/limits.js';
import { type RoomKind, roomKinds } from '../../../common/wire/room-commands.js';
import { start } from '../../../common/wire/room-round.js';
import { candidates, invited, isDue, type Standing } from './candidates.js';
import { type Agreed, type Epoch } from './epoch.js';
import { fits } from './fits.js';
import { Follower } from './follower.js';
import { Leader } from './leader.js';
import { LeftOut } from './left-out.js';
import type { Membership } from './membership.js';
import type { RoomPorts } from './ports.js';
import type { Participant, Round, RoundPorts } from './round.js';

/** Rounds of a room, one at a time: who leads, what comes of them (docs/PROTOCOL.md part 10, A round). */
export class Agreement {
  #round: Leader | Follower | undefined;
  readonly #lost = new Set<string>();
  /** Lost twice: one that comes and goes would end every round. */
  readonly #unsteady = new Set<string>();
  readonly #leftOut: LeftOut;
  readonly #failed = new Set<string>();
  readonly #led = new Map<string, number>();
  /** Since when a round is due. */
  #dueSince: number | undefined;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(
    private readonly ports: RoomPorts,
    private readonly own: RoundPorts['own'],
    private readonly membership: Membership,
    private readonly epoch: () => Epoch | undefined,
    private readonly agreed: (agreed: Agreed, keys: ReadonlyMap<string, PublicIdentity>) => void,
  ) {
    this.#leftOut = new LeftOut(own.username, ports.self.clock);
  }

  get #standing(): Standing & { readonly epoch: Epoch | undefined } {
    const { members, present } = this.membership;
    return {
      members, present, epoch: this.epoch(),
      lost: this.#lost, leftOut: this.#leftOut.names, failed: this.#failed, led: this.#led,
    };
  }

  /** Whatever happened: a round may be due now, or not any more. */
  consider(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#stopped || this.#round || this.#started) return;
    const { clock } = this.ports.self;
    if (this.#leftOut.names.has(this.own.username)) {
      this.#ask();
      this.#timer = clock.after(ROOM_STEP_MS, () => this.ports.run(() => this.consider()));
      return;
    }
    if (!isDue(this.#standing)) {
      this.#dueSince = undefined;
      const left = this.epoch()?.left;
      if (left !== undefined) this.#timer = clock.after(left, () => this.ports.run(() => this.consider()));
      return;
    }
    const place = candidates(this.#standing).indexOf(this.own.username);
    if (place < 0) return;
    this.#dueSince ??= clock.now();
    const at = this.#dueSince + ROOM_GATHER_MS + place * ROOM_CANDIDATE_MS;
    this.#timer = clock.after(Math.max(0, at - clock.now()), () => this.ports.run(() => this.#lead()));
  }

  #lead(): void {
    if (this.#stopped || this.#round || this.#started || !isDue(this.#standing)) return;
    const { epoch, history, t } = this.ports.memory;
    this.#started = Leader.open(this.#roundPorts(), {
      epoch: epoch + 1, head: history.hash!, before: t, names: invited(this.#standing),
    });
    this.#started.begin();
    this.#started.limit();
  }

  /** A round of one's own whose start has not come back. */
  #started: Leader | undefined;

  /* What comes, in the order of the relay. */

  async heard(sender: string, kind: RoomKind, body: Buffer): Promise<void> {
    if (kind === 'ask') return this.#leftOut.hear(sender) ? this.consider() : undefined;
    if (kind === 'start') return void await this.#reported(() => this.#start(sender, body));
    const round = this.#round;
    if (!round || sender !== round.leader || !round.id.equals(body.subarray(0, round.id.length))) return;
    await this.#part(round, async () => {
      if (round.watched) return kind === 'done' ? this.#missed() : undefined;
      if (kind === 'done') return this.#done(round, body);
      if (kind === 'commitments' && round instanceof Leader) this.#noteSilent(round);
      if (!(round instanceof Follower)) return;
      if (kind === 'commitments' && !round.commitments(body)) return this.#watch(round);
      if (kind === 'commitments') this.#noteSilent(round);
      if (kind === 'contributions') await round.contributions(body);
    });
  }

  async told(sender: string, kind: RoomKind, body: Buffer): Promise<void> {
    const round = this.#round;
    if (!round || !round.id.equals(body.subarray(0, round.id.length))) return;
    if (round instanceof Follower) {
      if (kind === 'share' && sender === round.leader) await this.#part(round, () => round.share(body));
      return;
    }
    // What one member does wrong leaves that one out: it has not contributed when the time is over.
    await this.#reported(async () => {
      if (kind === 'answer') await round.answer(sender, body);
      if (kind === 'contribution') await round.contribution(sender, body);
      if (kind === 'tag') round.tag(sender, body);
    });
  }

  /** A step of a round that somebody else leads: what fails ends one's own part in it. */
  async #part(round: Leader | Follower, step: () => void | Promise<void>): Promise<void> {
    const failed = await this.#reported(step);
    if (failed && this.#round === round) this.#drop();
  }

  async #reported(step: () => void | Promise<void>): Promise<boolean> {
    try {
      await step();
      return false;
    } catch (error) {
      if (!(error instanceof MessageAppError)) throw error;
      const { room, emit } = this.ports;
      if (error instanceof TrustError) emit({ event: 'warning', room, code: error.code, text: error.message });
      return true;
    }
  }

  async #start(sender: string, body: Buffer): Promise<void> {
    const opening = decode(start, body);
    const own = sender === this.own.username ? this.#started : undefined;
    if (own) this.#started = undefined;
    if (!fits(this.#standing, this.ports.memory, sender, opening) || (sender === this.own.username && !own)) {
      own?.stop();
      return this.consider();
    }
    this.#clear();
    this.#led.set(sender, (this.#led.get(sender) ?? 0) + 1);
    this.#leftOut.begin(this.membership.present, opening.names);
    this.#ask();
    const round = own ?? new Follower(this.#roundPorts(), sender, opening);
    this.#round = round;
    round.limit();
    if (round instanceof Leader) return round.started();
    if (opening.names.includes(this.own.username)) await this.#part(round, () => round.answer());
    else this.#watch(round);
  }

  /** A round goes on without oneself: one waits until it is over. */
  #watch(round: Follower): void {
    this.#leftOut.add(this.own.username);
    round.watch();
  }

  /** All others have keys that one has not. With those of an earlier epoch one would be heard by nobody: one enters anew. */
  #missed(): void {
    if (this.epoch()) return this.ports.enterAgain();
    this.#drop();
  }

  #ask(): void {
    if (!this.#leftOut.ask()) return;
    this.ports.session.send('room', { room: this.ports.room, kind: roomKinds.ask, body: Buffer.alloc(0) });
  }

  /** Who was invited and has not answered. */
  #noteSilent({ opening, names }: Follower | Leader): void {
    this.#leftOut.silent(opening.names.filter((name) => !names.includes(name)));
  }

  async #done(round: Leader | Follower, body: Buffer): Promise<void> {
    const agreed = round.done(body);
    const keys = new Map<string, PublicIdentity>();
    for (const name of agreed.names) keys.set(name, (await this.#participant(name)).identity);
    this.#clear();
    this.#failed.clear();
    this.#led.clear();
    this.#lost.clear();
    this.#unsteady.clear();
    this.#dueSince = undefined;
    const { memory } = this.ports;
    memory.epoch = agreed.number;
    memory.t = agreed.t;
    this.agreed(agreed, keys);
    this.consider();
  }

  /* Members who come and go. */

  here(username: string): void {
    if (this.#unsteady.has(username)) this.#leftOut.add(username);
    else this.#leftOut.entered(username);
    this.consider();
  }

  away(username: string): void {
    if (this.#lost.has(username)) this.#unsteady.add(username);
    this.#lost.add(username);
    this.#leftOut.forget(username);
    // Also one who only follows: keys made with it would have to be made again, and it may be back.
    if (this.#round?.names.includes(username)) this.#fail(this.#round.leader === username ? username : undefined);
    else this.consider();
  }

  /** A change has come. @param out who is no member any more */
  changed(out: string | undefined): void {
    if (out === undefined) return this.consider();
    this.#leftOut.forget(out);
    // It has let go of the keys, also where it is a member again before others are made.
    this.#lost.add(out);
    if (this.#round?.names.includes(out)) this.#fail(this.#round.leader === out ? out : undefined);
    else this.consider();
  }

  /** Nothing came of a round in time. Others may have its epoch, where tag or done was said: then one enters anew. */
  #expired(round: Round): void {
    // It may have ended since this step waits its turn; one's own start may be lost, while another's is in force.
    if (round !== this.#round && round !== this.#started) return;
    if (round === this.#started && this.#round) {
      this.#started = undefined;
      return round.stop();
    }
    if (round.watched) return this.#drop();
    const { room, emit } = this.ports;
    const text = `The members of ${room} did not agree on new keys in time. It is tried again.`;
    emit({ event: 'warning', room, code: 'timed-out', text });
    if (round.concluded) return this.ports.enterAgain();
    this.#fail(round.leader);
  }

  /** @param leader the one who is no candidate until there is an epoch */
  #fail(leader: string | undefined): void {
    if (leader !== undefined) this.#failed.add(leader);
    this.#drop();
  }

  #drop(): void {
    this.#clear();
    this.#started?.stop();
    this.#started = undefined;
    this.#dueSince = undefined;
    this.consider();
  }

  #clear(): void {
    this.#round?.stop();
    this.#round = undefined;
  }

  stop(): void {
    this.#stopped = true;
    this.#started?.stop();
    this.#clear();
    this.#timer?.cancel();
  }

  async #participant(username: string): Promise<Participant> {
    const member = memberOf(this.membership.members, username);
    if (!member) throw new TrustError('tampered', `${username} is no member of ${this.ports.room}.`);
    const { identity } = await this.ports.directory.key(username, member.fingerprint);
    return { username, fingerprint: member.fingerprint, identity };
  }

  #roundPorts(): RoundPorts {
    const { room, self, session, run } = this.ports;
    return {
      room, own: this.own, suites: self.suites, clock: self.clock, run,
      ephemeral: (offered) => self.pool.take(offered),
      participant: (username) => this.#participant(username),
      say: (kind, body) => session.send('room', { room, kind: roomKinds[kind], body }),
      sayTo: (kind, bodies) => session.send('each', { room, kind: roomKinds[kind], bodies }),
      expired: (round) => this.#expired(round),
      silent: (usernames) => {
        this.#leftOut.silent(usernames);
        this.#drop();
      },
    };
  }
}
