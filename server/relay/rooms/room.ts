import { type Codec, encode } from '../../../common/bytes/codec.js';
import { changeHash } from '../../../common/crypto/room-change.js';
import { memberOf, type Members } from '../../../common/rooms/members.js';
import type { ServerPayload } from '../../../common/wire/commands.js';
import { ROOM_CHANGES_KEPT, ROOM_KEPT_BYTES } from '../../../common/wire/limits.js';
import { actions, type Change } from '../../../common/wire/room-change.js';
import { serverRooms } from '../../../common/wire/room-commands.js';
import type { Endpoint } from '../endpoint.js';

/** What has a seq: the same for all who are present, in the same order. */
type Said = 'here' | 'away' | 'chng' | 'room';
type Fields<C extends Said> = Omit<ServerPayload<C>, 'room' | 'seq'>;

interface Head {
  readonly number: number;
  /** What the next change holds on to, 32 bytes. */
  readonly hash: Buffer;
}

/**
 * One room (docs/PROTOCOL.md part 10): who belongs to it, who is present, and the order of what is said. A receiver
 * that does not read is taken out of it (part 6, Queues); the others are told, and go on.
 */
export class Room {
  /** In the order in which they came. */
  readonly #present = new Map<string, Endpoint>();
  readonly #addedBy = new Map<string, string>();
  /** Changes as they came, the head last. */
  readonly #kept: { readonly number: number; readonly bytes: Buffer }[] = [];
  #members: Members = [];
  #head: Head | undefined;
  #seq = 0;

  constructor(readonly name: string, readonly maker: string, private readonly dropped: (username: string) => void) {}

  /** Undefined until its maker has sent the first change. */
  get head(): Head | undefined {
    return this.#head;
  }

  get members(): Members {
    return this.#members;
  }

  isPresent(endpoint: Endpoint): boolean {
    return this.#present.get(endpoint.username) === endpoint;
  }

  get isEmpty(): boolean {
    return this.#present.size === 0;
  }

  /** Who added a member; where that was not seen, the first admin. */
  adderOf(username: string): string {
    return this.#addedBy.get(username) ?? this.#members.find(({ admin }) => admin)?.username ?? this.maker;
  }

  /** Lets the one in who makes it: nobody else is there, and nothing was said yet. */
  make(by: Endpoint): void {
    this.#present.set(by.username, by);
    this.#deliver(by, 'join', { room: this.name, seq: this.#seq, present: [] });
  }

  /** @param next the number of the head that the member has + 1, or 0 */
  enter(by: Endpoint, next: number): void {
    const present = [...this.#present.keys()];
    this.say('here', { name: by.username });
    this.#present.set(by.username, by);
    this.#deliver(by, 'join', { room: this.name, seq: this.#seq, present });
    for (const bytes of this.#missing(next)) {
      if (this.isPresent(by)) this.#deliver(by, 'chng', { room: this.name, seq: 0, change: bytes });
    }
  }

  #missing(next: number): Buffer[] {
    const { number } = this.#head!;
    if (next === number + 1) return [];
    // Who enters anew has no business with who was there before.
    const later = next === 0 ? [] : this.#kept.filter((each) => each.number >= next);
    return (later.length > 0 ? later : this.#kept.slice(-1)).map(({ bytes }) => bytes);
  }

  /** One who is present is not any more. Does nothing for anybody else. */
  leave(endpoint: Endpoint): void {
    if (!this.isPresent(endpoint)) return;
    this.#present.delete(endpoint.username);
    this.say('away', { name: endpoint.username });
  }

  /** Takes over a change that was checked, and hands it on. @param bytes a copy that nobody changes */
  change(change: Change, bytes: Buffer): void {
    const { number, action, author, target, members } = change;
    this.#members = members;
    this.#head = { number, hash: changeHash(this.name, bytes) };
    this.#kept.push({ number, bytes });
    this.#forgetOld();
    if (action === actions.add) this.#addedBy.set(target, author);
    const out = memberOf(members, target) ? undefined : this.#present.get(target);
    if (!memberOf(members, target)) this.#addedBy.delete(target);
    if (out) this.#present.delete(target);
    const payload = this.say('chng', { change: bytes });
    out?.deliver(this.#account, 'chng', payload);
  }

  #forgetOld(): void {
    const bytes = () => this.#kept.reduce((sum, each) => sum + each.bytes.length, 0);
    while (this.#kept.length > 1 && (this.#kept.length > ROOM_CHANGES_KEPT || bytes() > ROOM_KEPT_BYTES)) this.#kept.shift();
  }

  /** @returns the payload, which is encoded once for all */
  say<C extends Said>(command: C, fields: Fields<C>): Buffer {
    const codec = serverRooms[command] as Codec<unknown>;
    const payload = encode(codec, { room: this.name, seq: ++this.#seq, ...fields });
    const full = [...this.#present.values()].filter((each) => !each.deliver(this.#account, command, payload));
    for (const each of full) this.#drop(each);
    return payload;
  }

  /** To one member, if it is present. */
  tell(to: string, sender: string, kind: number, body: Buffer): void {
    const endpoint = this.#present.get(to);
    if (endpoint) this.#deliver(endpoint, 'each', { room: this.name, sender, kind, body });
  }

  /** Somebody asks to enter. */
  knock(name: string): void {
    for (const each of [...this.#present.values()]) this.#deliver(each, 'knoc', { room: this.name, name });
  }

  #deliver<C extends 'join' | 'chng' | 'each' | 'knoc'>(to: Endpoint, command: C, fields: ServerPayload<C>): void {
    const payload = encode(serverRooms[command] as Codec<unknown>, fields);
    if (!to.deliver(this.#account, command, payload)) this.#drop(to);
  }

  /** What waits for it is forgotten; the last that it hears of the room is its own name. */
  #drop(endpoint: Endpoint): void {
    if (!this.isPresent(endpoint)) return;
    endpoint.forget(this.#account);
    this.#present.delete(endpoint.username);
    this.dropped(endpoint.username);
    const payload = this.say('away', { name: endpoint.username });
    endpoint.deliver(this.#account, 'away', payload);
  }

  /** A space: conversations are counted under their ids, which could be names of rooms. */
  get #account(): string {
    return `room ${this.name}`;
  }
}
