import type { FalseRelay, Guest } from './false-relay.js';
import { Fields } from './bytes.js';
import type { Message } from './records.js';
import { changeHash, readChange } from './room-change.js';
import { aboutRoom, type Addressed, roomKind, type Said, saysCert, sayIn } from './room-commands.js';
import { erro } from './session.js';
import type { Enrolled } from './switchboard.js';

/** What a client is told in a room; without a seq it gets the one that is due. */
export type Told = Partial<Said> & { readonly command: string };

/** What a client said in the room. */
export interface Asked {
  readonly from: string;
  readonly command: string;
  readonly kind: number;
  readonly body: Buffer;
}

/**
 * One room of a false relay: it checks nothing, and is honest but for what it is told to do otherwise. Each client has
 * a count of its own, so that a lie to one of them leaves no gap.
 */
export class RoomBoard {
  readonly asked: Asked[] = [];
  readonly changes: Buffer[] = [];
  present: string[] = [];
  /** What goes to a client in the place of what is said. */
  onSaid: (told: Told, to: string) => readonly Told[] = (told) => [told];
  /** What a client is told about a key. */
  onCert: (name: string, to: string) => Enrolled | undefined = (name) => this.people.get(name);
  readonly #seqs = new Map<string, bigint>();

  constructor(
    private readonly relay: FalseRelay, readonly room: string, private readonly people: ReadonlyMap<string, Enrolled>,
  ) {
    const { onMessage } = relay.options;
    relay.options = {
      ...relay.options,
      onMessage: (each, from) => void (this.#take(each, from) || onMessage?.(each, from)),
    };
  }

  get members(): string[] {
    const head = this.changes.at(-1);
    return head ? readChange(this.room, head).change.members.map(({ name }) => name) : [];
  }

  kinds(from: string, kind: number): Buffer[] {
    return this.asked.filter((each) => each.from === from && each.kind === kind).map(({ body }) => body);
  }

  /** Tells one of them something, whoever said it. */
  tell(to: string, told: Told): void {
    const ordered = !['each', 'invt', 'knoc'].includes(told.command) && told.seq === undefined;
    const seq = (this.#seqs.get(to) ?? 0n) + (ordered ? 1n : 0n);
    if (ordered) this.#seqs.set(to, seq);
    this.relay.guest(to)?.session.say(sayIn(told.command, this.room, { seq, ...told }));
  }

  #say(to: string, told: Told): void {
    for (const each of this.onSaid(told, to)) this.tell(to, each);
  }

  #sayAll(told: Told, all: readonly string[] = this.present): void {
    for (const to of [...all]) this.#say(to, told);
  }

  #take({ command, payload }: Message, { username: from, session }: Guest): boolean {
    const fields = new Fields(payload);
    if (command === 'cert') {
      for (const name of fields.many(() => fields.vec8().toString())) {
        const { spki, certificates } = this.onCert(name, from) ?? { spki: Buffer.alloc(0), certificates: [] };
        session.say(saysCert(name, spki, certificates));
      }
      return true;
    }
    if (!['join', 'part', 'chng', 'room', 'each'].includes(command)) return false;
    if (fields.vec8().toString() !== this.room) return true;
    const kind = command === 'room' || command === 'each' ? fields.u8() : 0;
    const body = fields.rest();
    this.asked.push({ from, command, kind, body });
    if (command === 'join') this.#join(from, body.readUInt32BE());
    else if (command === 'part') this.#part(from);
    else if (command === 'chng') this.#change(from, body, session.say.bind(session));
    else if (command === 'room') this.#sayAll({ command, from, kind, body });
    else for (const [to, each] of addressed(body)) this.#say(to, { command, from, kind, body: each });
    return true;
  }

  #join(from: string, next: number): void {
    const names = this.present.filter((name) => name !== from);
    this.#sayAll({ command: 'here', from }, names);
    this.#seqs.set(from, names.length || this.changes.length ? 100n : 0n);
    this.#say(from, { command: 'join', seq: this.#seqs.get(from)!, names });
    this.present = [...names, from];
    const missed = next > 0 && next <= this.changes.length ? this.changes.slice(next) : this.changes.slice(-1);
    for (const body of missed) this.#say(from, { command: 'chng', seq: 0n, body });
  }

  #part(from: string): void {
    this.present = this.present.filter((name) => name !== from);
    this.#sayAll({ command: 'away', from });
  }

  #change(from: string, body: Buffer, answer: (each: Message) => void): void {
    const { change } = readChange(this.room, body);
    const head = this.changes.at(-1);
    if (head && !change.previous.equals(changeHash(this.room, head))) {
      return answer(erro(17, aboutRoom('chng', this.room)));
    }
    this.changes.push(body);
    this.#sayAll({ command: 'chng', body });
    if (!this.members.includes(change.target.name)) this.present = this.present.filter((name) => name !== change.target.name);
    else if (!this.present.includes(change.target.name)) this.#say(change.target.name, { command: 'invt', from });
  }
}

function addressed(body: Buffer): Addressed[] {
  const fields = new Fields(body);
  return fields.many((): Addressed => [fields.vec8().toString(), fields.vec16()]);
}

/** A text or a receipt, or a step of a round. */
export const isRecordTold = ({ command, kind }: Told): boolean => command === 'room' && kind === roomKind.record;
