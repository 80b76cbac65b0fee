import type { ClientPayload, EndReason } from '../../common/wire/commands.js';
import type { Endpoint } from './endpoint.js';

/**
 * Presence, calls and conversations: what the router calls (docs/PROTOCOL.md part 4). Answers and errors go to the
 * endpoints; nothing is returned and nothing thrown, so that the state may one day be shared by several servers.
 */
export interface Switchboard {
  readonly rooms: RoomSwitchboard;
  /** Claims the endpoint's name. Where another has it, that one is probed, and the answer is false. */
  come(endpoint: Endpoint): boolean;
  /** The endpoint is gone: its requests and conversations end, for this reason. Does nothing a second time. */
  go(endpoint: Endpoint, reason: EndReason): void;
  call(by: Endpoint, receiver: string): void;
  cancel(by: Endpoint, receiver: string): void;
  accept(by: Endpoint, caller: string): void;
  refuse(by: Endpoint, caller: string): void;
  /** @param payload of the `frwd`, conversation included */
  forward(by: Endpoint, conversation: string, payload: Buffer): void;
  leave(by: Endpoint, conversation: string): void;
  list(by: Endpoint, prefix: string, after: string): void;
  /** What is known of users, online or not. */
  certificates(by: Endpoint, names: readonly string[]): void;
}

/** Rooms: docs/PROTOCOL.md part 10. */
export interface RoomSwitchboard {
  /** The endpoint has been welcomed. */
  come(endpoint: Endpoint): void;
  join(by: Endpoint, payload: ClientPayload<'join'>): void;
  part(by: Endpoint, payload: ClientPayload<'part'>): void;
  /** Throws WireError 'malformed' for what is no change, and for a signature that does not fit. */
  change(by: Endpoint, payload: ClientPayload<'chng'>): void;
  say(by: Endpoint, payload: ClientPayload<'room'>): void;
  each(by: Endpoint, payload: ClientPayload<'each'>): void;
}
