import type { Members } from '../../../common/rooms/members.js';
import type { Room } from './room.js';

/** Which rooms a user belongs to; whoever makes one belongs to it before its first change. */
export class Memberships {
  readonly #byUser = new Map<string, Set<Room>>();
  readonly #byRoom = new Map<Room, Set<string>>();

  of(username: string): Room[] {
    return [...this.#byUser.get(username) ?? []];
  }

  add(username: string, room: Room): void {
    this.#byUser.set(username, (this.#byUser.get(username) ?? new Set()).add(room));
    this.#byRoom.set(room, (this.#byRoom.get(room) ?? new Set()).add(username));
  }

  /** From now on a room has these members; none: it is gone. */
  replace(room: Room, members: Members): void {
    const names = new Set(members.map(({ username }) => username));
    for (const name of this.#byRoom.get(room) ?? []) if (!names.has(name)) this.#remove(name, room);
    for (const name of names) this.add(name, room);
    if (names.size === 0) this.#byRoom.delete(room);
  }

  #remove(username: string, room: Room): void {
    const rooms = this.#byUser.get(username)!;
    rooms.delete(room);
    if (rooms.size === 0) this.#byUser.delete(username);
    this.#byRoom.get(room)!.delete(username);
  }
}
