import type { ExitStatus, ServerInfo, Trust } from '../../../engine/protocol.js';
import type { RoomMember } from '../../../engine/room-protocol.js';

/**
 * All that the page shows, as plain data: the process of the client keeps it, so that a tab that is opened again
 * shows the conversations so far, and each tab keeps a copy. Both change it by the same entries (entry.ts, apply.ts).
 * Nothing here knows a socket or a document.
 */
export interface Model {
  readonly user: string;
  state: State;
  /** What the person is asked for. */
  question: Question | undefined;
  /** After the first login. */
  me: { readonly fingerprint: string; readonly suite: string; readonly server: ServerInfo } | undefined;
  /** The connection is lost, or was never there: why, and when it is tried again, in ms since 1970. */
  lost: { readonly text: string; readonly retryAt: number } | undefined;
  closed: { readonly status: ExitStatus; readonly text: string } | undefined;
  /** Who is online, oneself left out. */
  people: Person[];
  /** More are online than are in `people`. */
  more: boolean;
  /** The answer to the last search for the beginning of a name. */
  found: { readonly prefix: string; readonly people: Person[]; readonly more: boolean } | undefined;
  /** In the order of their last item that is not a quiet line, the newest first. */
  conversations: Conversation[];
  /** What was said that belongs to no conversation, the newest last. */
  notices: Notice[];
  /** Chats that broke off with the last entries: if it is the connection that is lost, they are offered again. */
  brokenOff: string[];
}

/** `locked`: the private key is under a passphrase, and the page asks for it. */
export type State = 'locked' | 'logging-in' | 'online' | 'lost' | 'closed';

export interface Question {
  readonly kind: 'passphrase' | 'password';
  /** The answer before was wrong. */
  readonly again: boolean;
}

export interface Person {
  readonly name: string;
  readonly inChat: boolean;
}

export interface Notice {
  readonly time: number;
  readonly tone: Tone;
  readonly text: string;
}

export type Tone = 'quiet' | 'plain' | 'good' | 'warning' | 'bad';

export type Conversation = Chat | Room;

interface Common {
  readonly name: string;
  /**
   * The oldest first. One is changed in place, and taken out where there are too many, or where the same line comes
   * again before the next text: it goes to the end then.
   */
  items: Item[];
  /** Items that were too many and are not kept any more. */
  dropped: number;
  /** What the items take, in characters (limits.ts). */
  size: number;
  unread: number;
}

/** With one person. */
export interface Chat extends Common {
  readonly kind: 'chat';
  /**
   * `request`: the other one asks; `agreeing`: keys are agreed upon after an answer of one's own; `offered`: it was
   * open when the connection was lost, and is offered again.
   */
  phase: 'idle' | 'calling' | 'request' | 'agreeing' | 'open' | 'offered';
  /** As the last exchange, or the person, has found it. */
  trust: Trust | 'changed' | undefined;
  compared: boolean;
  fingerprint: string | undefined;
  safetyNumber: string | undefined;
  /** Of that key, where the relay was asked for it and has one. */
  certificate: Certificate | undefined;
  suite: string | undefined;
  /** Another key than the known one: safety numbers, to be compared before anything is sent. */
  changed: { readonly old: string; readonly new: string } | undefined;
  signing: 'no' | 'proposed' | 'request' | 'yes';
  /** The file that is kept on the disk of whom the page belongs to. */
  transcript: string | undefined;
}

export interface Certificate {
  readonly subject: string | undefined;
  readonly issuer: string | undefined;
  /** ISO 8601. */
  readonly validTo: string | undefined;
}

/** With those who are in it. */
export interface Room extends Common {
  readonly kind: 'room';
  /** `invited`: one may enter; `knocking`: one has asked to. */
  phase: 'idle' | 'invited' | 'knocking' | 'in' | 'lost';
  members: RoomMember[];
  /** Somebody has come in, or may not be in `members`: a `members` command brings them. */
  outdated: boolean;
  epoch: number;
  /** The number that all who have the epoch's keys see. */
  number: string | undefined;
  /** Who has the keys of the epoch. */
  secured: string[];
  /** Who would like to enter. */
  knocks: string[];
}

export type Item = Text | Line;

export interface Text {
  readonly kind: 'text';
  /** One's own, where it was said here. */
  readonly id: string | undefined;
  readonly mine: boolean;
  readonly from: string;
  readonly text: string;
  /** ms since 1970: when it was sent, as its sender says. */
  readonly time: number;
  /** Of one's own: how far it has come. */
  mark: Mark | undefined;
  signed: boolean;
  /** It came more than a minute late (rooms). */
  readonly late: boolean;
  /** Who is known not to get it (rooms). */
  missing: string[];
  /** Why it was not sent, or who has not got it. */
  why: string | undefined;
}

/** `unconfirmed`: sent, and not known to have arrived, now that the conversation is over. */
export type Mark = 'waiting' | 'sent' | 'delivered' | 'not-sent' | 'unconfirmed' | 'discarded';

/** What has happened, between the texts. */
export interface Line {
  readonly kind: 'line';
  readonly time: number;
  readonly tone: Tone;
  readonly text: string;
}

/** Which conversation: as in commands and events. */
export interface Key {
  readonly kind: Conversation['kind'];
  readonly name: string;
}

export const emptyModel = (user: string): Model => ({
  user,
  state: 'logging-in',
  question: undefined,
  me: undefined,
  lost: undefined,
  closed: undefined,
  people: [],
  more: false,
  found: undefined,
  conversations: [],
  notices: [],
  brokenOff: [],
});

export const isSame = (one: Key, other: Key): boolean => one.kind === other.kind && one.name === other.name;
