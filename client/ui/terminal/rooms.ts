import type { RoomEvent } from '../../engine/room-protocol.js';

interface Room {
  unread: number;
  /** As far as is known here: what Tab offers. */
  readonly members: Set<string>;
}

/** The rooms that one is in, and those that one has heard of. */
export class Rooms {
  readonly open = new Map<string, Room>();
  /** Rooms that the person asked to enter, or had in front when the connection broke: these may come to the front. */
  readonly wanted = new Set<string>();
  readonly #heardOf = new Set<string>();
  /** Who would like to come in, by room. */
  readonly #knocks = new Map<string, Set<string>>();

  get names(): string[] {
    return [...this.open.keys()];
  }

  /** Rooms one could enter. */
  get others(): string[] {
    return [...this.#heardOf].filter((name) => !this.open.has(name));
  }

  get unread(): number {
    return [...this.open.values()].reduce((sum, { unread }) => sum + unread, 0);
  }

  members(room: string | undefined): string[] {
    return room === undefined ? [] : [...this.open.get(room)?.members ?? []];
  }

  knocking(room: string): string[] {
    return [...this.#knocks.get(room) ?? []];
  }

  /** What is known of the rooms after this. The front is not theirs: Desk says what is in it. */
  take(event: RoomEvent, inFront: boolean): void {
    const { room: name } = event;
    const room = this.open.get(name);
    switch (event.event) {
      case 'invited':
        this.#heardOf.add(name);
        break;
      case 'joined':
        this.#heardOf.add(name);
        this.open.set(name, { unread: 0, members: new Set() });
        break;
      case 'left':
        this.open.delete(name);
        this.#knocks.delete(name);
        break;
      case 'knock':
        this.#knocks.set(name, new Set([...this.knocking(name), event.with]));
        break;
      case 'changed':
        if (event.what === 'leave' || event.what === 'remove') room?.members.delete(event.with);
        else room?.members.add(event.with);
        if (event.what === 'add') this.#knocks.get(name)?.delete(event.with);
        break;
      case 'members':
        room?.members.clear();
        for (const member of event.members) room?.members.add(member.name);
        break;
      case 'secured':
        for (const member of event.members) room?.members.add(member);
        break;
      case 'here':
        room?.members.add(event.with);
        break;
      case 'message':
        if (room && !inFront) room.unread++;
        break;
    }
  }
}
