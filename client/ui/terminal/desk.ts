import type { ChatEvent, Event } from '../../engine/protocol.js';
import { isRoomEvent, type RoomEvent } from '../../engine/room-protocol.js';
import { topics } from './commands.js';
import type { Names } from './completion.js';
import { Foreground } from './foreground.js';
import { type Open, openPlaces, type Place } from './place.js';
import { Rooms } from './rooms.js';
import { SignedChats } from './signed-chats.js';

export interface Changed {
  readonly old: string;
  readonly new: string;
}

/** A question that the next line answers. */
export interface Question {
  readonly with: string;
  /** The number that was shown; approving it approves no other. */
  readonly number: string;
}

/** What was known of the peer of an event before the event. */
export interface Before {
  readonly chat: boolean;
  readonly calling: boolean;
  readonly wasOnline: boolean;
}

/** `error` codes that answer a call. */
const CALL_ENDS: readonly string[] = [
  'not-online', 'oneself', 'exists', 'calling-you', 'no-answer', 'limit', 'not-logged-in', 'bad-name',
  'no-request',
];

/** All that this face knows: what is in front, who asks for a chat, what is unread. */
export class Desk extends Foreground {
  question: Question | undefined;
  online = false;
  wasOnline = false;
  /** Open chats, and how many texts of each are unread. */
  readonly chats = new Map<string, number>();
  readonly rooms = new Rooms();
  readonly signing = new SignedChats();
  readonly requests = new Set<string>();
  readonly calls = new Set<string>();
  readonly changed = new Map<string, Changed>();
  #users: readonly string[] = [];
  readonly #peers = new Set<string>();

  /** Open chats and rooms as a person calls them. */
  get places(): Map<string, Open> {
    return openPlaces(this.chats, this.rooms.open);
  }

  get names(): Names {
    const peers = [...this.#peers];
    const requests = [...this.requests];
    const members = this.rooms.members(this.room);
    return {
      users: [...this.#users, ...peers], requests, calls: [...this.calls], chats: [...this.places.keys()],
      peers: [...peers, ...members], changed: [...this.changed.keys()],
      rooms: this.rooms.others, open: this.rooms.names, members, topics,
    };
  }

  /** Names that are somebody's, as far as is known here. */
  get known(): string[] {
    const { users, requests, calls } = this.names;
    return [...users, ...requests, ...calls, ...(this.peer === undefined ? [] : [this.peer])];
  }

  override bring(place: Place): void {
    super.bring(place);
    if ('with' in place) this.chats.set(place.with, 0);
    else this.rooms.open.get(place.room)!.unread = 0;
  }

  override expect(place: Place): void {
    super.expect(place);
    if ('room' in place) this.rooms.wanted.add(place.room);
  }

  /** What an event is about is in front. */
  isInFront(event: Event): boolean {
    if (isRoomEvent(event)) return this.inFront(event);
    return 'with' in event && event.with !== undefined && this.inFront({ with: event.with });
  }

  /** @param typing the line being typed is not empty */
  take(event: Event, typing: boolean): Before {
    const before = this.#before(!isRoomEvent(event) && 'with' in event ? event.with : undefined);
    if (isRoomEvent(event)) this.#inRoom(event, typing);
    else {
      this.signing.take(event);
      this.#told(event, before, typing);
    }
    return before;
  }

  #told(event: ChatEvent, before: Before, typing: boolean): void {
    switch (event.event) {
      case 'ready':
        this.online = this.wasOnline = true;
        break;
      case 'users':
        this.#users = event.users.map(({ name }) => name);
        break;
      case 'request':
        this.requests.add(event.with);
        break;
      case 'calling':
        this.calls.add(event.with);
        break;
      case 'cancelled':
        if (before.calling && this.front.at === 'calling' && this.isAbout(event)) this.back();
        this.#unanswered(event.with);
        break;
      case 'refused':
        this.#unanswered(event.with);
        break;
      case 'chat':
        this.requests.delete(event.with);
        this.calls.delete(event.with);
        this.#peers.add(event.with);
        this.chats.set(event.with, 0);
        this.opened(event, !typing);
        break;
      case 'message':
        if (!this.inFront(event)) this.chats.set(event.with, (this.chats.get(event.with) ?? 0) + 1);
        break;
      case 'left':
        this.chats.delete(event.with);
        this.ended(event, event.by === 'me' && event.reason === 'left', typing);
        this.#unanswered(event.with);
        break;
      case 'key-changed':
        this.changed.set(event.with, { old: event.old, new: event.new });
        break;
      case 'trusted':
        this.changed.delete(event.with);
        break;
      case 'error':
        if (event.with !== undefined && event.id === undefined) this.#failed(event.code, event.with);
        break;
      case 'lost':
        this.#lost();
    }
  }

  #inRoom(event: RoomEvent, typing: boolean): void {
    const inFront = this.inFront(event);
    this.rooms.take(event, inFront);
    switch (event.event) {
      case 'joined':
        this.opened(event, this.rooms.wanted.delete(event.room) && !typing);
        break;
      case 'left':
        // It is entered again by itself, and the person goes on where they were.
        if (inFront && event.reason === 'disconnected') this.rooms.wanted.add(event.room);
        this.ended(event, event.reason === 'left', typing);
        this.notBegun(event, false);
        break;
      case 'error':
        if (event.id !== undefined) break;
        if (this.front.at === 'leaving' && this.isAbout(event)) this.bring(event);
        if (this.rooms.open.has(event.room)) break;
        this.rooms.wanted.delete(event.room);
        this.notBegun(event, false);
    }
  }

  #before(name: string | undefined): Before {
    const { wasOnline } = this;
    if (name === undefined) return { chat: false, calling: false, wasOnline };
    return { chat: this.chats.has(name), calling: this.calls.has(name), wasOnline };
  }

  #failed(code: string, name: string): void {
    if (!CALL_ENDS.includes(code)) return;
    if (code === 'no-request') this.requests.delete(name);
    // Calling somebody twice is an error, and the first call goes on.
    if (code !== 'exists' || this.chats.has(name)) this.calls.delete(name);
    this.notBegun({ with: name }, this.chats.has(name));
  }

  #unanswered(name: string): void {
    this.calls.delete(name);
    this.requests.delete(name);
    this.notBegun({ with: name }, this.chats.has(name));
  }

  /** Calls and requests belong to a connection. */
  #lost(): void {
    this.online = false;
    this.calls.clear();
    this.requests.clear();
    this.lost();
  }
}
