import { fingerprintOf, type Person } from './primitives.js';
import { type Change, checkFollows, checkSignature, type Head, type Listed, readChange } from './room-change.js';
import { askKeys, readCert, readSaid, roomCommands, type Said } from './room-commands.js';
import type { Message } from './records.js';
import type { Session } from './session.js';

/**
 * What the relay says in one room, over a session: read in its order, checked as part 10 of docs/PROTOCOL.md says. It
 * does nothing by itself: `pump` reads what came.
 */
export abstract class RoomReader {
  /** All that was said in the room, in order. */
  readonly log: Said[] = [];
  readonly keys = new Map<string, Buffer>();
  present: string[] = [];
  /** The changes it has seen; the last is the head. */
  readonly changes: Head[] = [];
  /** What an honest member would have warned of, or left the room for. */
  readonly faultsSeen: Error[] = [];
  seq: bigint | undefined;
  readonly #waiting: Message[] = [];
  readonly #asked = new Set<string>();

  constructor(readonly session: Session, readonly room: string, readonly person: Person) {
    this.keys.set(session.username, person.spki);
  }

  /** A body of a round or a record. */
  protected abstract heard(said: Said): void;
  /** Somebody is no member any more. */
  protected abstract out(name: string): void;

  get name(): string {
    return this.session.username;
  }

  get head(): Head | undefined {
    return this.changes.at(-1);
  }

  get members(): readonly Listed[] {
    return this.head?.change.members ?? [];
  }

  get names(): string[] {
    return this.members.map(({ name }) => name);
  }

  keyOf(name: string): Buffer {
    const spki = this.keys.get(name);
    if (!spki) throw new Error(`${this.name} does not know the key of ${name}`);
    return spki;
  }

  ask(names: readonly string[]): void {
    const missing = [...new Set(names)].filter((name) => !this.#asked.has(name) && !this.keys.has(name));
    for (const name of missing) this.#asked.add(name);
    if (missing.length) this.session.say(askKeys(missing));
  }

  /** Reads all that came; waits where a key is missing. */
  pump(): void {
    const { heard } = this.session;
    for (let at = 0; at < heard.length;) {
      const each = heard[at]!;
      const inRoom = roomCommands.includes(each.command) && readSaid(each).room === this.room;
      if (!inRoom && each.command !== 'cert') at += 1;
      else if (heard.splice(at, 1)[0]!.command === 'cert') this.#learn(each);
      else this.#waiting.push(each);
    }
    while (this.#waiting.length && this.#knows(this.#waiting[0]!)) this.#take(readSaid(this.#waiting.shift()!));
  }

  #learn(each: Message): void {
    const { name, spki } = readCert(each);
    if (spki && !this.keys.has(name)) this.keys.set(name, spki);
  }

  /** Asks for the keys that a change needs. */
  #knows(each: Message): boolean {
    const { command, body } = readSaid(each);
    if (command !== 'chng') return true;
    const { author, members } = readChange(this.room, body).change;
    const names = [author, ...members].map(({ name }) => name);
    this.ask(names);
    return names.every((name) => this.keys.has(name));
  }

  #take(said: Said): void {
    this.log.push(said);
    try {
      this.#order(said);
      if (said.command === 'join') this.present = [...said.names, this.name];
      else if (said.command === 'here') this.present.push(said.from);
      else if (said.command === 'away') this.#gone(said.from);
      else if (said.command === 'chng') this.#changed(readChange(this.room, said.body));
      else if (said.command === 'room' || said.command === 'each') this.heard(said);
    } catch (error) {
      this.faultsSeen.push(error as Error);
    }
  }

  /** Nothing is left out, and nothing comes twice. */
  #order({ command, seq }: Said): void {
    if (seq === undefined || (command === 'chng' && seq === 0n)) return;
    const due = command === 'join' || this.seq === undefined || seq === this.seq + 1n;
    if (!due) throw new Error(`seq ${seq} behind ${this.seq}`);
    this.seq = seq;
  }

  #gone(name: string): void {
    this.present = this.present.filter((each) => each !== name);
  }

  #changed(next: Head): void {
    if (this.head?.hash.equals(next.hash)) return;
    const { number, author, target } = next.change;
    if (this.head || number === 0) checkFollows(next, this.head);
    else this.#fits(next.change);
    checkSignature(this.room, next, this.keyOf(author.name));
    this.changes.push(next);
    if (this.names.includes(target.name)) return;
    this.#gone(target.name);
    this.out(target.name);
  }

  /** The first change that is seen has none before it. */
  #fits({ members }: Change): void {
    const wrong = members.find(({ name, fingerprint }) => !fingerprintOf(this.keyOf(name)).equals(fingerprint));
    if (wrong) throw new Error(`${wrong.name} has another key than the list says`);
    if (!members.some(({ name }) => name === this.name)) throw new Error('a first list without oneself');
  }
}
