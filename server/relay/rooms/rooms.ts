import { decode } from '../../../common/bytes/codec.js';
import type { Clock } from '../../../common/clock.js';
import { memberOf } from '../../../common/rooms/members.js';
import type { ClientPayload, ErrorName } from '../../../common/wire/commands.js';
import type { RelayLimits } from '../../../common/wire/limits.js';
import { actionOf, actions, change as changeCodec, type Change } from '../../../common/wire/room-change.js';
import { type Endpoint, sendError } from '../endpoint.js';
import { FadingMap } from '../fading-map.js';
import type { Log } from '../log.js';
import type { Presence } from '../presence.js';
import type { RoomSwitchboard } from '../switchboard.js';
import { ChangeDesk, type ChangeDeskOptions } from './change-desk.js';
import { Memberships } from './memberships.js';
import { Room } from './room.js';

export interface RoomsOptions {
  readonly limits: ChangeDeskOptions['limits'] & Pick<RelayLimits, 'rooms' | 'roomsPerUser' | 'knockMs'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly presence: Presence;
  readonly identityOf: ChangeDeskOptions['identityOf'];
}

/** All rooms of this relay that live: docs/PROTOCOL.md part 10, Commands of rooms. */
export class Rooms implements RoomSwitchboard {
  readonly #rooms = new Map<string, Room>();
  /** Names in small letters: two that look alike are one too many. */
  readonly #folded = new Set<string>();
  readonly #memberships = new Memberships();
  readonly #desk: ChangeDesk;
  /** "room name" → until when it is not said again that this one asks. */
  readonly #knocks: FadingMap<{ until: number }>;

  constructor(private readonly own: RoomsOptions) {
    this.#desk = new ChangeDesk(own);
    this.#knocks = new FadingMap(() => ({ until: -Infinity }), ({ until }) => until <= own.clock.now());
  }

  get size(): number {
    return this.#rooms.size;
  }

  /** Tells a user who has just logged in of the rooms that it is a member of. */
  come(endpoint: Endpoint): void {
    for (const room of this.#memberships.of(endpoint.username)) this.#invite(room, endpoint);
  }

  /** The endpoint is gone, and with it every room of which nobody is logged in any more. */
  go(endpoint: Endpoint): void {
    for (const room of this.#memberships.of(endpoint.username)) {
      room.leave(endpoint);
      this.#endIfDeserted(room);
    }
  }

  join(by: Endpoint, { room: name, next }: ClientPayload<'join'>): void {
    const room = this.#rooms.get(name);
    if (room?.isPresent(by)) return refuse(by, 'exists', 'join', name, `You are in ${name} already.`);
    if (room && !memberOf(room.members, by.username)) return this.#knock(room, by);
    const fault = this.#whyTooMany(by.username, room);
    if (fault) return refuse(by, 'limit', 'join', name, fault);
    if (!room && this.#folded.has(name.toLowerCase())) return refuse(by, 'exists', 'join', name, 'A room has that name but for its case.');
    if (!room) return this.#make(by, name);
    this.own.log('room-entered', { room: name, username: by.username });
    room.enter(by, next);
  }

  #whyTooMany(username: string, room: Room | undefined): string | undefined {
    const { rooms, roomsPerUser } = this.own.limits;
    const here = this.own.presence.get(username)!;
    const entered = this.#memberships.of(username).filter((each) => each.isPresent(here)).length;
    if (entered >= roomsPerUser) return `You are in ${roomsPerUser} rooms, which is the most.`;
    if (room) return undefined;
    if (this.#rooms.size >= rooms) return `There are ${rooms} rooms, which is the most.`;
    const made = [...this.#rooms.values()].filter(({ maker }) => maker === username).length;
    return made >= roomsPerUser ? `You have made ${roomsPerUser} rooms, which is the most.` : undefined;
  }

  #make(by: Endpoint, name: string): void {
    const dropped = (username: string) => this.own.log('cut', { room: name, username, reason: 'queue-full' });
    const room = new Room(name, by.username, dropped);
    this.#rooms.set(name, room);
    this.#folded.add(name.toLowerCase());
    this.#memberships.add(by.username, room);
    this.own.log('room', { room: name, by: by.username });
    room.make(by);
  }

  #knock(room: Room, by: Endpoint): void {
    const told = 'Those who are there are told that you ask.';
    refuse(by, 'notAMember', 'join', room.name, `You are not a member of ${room.name}. ${told}`);
    const { clock, limits } = this.own;
    const knock = this.#knocks.of(`${room.name} ${by.username}`);
    if (knock.until > clock.now()) return;
    knock.until = clock.now() + limits.knockMs;
    room.knock(by.username);
    this.#endIfDeserted(room);
  }

  part(by: Endpoint, { room: name }: ClientPayload<'part'>): void {
    const room = this.#where(by, name, 'part');
    if (!room) return;
    room.leave(by);
    this.#endIfDeserted(room);
  }

  change(by: Endpoint, { room: name, change: payload }: ClientPayload<'chng'>): void {
    const room = this.#where(by, name, 'chng');
    if (!room) return;
    // A copy: it is kept, and must not keep the record that brought it.
    const bytes = Buffer.from(payload);
    const change = decode(changeCodec, bytes);
    const fault = this.#desk.whyNot(room, change, by.username);
    if (fault) return refuse(by, fault[0], 'chng', name, fault[1]);
    this.#desk.note(room, change);
    this.#take(room, change, bytes);
  }

  #take(room: Room, change: Change, bytes: Buffer): void {
    const { number, author, target } = change;
    this.#memberships.replace(room, change.members);
    this.own.log('room-change', { room: room.name, number, action: actionOf(change), author, target });
    room.change(change, bytes);
    const added = change.action === actions.add ? this.own.presence.get(target) : undefined;
    if (added && !room.isPresent(added)) this.#invite(room, added);
    this.#endIfDeserted(room);
  }

  #invite(room: Room, endpoint: Endpoint): void {
    endpoint.send('invt', { room: room.name, by: room.adderOf(endpoint.username) });
  }

  say(by: Endpoint, { room: name, kind, body }: ClientPayload<'room'>): void {
    this.#where(by, name, 'room')?.say('room', { sender: by.username, kind, body });
  }

  each(by: Endpoint, { room: name, kind, bodies }: ClientPayload<'each'>): void {
    const room = this.#where(by, name, 'each');
    for (const { name: to, body } of room ? bodies : []) room!.tell(to, by.username, kind, body);
  }

  /** The room, if this one is present in it. */
  #where(by: Endpoint, name: string, command: string): Room | undefined {
    const room = this.#rooms.get(name);
    if (room?.isPresent(by)) return room;
    refuse(by, 'noRoom', command, name, `You are not in a room ${name}.`);
    return undefined;
  }

  #endIfDeserted(room: Room): void {
    const { presence, log } = this.own;
    const lives = room.head ? room.members.some(({ username }) => presence.get(username)) : !room.isEmpty;
    if (lives || !this.#rooms.delete(room.name)) return;
    this.#folded.delete(room.name.toLowerCase());
    this.#memberships.replace(room, []);
    log('room-ended', { room: room.name });
  }
}

const refuse = (to: Endpoint, error: ErrorName, command: string, room: string, text: string): void =>
  sendError(to, error, command, room, text);
