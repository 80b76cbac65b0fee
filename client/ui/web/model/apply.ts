import type { ChatEvent, Event } from '../../../engine/protocol.js';
import type { RoomEvent } from '../../../engine/room-protocol.js';
import { calls } from './apply-calls.js';
import { connection } from './apply-connection.js';
import { applyDid } from './apply-did.js';
import { faults } from './apply-faults.js';
import { membership } from './apply-room.js';
import { roomTalk } from './apply-room-talk.js';
import { signing, talk } from './apply-talk.js';
import { trust } from './apply-trust.js';
import { conversationOf } from './conversations.js';
import type { Entry } from './entry.js';
import type { ChatHandlers, ChatName, OfChat, OfRoom, RoomHandlers, RoomName } from './handlers.js';
import type { Key, Model, Question } from './model.js';

/** An event that has no handler does not compile. */
const ofChats: ChatHandlers<ChatName> = { ...connection, ...calls, ...talk, ...signing, ...trust, ...faults };
const ofRooms: RoomHandlers<RoomName> = { ...membership, ...roomTalk };

/**
 * Changes the model by one entry. The same entries make the same model, in the client's process and in each tab, also
 * where a tab begins with a copy that went through JSON: that has no fields that are undefined, and none is asked for.
 */
export function apply(model: Model, entry: Entry): void {
  if ('event' in entry) applyEvent(model, entry.event, entry.time);
  else if ('did' in entry) applyDid(model, entry.did, entry.time);
  else if ('seen' in entry) seen(model, entry.seen);
  else asked(model, entry.asked);
  // A connection that is lost ends all its conversations at once, and says then that it is lost.
  if (!('event' in entry && entry.event.event === 'left')) model.brokenOff = [];
}

function applyEvent(model: Model, event: Event, time: number): void {
  if ('room' in event) inRoom(model, event, time);
  else inChat(model, event, time);
}

function inRoom<N extends RoomName>(model: Model, event: OfRoom<N> & RoomEvent, time: number): void {
  ofRooms[event.event as N](model, event, time);
}

function inChat<N extends ChatName>(model: Model, event: OfChat<N> & ChatEvent, time: number): void {
  ofChats[event.event as N](model, event, time);
}

function seen(model: Model, key: Key): void {
  const conversation = conversationOf(model, key);
  if (conversation) conversation.unread = 0;
}

/** A private key under a passphrase is asked for before there is a connection. */
function asked(model: Model, question: Question | null): void {
  model.question = question === null ? undefined : { kind: question.kind, again: question.again };
  if (question?.kind === 'passphrase') model.state = 'locked';
  else if (model.state === 'locked') model.state = 'logging-in';
}
