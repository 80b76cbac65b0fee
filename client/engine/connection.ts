import { errorCodes, type ServerPayload } from '../../common/wire/commands.js';
import { Calls } from './calls.js';
import { closingText, readAbout } from './command-errors.js';
import { Conversations, type Self } from './conversations.js';
import { Listing } from './listing.js';
import type { Offers } from './offers.js';
import { type Memories, Rooms } from './rooms/rooms.js';
import type { Emit } from './protocol.js';
import type { Session, SessionHandlers } from './session.js';

/** What one connection to the relay holds: a session, and the calls, conversations, rooms and lists on it. */
export class Connection {
  readonly calls: Calls;
  readonly conversations: Conversations;
  readonly listing: Listing;
  readonly rooms: Rooms;
  /** What the server said before it closed. */
  closing: string | undefined;
  /** It said that this user may not log in any more: inside of the session, so it is believed. */
  revoked = false;

  constructor(readonly session: Session, self: Self, offers: Offers, memories: Memories, emit: Emit) {
    this.calls = new Calls(session, emit, offers);
    this.conversations = new Conversations(self, session, this.calls, emit);
    this.listing = new Listing(session, emit);
    this.rooms = new Rooms(self, session, memories, emit);
  }

  readonly failed = ({ code, about }: ServerPayload<'erro'>): void => {
    this.closing ??= closingText(code);
    this.revoked ||= code === errorCodes.revoked;
    const { command, username, conversation, room } = readAbout(about);
    if (room !== undefined) return this.rooms.failed(command, code, room);
    if (conversation !== undefined && code === errorCodes.noConversation) this.conversations.failed(conversation);
    else if (username !== undefined) this.calls.failed(command, code, username);
  };
}

/** The handlers of a session that is made before what it serves. */
export function handlersOf(connection: () => Connection): SessionHandlers {
  return {
    reqt: (payload) => connection().calls.requested(payload),
    call: (payload) => connection().calls.called(payload),
    refu: (payload) => connection().calls.refused(payload),
    cach: (payload) => connection().calls.withdrawn(payload),
    pubk: (payload) => connection().conversations.introduced(payload),
    frwd: (payload) => connection().conversations.forwarded(payload),
    exch: (payload) => connection().conversations.parted(payload),
    list: (payload) => connection().listing.listed(payload),
    cert: (payload) => connection().rooms.directory.answered(payload),
    join: (payload) => connection().rooms.heard({ is: 'join', payload }),
    here: (payload) => connection().rooms.heard({ is: 'here', payload }),
    away: (payload) => connection().rooms.heard({ is: 'away', payload }),
    chng: (payload) => connection().rooms.heard({ is: 'chng', payload }),
    room: (payload) => connection().rooms.heard({ is: 'room', payload }),
    each: (payload) => connection().rooms.heard({ is: 'each', payload }),
    invt: (payload) => connection().rooms.invited(payload),
    knoc: (payload) => connection().rooms.knocked(payload),
    erro: (payload) => connection().failed(payload),
  };
}
