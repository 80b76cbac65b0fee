import type { PublicIdentity } from '../../../common/crypto/identity.js';
import { MessageAppError, TrustError } from '../../../common/errors.js';
import type { ServerPayload } from '../../../common/wire/commands.js';
import { type Action, actionOf, type Change } from '../../../common/wire/room-change.js';
import { type RoomKind, roomKinds } from '../../../common/wire/room-commands.js';
import type { RoomLeftReason } from '../room-protocol.js';
import { Agreement } from './agreement.js';
import type { Agreed } from './epoch.js';
import { Membership } from './membership.js';
import type { RoomPorts } from './ports.js';
import { Pins } from './pins.js';
import type { Text } from './speech.js';
import { Talk } from './talk.js';

/** What the relay says of a room, in its order. */
export type Heard =
  | { readonly is: 'join'; readonly payload: ServerPayload<'join'> }
  | { readonly is: 'here' | 'away'; readonly payload: ServerPayload<'here'> }
  | { readonly is: 'chng'; readonly payload: ServerPayload<'chng'> }
  | { readonly is: 'room'; readonly payload: ServerPayload<'room'> }
  | { readonly is: 'each'; readonly payload: ServerPayload<'each'> };

const kindOf = (kind: number): RoomKind =>
  (Object.keys(roomKinds) as RoomKind[]).find((name) => roomKinds[name] === kind)!;

/**
 * One room on one connection (docs/PROTOCOL.md part 10). What comes is handled strictly in the order of the relay, one
 * step after another, also where a step takes time.
 */
export class Room {
  readonly membership: Membership;
  readonly talk: Talk;
  readonly #agreement: Agreement;
  readonly #pins: Pins;
  readonly #ports: RoomPorts;
  #seq: number | undefined;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  #entered = false;
  /** Something with a seq has come: changes that one has missed came before. */
  #caughtUp = false;
  #ended = false;

  /** @param ended the room is not there any more */
  constructor(
    ports: Omit<RoomPorts, 'run' | 'enterAgain'>, private readonly ended: (reason: RoomLeftReason, again: boolean) => void,
  ) {
    this.#ports = { ...ports, run: (step) => this.#run(step), enterAgain: () => this.#enterAgain() };
    const { credentials } = ports.self;
    const own = {
      username: credentials.username, fingerprint: credentials.identity.public.fingerprint,
      identity: credentials.identity.public, signer: credentials.identity,
    };
    this.membership = new Membership(this.#ports, own);
    this.talk = new Talk(this.#ports);
    this.#pins = new Pins(this.#ports);
    this.#agreement = new Agreement(
      this.#ports, own, this.membership, () => this.talk.epoch, (agreed, keys) => this.#secured(agreed, keys),
    );
  }

  /** One is in the list, and has entered. */
  get entered(): boolean {
    return this.#entered;
  }

  get #own(): string {
    return this.#ports.self.credentials.username;
  }

  enter(): void {
    const { room, memory, session } = this.#ports;
    session.send('join', { room, next: memory.history.next });
  }

  /* One thing after another. */

  #run(step: () => Promise<void> | void): void {
    if (this.#ended) return;
    if (++this.#waiting > WAITING_MAX) return this.#failed(new TrustError('tampered', 'The relay says more than can be handled.'));
    this.#queue = this.#queue.then(async () => {
      this.#waiting--;
      if (!this.#ended) await step();
    }).catch((error: unknown) => this.#failed(error));
  }

  #failed(error: unknown): void {
    const { room, emit, session } = this.#ports;
    // What no check has foreseen must not end more than this room.
    const { code, message } = error instanceof MessageAppError ? error
      : { code: 'failed', message: `You are out of ${room} for a reason that this program did not expect (${(error as Error).name}).` };
    emit({ event: 'warning', room, code, text: message });
    session.send('part', { room });
    this.end(code === 'key-changed' ? 'key-changed' : 'tampered', this.#own);
  }

  hear(heard: Heard): void {
    this.#run(() => this.#take(heard));
  }

  async #take(heard: Heard): Promise<void> {
    if (heard.is === 'join') return this.#joined(heard.payload);
    // Before the answer to `join` it is of an earlier stay: the relay said it before it read `part`.
    if (this.#seq === undefined) return;
    if (heard.is === 'each') {
      return this.#agreement.told(heard.payload.sender, kindOf(heard.payload.kind), heard.payload.body);
    }
    this.#order(heard);
    const { payload } = heard;
    if (heard.is === 'here' || heard.is === 'away') return this.#moved(heard.is, heard.payload.name);
    if (heard.is === 'chng') return this.#changed(heard.payload.change);
    const { sender, kind, body } = payload as ServerPayload<'room'>;
    if (kindOf(kind) === 'record') this.talk.record(sender, body);
    else await this.#agreement.heard(sender, kindOf(kind), body);
  }

  /** Nothing is left out and nothing comes twice; changes that one has missed come with seq 0. */
  #order({ is, payload: { seq } }: Exclude<Heard, { is: 'join' | 'each' }>): void {
    if (is === 'chng' && seq === 0 && !this.#caughtUp) return;
    this.#caughtUp = true;
    if (seq !== this.#seq! + 1) {
      throw new TrustError('tampered', `The relay has left something out of ${this.#ports.room}.`);
    }
    this.#seq = seq;
  }

  async #joined({ seq, present }: ServerPayload<'join'>): Promise<void> {
    if (this.#seq !== undefined) throw new TrustError('tampered', 'The relay let you enter a room twice.');
    this.#seq = seq;
    this.membership.present = [...present, this.#own];
    if (seq === 0) return this.membership.make();
    // A head of one's own is still to be compared with what comes; without one, the first change is the beginning.
    if (this.#ports.memory.history.head) this.#begin(false);
  }

  #begin(made: boolean): void {
    this.#entered = true;
    this.#ports.memory.wanted = true;
    this.#ports.emit({ event: 'joined', room: this.#ports.room, made });
    this.#agreement.consider();
  }

  #moved(is: 'here' | 'away', name: string): void {
    const { room, emit } = this.#ports;
    const others = this.membership.present.filter((other) => other !== name);
    if (is === 'away' && name === this.#own) return this.end('disconnected', 'relay');
    if (is === 'here' && !this.membership.has(name)) {
      throw new TrustError('tampered', `The relay let ${name} into ${room}, who is no member.`);
    }
    this.membership.present = is === 'here' ? [...others, name] : others;
    emit({ event: is, room, with: name });
    if (is === 'here') return this.#agreement.here(name);
    this.talk.gone(name);
    this.#agreement.away(name);
  }

  async #changed(bytes: Buffer): Promise<void> {
    const taken = await this.membership.take(bytes);
    if (!taken) {
      if (!this.#entered) this.#begin(false);
      return;
    }
    const { change, first } = taken;
    // Their keys will be wanted one after another: now they come in one answer.
    for (const { username } of change.members) if (username !== this.#own) void this.#ports.directory.find(username);
    await this.#pins.compare(first ? change.members : change.members.filter(({ username }) => username === change.target));
    if (first && !this.#entered) this.#begin(actionOf(change) === 'make' && change.author === this.#own);
    const out = actionOf(change) === 'leave' || actionOf(change) === 'remove' ? change.target : undefined;
    if (out === this.#own) return this.#out(actionOf(change), change);
    this.#tell(change, first);
    if (out !== undefined) this.talk.excluded(out);
    this.#agreement.changed(out);
  }

  #tell(change: Change, first: boolean): void {
    const { room, emit } = this.#ports;
    const what: Action = actionOf(change);
    if (first && what !== 'make') return;
    if (what !== 'make') emit({ event: 'changed', room, what, with: change.target, by: change.author });
  }

  #out(action: Action, { author }: Change): void {
    this.#ports.memory.wanted = false;
    this.end(action === 'leave' ? 'left' : 'removed', author);
  }

  #secured(agreed: Agreed, keys: ReadonlyMap<string, PublicIdentity>): void {
    const { room, emit } = this.#ports;
    this.talk.begin(agreed, keys);
    this.#pins.pin(keys);
    emit({ event: 'secured', room, epoch: agreed.number, members: agreed.names, number: agreed.secrets.number });
  }

  /* What a person does. */

  say(text: Text): boolean {
    return this.talk.say(text);
  }

  change(action: 'add' | 'leave' | 'remove' | 'admin', target: { username: string; fingerprint: Buffer }): void {
    this.#run(async () => {
      if (action === 'leave') await this.talk.settle();
      await this.membership.change(action, target);
    });
  }

  refused(code: number): void {
    this.#run(() => this.membership.refused(code));
  }

  #enterAgain(): void {
    const { room, session } = this.#ports;
    session.send('part', { room });
    this.end('disconnected', this.#own, true);
  }

  /**
   * Over on this connection; keys are wiped.
   * @param again it is entered anew at once
   */
  end(reason: RoomLeftReason, by: string, again = false): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#agreement.stop();
    const texts = this.talk.stop();
    if (reason !== 'disconnected') this.#ports.memory.wanted = false;
    this.#ports.emit({ event: 'left', room: this.#ports.room, reason, by, ...texts });
    this.ended(reason, again);
  }
}

/** Steps that may wait, for instance while a key is asked for. */
const WAITING_MAX = 10_000;
