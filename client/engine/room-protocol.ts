import type { Action } from '../../common/wire/room-change.js';
import type { Event, Command, Trust } from './protocol.js';

/** Commands and events of rooms (docs/PROTOCOL.md part 10): those with a `room`. A person in it is `with`. */

export type RoomCommand =
  | { readonly do: 'join' | 'members' | 'leave'; readonly room: string }
  | { readonly do: 'invite' | 'remove' | 'admin'; readonly room: string; readonly with: string }
  | { readonly do: 'say'; readonly room: string; readonly text: string; readonly id?: string };

export const isRoomCommand = (command: Command): command is RoomCommand => 'room' in command;

/** A member of a room, as this client sees it. */
export interface RoomMember {
  readonly name: string;
  /** Hexadecimal. */
  readonly fingerprint: string;
  /** Oneself is `certified`. */
  readonly trust: Trust | 'changed';
  readonly compared: boolean;
  readonly admin: boolean;
  readonly present: boolean;
  /** Has the keys of the epoch: reads and is read. */
  readonly secured: boolean;
}

export type RoomLeftReason = 'left' | 'removed' | 'disconnected' | 'tampered' | 'key-changed';

export type RoomEvent =
  /** One has entered; `made`: it is new, and oneself its admin. */
  | { readonly event: 'joined'; readonly room: string; readonly made: boolean }
  | { readonly event: 'invited' | 'knock' | 'here' | 'away'; readonly room: string; readonly with: string }
  /** A change of the members: `by` did `what` with `with`. */
  | { readonly event: 'changed'; readonly room: string; readonly what: Action; readonly with: string; readonly by: string }
  /** The answer to `members`. `epoch` is 0 without one. */
  | { readonly event: 'members'; readonly room: string; readonly epoch: number; readonly members: readonly RoomMember[] }
  /** A new epoch: who has its keys, and the number that all of them see. */
  | {
    readonly event: 'secured'; readonly room: string; readonly epoch: number; readonly members: readonly string[];
    readonly number: string;
  }
  | {
    readonly event: 'message'; readonly room: string; readonly with: string; readonly text: string;
    /** ms since 1970 */
    readonly sent: number;
    /** It came more than 60 s later than it was sealed. */
    readonly late?: true;
  }
  | { readonly event: 'sent' | 'delivered'; readonly room: string; readonly id: string }
  /** Who is not known to have got a text of one's own, and will not any more. */
  | {
    readonly event: 'undelivered'; readonly room: string; readonly text: string; readonly to: readonly string[];
    readonly id?: string;
  }
  /** One is out of the room. Lost with a broken connection, it is entered again by itself. */
  | {
    readonly event: 'left'; readonly room: string; readonly reason: RoomLeftReason; readonly by: string;
    readonly unsent: readonly string[]; readonly unconfirmed: readonly string[];
  }
  | {
    readonly event: 'warning' | 'error'; readonly room: string; readonly code: string; readonly text: string;
    readonly with?: string; readonly id?: string;
  };

export const isRoomEvent = (event: Event): event is RoomEvent => 'room' in event;
