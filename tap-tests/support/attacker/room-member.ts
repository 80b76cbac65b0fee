import { action, type Change, type Head, knownAs, nextChange } from './room-change.js';
import { chng, joinRoom, part, roomKind, type Said, toAll, toEach } from './room-commands.js';
import { Epoch, type RoomRecord, roomType } from './room-epoch.js';
import type { RoomRecordFaults, RoundFaults } from './room-faults.js';
import { Leader, type Setting } from './room-leader.js';
import { Participant } from './room-participant.js';
import { RoomReader } from './room-reader.js';
import type { Agreement } from './room-round.js';

/** A text as it was shown to this member. */
export interface Shown {
  readonly from: string;
  readonly text: string;
  readonly epoch: number;
  /** Whether it stood where it counts. */
  readonly counts: boolean;
}

/**
 * The attacker as a member of a room. When it is pumped, it does what an honest member would at once, by its faults:
 * it answers rounds, and goes on with its own. Rounds are begun, and texts said, by whoever holds it.
 */
export class RoomMember extends RoomReader {
  readonly shown: Shown[] = [];
  epoch: Epoch | undefined;
  earlier: Epoch | undefined;
  /** All epochs it ever was in. */
  readonly epochs: Epoch[] = [];
  leading: Leader | undefined;
  /** The own start has come back. */
  #begun: Leader | undefined;
  taking: Participant | undefined;
  /** Secrets of the rounds that it took part in. */
  readonly kept: Buffer[] = [];
  /** Rounds that it was refused or broke off. */
  readonly broken: Error[] = [];
  /** What is said behind a leave does not count, until the next epoch. */
  #over = false;

  /* How it behaves. */
  answers = true;
  receipts = true;
  faults: RoundFaults = {};

  /** In one line, for who waits in vain. */
  get state(): string {
    const faults = [...this.faultsSeen, ...this.broken].map(({ message }) => message);
    const heard = this.log.map(({ command, kind, from }) => `${command}${kind || ''} ${from}`.trim());
    return [
      `${this.name}: head ${this.head?.change.number}, epoch ${this.epoch?.agreement.epoch}, present ${this.present}`,
      faults.join(' / ') || 'no faults', `errors ${this.session.errors}`, `heard ${heard.join(', ')}`,
    ].join('; ');
  }

  join(next = this.head ? this.head.change.number + 1 : 0): void {
    this.session.say(joinRoom(this.room, next));
  }

  part(): void {
    this.session.say(part(this.room));
  }

  /** Says a change by this member, or one as `edit` makes it. */
  change(which: number, target: string = this.name, edit: Partial<Change> = {}, signer = this.person): Head {
    const listed = this.members.find(({ name }) => name === target);
    const whom = listed ?? knownAs(target, { spki: this.keyOf(target) });
    const made = nextChange(this.room, this.head, knownAs(this.name, this.person), which, whom, signer, edit);
    this.session.say(chng(this.room, made.bytes));
    return made;
  }

  make = (): Head => this.change(action.make);
  leave = (): Head => this.change(action.leave);

  get invitable(): string[] {
    return this.names.filter((name) => name === this.name || this.present.includes(name));
  }

  get setting(): Setting {
    return {
      room: this.room, own: this.name, person: this.person, members: this.members, head: this.head!.hash,
      keyOf: (name) => this.keyOf(name), before: this.epochs.at(-1)?.agreement,
    };
  }

  /** Begins a round, with all who are present or with these. */
  lead(names: readonly string[] = this.invitable, faults = this.faults): Leader {
    this.leading = new Leader(this.setting, names, faults);
    this.#all(roomKind.start, this.leading.startBody);
    return this.leading;
  }

  /** Says the commitments of those who have answered. */
  commit(): void {
    const { commitments, shares } = this.leading!.commit();
    this.#all(roomKind.commitments, commitments);
    this.#each(roomKind.share, shares);
  }

  /** @param as another member, whose chain everybody has @returns the record */
  say(text: string, faults?: RoomRecordFaults, as?: string): Buffer {
    return this.record(roomType.text, text, faults, as);
  }

  record(type: number, content: Uint8Array | string, faults?: RoomRecordFaults, as?: string): Buffer {
    const record = this.epoch!.seal(type, content, faults, as);
    this.#all(roomKind.record, record);
    return record;
  }

  receipt(): void {
    if (this.epoch) this.record(roomType.receipt, this.epoch.receipt);
  }

  #all(kind: number, body: Buffer): void {
    if (this.faults.withholds?.includes(kind)) return;
    this.session.say(toAll(this.room, kind, this.faults.body?.(kind, body) ?? body));
  }

  #each(kind: number, bodies: readonly (readonly [string, Buffer])[]): void {
    if (this.faults.withholds?.includes(kind) || !bodies.length) return;
    const edited = bodies.map(([to, body]) => [to, this.faults.body?.(kind, body, to) ?? body] as const);
    this.session.say(toEach(this.room, kind, edited));
  }

  /* What comes. */

  protected override out(name: string): void {
    if (this.epoch?.agreement.names.includes(name)) this.#over = true;
  }

  protected override heard(said: Said): void {
    if (said.kind === roomKind.record) this.#record(said);
    else this.#round(said);
  }

  #record({ from, body }: Said): void {
    const epoch = [this.epoch, this.earlier].find((each) => each?.has(body));
    if (!epoch) return;
    const record = epoch.open(from, body);
    if (record.type === roomType.text) this.#text(epoch, record, body);
    else if (record.type === roomType.receipt) epoch.takeReceipt(record);
  }

  #text(epoch: Epoch, { from, content }: RoomRecord, body: Buffer): void {
    const counts = epoch === this.epoch && !this.#over;
    if (counts) epoch.count(body);
    this.shown.push({ from, text: content.toString(), epoch: epoch.agreement.epoch, counts });
    if (counts && this.receipts && from !== this.name) this.receipt();
  }

  #round({ from, kind, body }: Said): void {
    try {
      if (this.leading) this.#lead(this.leading, from, kind, body);
      if (from !== this.name) this.#follow(from, kind, body);
    } catch (error) {
      this.broken.push(error as Error);
      this.taking = undefined;
    }
  }

  #lead(leading: Leader, from: string, kind: number, body: Buffer): void {
    // The order of the relay decides between two who begin.
    if (kind === roomKind.start && from === this.name) [this.#begun, this.taking] = [leading, undefined];
    else if (kind === roomKind.start && this.#begun === leading) this.leading = undefined;
    if (kind === roomKind.answer) {
      leading.answer(from, body);
      if (leading.allAnswered) this.commit();
    } else if (kind === roomKind.contribution) {
      leading.contribution(from, body);
      if (leading.allContributed) this.#all(roomKind.contributions, leading.contributions());
    } else if (kind === roomKind.tag) {
      leading.tag(from, body);
      if (leading.allTagged) this.#all(roomKind.done, leading.done());
    } else if (kind === roomKind.done && from === this.name) {
      this.#begin(leading.agreement!);
    }
  }

  #follow(from: string, kind: number, body: Buffer): void {
    const { taking } = this;
    if (kind === roomKind.start) {
      this.taking = undefined;
      if (!this.answers) return;
      this.taking = new Participant(this.setting, from, body, this.faults);
      this.#each(roomKind.answer, [[from, this.taking.answer]]);
    } else if (taking?.leader === from) {
      if (kind === roomKind.commitments) taking.commitments(body);
      else if (kind === roomKind.share) this.#each(roomKind.contribution, [[from, taking.share(body)]]);
      else if (kind === roomKind.contributions) this.#each(roomKind.tag, [[from, taking.contributions(body)]]);
      else if (kind === roomKind.done) this.#begin(taking.done(body));
    }
  }

  #begin(agreement: Agreement): void {
    this.kept.push(...this.taking?.secrets ?? [], agreement.PRK, agreement.T);
    this.earlier = this.epoch;
    this.epoch = new Epoch(agreement, this.name, this.person, (name) => this.keyOf(name));
    this.epochs.push(this.epoch);
    this.leading = this.taking = undefined;
    this.#over = false;
  }
}
