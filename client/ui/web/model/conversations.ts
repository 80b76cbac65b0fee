import { CONVERSATIONS_MAX, STRANGERS_MAX } from './limits.js';
import { type Chat, type Conversation, isSame, type Key, type Model, type Room } from './model.js';

/* Found by search: a user may be called `constructor`, so no name is ever the key of an object. */

export function chatWith(model: Model, name: string): Chat | undefined {
  return model.conversations.find((one): one is Chat => one.kind === 'chat' && one.name === name);
}

export function roomCalled(model: Model, name: string): Room | undefined {
  return model.conversations.find((one): one is Room => one.kind === 'room' && one.name === name);
}

/** The chat, made if there is none. */
export function theChat(model: Model, name: string): Chat {
  return chatWith(model, name) ?? added(model, newChat(name));
}

/** The room, made if there is none. */
export function theRoom(model: Model, name: string): Room {
  return roomCalled(model, name) ?? added(model, newRoom(name));
}

export function toTheFront(model: Model, conversation: Conversation): void {
  const at = model.conversations.findIndex((one) => isSame(one, conversation));
  if (at > 0) model.conversations.unshift(...model.conversations.splice(at, 1));
}

const newChat = (name: string): Chat => ({
  kind: 'chat', name, items: [], dropped: 0, size: 0, unread: 0, phase: 'idle', trust: undefined, compared: false,
  fingerprint: undefined, safetyNumber: undefined, certificate: undefined, suite: undefined, changed: undefined,
  signing: 'no', transcript: undefined,
});

const newRoom = (name: string): Room => ({
  kind: 'room', name, items: [], dropped: 0, size: 0, unread: 0, phase: 'idle', members: [], outdated: true, epoch: 0,
  number: undefined, secured: [], knocks: [],
});

function added<C extends Conversation>(model: Model, conversation: C): C {
  model.conversations.unshift(conversation);
  const strangers = model.conversations.filter(isStranger);
  if (strangers.length > STRANGERS_MAX) forget(model, strangers.at(-1)!);
  if (model.conversations.length > CONVERSATIONS_MAX) forget(model, leastMissed(model, conversation));
  return conversation;
}

function forget(model: Model, conversation: Key): void {
  model.conversations.splice(model.conversations.findIndex((one) => isSame(one, conversation)), 1);
}

/** Nothing was said in it, and the person has not begun anything in it that goes on. */
const isStranger = ({ phase, items }: Conversation): boolean =>
  (phase === 'idle' || phase === 'request' || phase === 'invited') && !items.some(({ kind }) => kind === 'text');

/** The oldest that is over and seen; else that is over; else that is not open; else of all. */
function leastMissed({ conversations }: Model, added: Conversation): Conversation {
  const others = conversations.filter((one) => one !== added);
  return others.findLast(({ phase, unread }) => phase === 'idle' && unread === 0)
    ?? others.findLast(({ phase }) => phase === 'idle')
    ?? others.findLast(({ phase }) => phase !== 'open' && phase !== 'in')
    ?? others.at(-1)!;
}

/** @returns the conversation, if there is one */
export const conversationOf = (model: Model, key: Key): Conversation | undefined =>
  (key.kind === 'chat' ? chatWith(model, key.name) : roomCalled(model, key.name));
