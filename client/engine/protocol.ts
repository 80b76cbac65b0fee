import type { RoomCommand, RoomEvent } from './room-protocol.js';

/**
 * What goes into the engine and what comes out of it. The terminal, JSON lines and every other face speak only these
 * (README, "JSON lines"); nothing here knows a terminal or a socket.
 */

export type ChatCommand =
  | { readonly do: 'list'; readonly prefix?: string }
  | { readonly do: 'chat' | 'cancel' | 'accept' | 'refuse' | 'leave' | 'verify' | 'compared'; readonly with: string }
  /** To sign: proposes it, or agrees to a proposal. */
  | { readonly do: 'sign' | 'decline'; readonly with: string }
  | { readonly do: 'say'; readonly with: string; readonly text: string; readonly id?: string }
  | { readonly do: 'trust'; readonly with: string; readonly number: string }
  | { readonly do: 'certificate'; readonly with: string }
  | { readonly do: 'exit' };

export type Command = ChatCommand | RoomCommand;

export type Trust = 'certified' | 'known' | 'first-use';
export type Role = 'caller' | 'receiver';
export type LeftReason = 'left' | 'disconnected' | 'too-slow' | 'timed-out' | 'tampered';

/** What a person is told of the server's certificate; dates in ISO 8601. */
export interface ServerInfo {
  readonly name: string;
  readonly subject: string;
  readonly issuer: string;
  readonly validFrom: string;
  readonly validTo: string;
  /** SHA-256 of its public key, hexadecimal. */
  readonly fingerprint: string;
}

/** Codes of `error` events that answer a command; others are the project's own error codes. */
export type CommandErrorCode =
  | 'not-online' | 'oneself' | 'exists' | 'calling-you' | 'no-request' | 'no-conversation' | 'no-answer' | 'limit'
  | 'no-room' | 'not-a-member' | 'not-the-head' | 'not-now' | 'not-signed'
  | 'bad-name' | 'too-long' | 'queue-full' | 'key-changed' | 'wrong-number' | 'not-logged-in' | 'malformed';

export type ChatEvent =
  | { readonly event: 'ready'; readonly user: string; readonly fingerprint: string; readonly server: ServerInfo; readonly suite: string }
  | { readonly event: 'didactic'; readonly ephemeralKey: string; readonly secret: string }
  | {
    readonly event: 'users'; readonly users: readonly { readonly name: string; readonly inChat: boolean }[];
    readonly more: boolean; /** That of the command. */ readonly prefix?: string;
  }
  | { readonly event: 'calling' | 'request' | 'refused' | 'cancelled'; readonly with: string }
  | {
    readonly event: 'chat'; readonly with: string; readonly role: Role; readonly trust: Trust; readonly compared: boolean;
    readonly fingerprint: string; readonly safetyNumber: string; readonly suite: string;
  }
  | {
    readonly event: 'message'; readonly with: string; readonly text: string; /** ms since 1970 */ readonly sent: number;
    readonly signed?: true;
  }
  | { readonly event: 'sent'; readonly with: string; readonly id: string; readonly signed?: true }
  | { readonly event: 'delivered'; readonly with: string; readonly id: string }
  /** With an id: one's own text came too late at the other side; without: one of theirs did here. */
  | { readonly event: 'discarded'; readonly with: string; readonly id?: string }
  | { readonly event: 'renewed'; readonly with: string }
  /** The peer would like to sign from now on: agreed to by `sign`. Or it does not want to, or does not answer. */
  | { readonly event: 'sign-request' | 'sign-refused' | 'sign-unanswered'; readonly with: string }
  /** Both have agreed; `file` is the transcript, where one is kept. */
  | { readonly event: 'signed'; readonly with: string; readonly file?: string }
  /** The peer has signed that it has the first `own` of one's own texts, and has said `other` itself. */
  | { readonly event: 'receipt'; readonly with: string; readonly own: number; readonly other: number }
  | {
    readonly event: 'left'; readonly with: string; readonly reason: LeftReason; readonly by: 'me' | 'peer' | 'relay';
    /** Texts that were not sent, and texts that were sent and not known to have arrived. */
    readonly unsent: readonly string[]; readonly unconfirmed: readonly string[];
  }
  | {
    readonly event: 'safety-number'; readonly with: string; readonly number: string; readonly trust: Trust | 'changed';
    readonly compared: boolean; readonly fingerprint: string;
  }
  /** `old` and `new` are safety numbers. */
  | { readonly event: 'key-changed'; readonly with: string; readonly old: string; readonly new: string }
  | { readonly event: 'trusted'; readonly with: string; readonly number: string }
  /** Asked for with `certificate`: what the relay has for a user, before one calls them. */
  | {
    readonly event: 'certificate'; readonly with: string; readonly trust: Trust | 'changed'; readonly compared: boolean;
    readonly fingerprint: string; readonly safetyNumber: string; readonly subject?: string; readonly issuer?: string; readonly validTo?: string;
  }
  | { readonly event: 'warning'; readonly code: string; readonly text: string; readonly with?: string }
  | { readonly event: 'error'; readonly code: string; readonly text: string; readonly with?: string; readonly id?: string }
  /** The person is going to be asked for it again, in `retry` ms. */
  | { readonly event: 'wrong-password'; readonly text: string; readonly retry: number }
  | { readonly event: 'lost'; readonly text: string; /** ms until the next try */ readonly retry: number }
  | { readonly event: 'closed'; readonly status: ExitStatus; readonly text: string };

export type Event = ChatEvent | RoomEvent;

/**
 * 0 after `exit`, 3 cannot connect, 4 refused or not authenticated, 5 connection lost for good, 130 interrupted by the
 * person who was asked for the password.
 */
export type ExitStatus = 0 | 3 | 4 | 5 | 130;

export type Emit = (event: Event) => void;
