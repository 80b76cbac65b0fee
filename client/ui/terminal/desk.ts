import type { Event } from '../../engine/protocol.js';
import type { Names } from './completion.js';
import type { Front } from './front.js';
import type { Where } from './parse.js';

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
export class Desk {
  front: Front = { at: 'server' };
  question: Question | undefined;
  online = false;
  wasOnline = false;
  /** Open chats, and how many texts of each are unread. */
  readonly chats = new Map<string, number>();
  readonly requests = new Set<string>();
  readonly calls = new Set<string>();
  readonly changed = new Map<string, Changed>();
  #users: readonly string[] = [];
  readonly #peers = new Set<string>();

  /** @param script lines come from a file or a pipe: nobody sees a prompt change */
  constructor(private readonly script: boolean) {}

  get where(): Where {
    return this.front.at === 'calling' ? 'server' : this.front.at;
  }

  /** The peer that a command without a name is about. */
  get peer(): string | undefined {
    return this.front.at === 'chat' || this.front.at === 'ended' ? this.front.with : undefined;
  }

  inFront(name: string): boolean {
    return this.front.at === 'chat' && this.front.with === name;
  }

  get names(): Names {
    const peers = [...this.#peers];
    const requests = [...this.requests];
    return {
      users: [...this.#users, ...peers], requests, calls: [...this.calls], chats: [...this.chats.keys()],
      peers, changed: [...this.changed.keys()],
    };
  }

  /** Names that are somebody's, as far as is known here. */
  get known(): string[] {
    const { users, requests, calls } = this.names;
    return [...users, ...requests, ...calls, ...(this.peer === undefined ? [] : [this.peer])];
  }

  /** Puts an open chat in front. */
  bring(name: string): void {
    this.front = { at: 'chat', with: name };
    this.chats.set(name, 0);
  }

  back(): void {
    this.front = { at: 'server' };
  }

  /** The person calls, or accepts: in a script, what follows is for that peer. */
  expect(name: string): void {
    if (this.script && this.front.at !== 'chat') this.front = { at: 'calling', with: name };
  }

  /** @param typing the line being typed is not empty */
  take(event: Event, typing: boolean): Before {
    const before = this.#before('with' in event ? event.with : undefined);
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
        if (before.calling && this.front.at === 'calling' && this.front.with === event.with) this.back();
        this.#unanswered(event.with);
        break;
      case 'refused':
        this.#unanswered(event.with);
        break;
      case 'chat':
        this.#opened(event.with, typing);
        break;
      case 'message':
        if (!this.inFront(event.with)) this.chats.set(event.with, (this.chats.get(event.with) ?? 0) + 1);
        break;
      case 'left':
        this.#ended(event.with, event.by === 'me' && event.reason === 'left', typing);
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
    return before;
  }

  #before(name: string | undefined): Before {
    const { wasOnline } = this;
    if (name === undefined) return { chat: false, calling: false, wasOnline };
    return { chat: this.chats.has(name), calling: this.calls.has(name), wasOnline };
  }

  #opened(name: string, typing: boolean): void {
    this.requests.delete(name);
    this.calls.delete(name);
    this.#peers.add(name);
    this.chats.set(name, 0);
    const { front } = this;
    const again = front.at !== 'server' && front.at !== 'chat' && front.with === name;
    if (again || ((front.at === 'server' || front.at === 'ended') && !typing)) this.bring(name);
  }

  /** @param asked the person has just left it */
  #ended(name: string, asked: boolean, typing: boolean): void {
    this.chats.delete(name);
    const stays = !asked && (typing || this.script);
    if (this.inFront(name)) this.front = stays ? { at: 'ended', with: name } : { at: 'server' };
    this.#unanswered(name);
  }

  #failed(code: string, name: string): void {
    if (!CALL_ENDS.includes(code)) return;
    if (code === 'no-request') this.requests.delete(name);
    // Calling somebody twice is an error, and the first call goes on.
    if (code !== 'exists' || this.chats.has(name)) this.calls.delete(name);
    this.#noChat(name);
  }

  #unanswered(name: string): void {
    this.calls.delete(name);
    this.requests.delete(name);
    this.#noChat(name);
  }

  /** What a script says next was meant for a peer who does not come. */
  #noChat(name: string): void {
    if (this.front.at !== 'calling' || this.front.with !== name) return;
    if (this.chats.has(name)) this.bring(name);
    else this.front = { at: 'ended', with: name };
  }

  /** Calls and requests belong to a connection. */
  #lost(): void {
    this.online = false;
    this.calls.clear();
    this.requests.clear();
    if (this.front.at === 'calling') this.front = { at: 'ended', with: this.front.with };
  }
}
