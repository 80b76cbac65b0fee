import type { ChatEvent, Event } from '../../engine/protocol.js';
import { isRoomEvent } from '../../engine/room-protocol.js';
import type { Before } from './desk.js';
import { notDone } from './not-done.js';
import { aside, notice, problem, quotation, type Row, speech } from './row.js';
import { left } from './show-left.js';
import { signingRows } from './show-signed.js';
import { showInRoom } from './show-room.js';
import { connected, connectedAgain, didactic } from './show-server.js';
import { certificate, changedKey, opened, safetyNumber } from './show-trust.js';
import { pause } from './time.js';

/** What an event is shown against. */
export interface Context {
  readonly now: Date;
  readonly before: Before;
  /** Who is at this terminal. */
  readonly user: string;
  /** The peer's chat, or the room, is in front, after the event. */
  readonly inFront: boolean;
  /** One's own texts. */
  textOf(id: string): string | undefined;
  readonly didactic: boolean;
  /** The word before a text that is signed, or not, other than the one before. */
  markOf(peer: string, signed: boolean): string;
}

const REOPENED = ' Open chats are offered again; requests are gone.';

type Name = ChatEvent['event'];
type Of<N extends Name> = ChatEvent & { readonly event: N };

/** One function an event: an event that has none does not compile. Those of rooms: show-room.ts. */
const rows: { readonly [N in Name]: (event: Of<N>, context: Context) => Row[] } = {
  ready: (event, { now, before }) => (before.wasOnline ? connectedAgain(now, event) : connected(now, event)),

  didactic: (event, context) => (context.didactic ? didactic(context.now, event) : []),

  users: ({ users, more }, { now }) => {
    const names = users.map(({ name, inChat }) => (inChat ? `${name} [in chat]` : name)).join(', ');
    if (names === '') return [notice(now, 'Nobody else is online under such a name.')];
    return [notice(now, `Online: ${names}${more ? ', and more: list the beginning of a name' : ''}`)];
  },

  calling: ({ with: name }, { now }) =>
    [notice(now, `Calling ${name}: the chat begins when ${name} accepts. /cancel ${name} withdraws.`)],

  request: ({ with: name }, { now }) =>
    [notice(now, `${name} asks for a chat: /accept ${name} or /refuse ${name}`, 'strong')],

  refused: ({ with: name }, { now }) => [notice(now, `${name} does not want to chat now.`, 'warning')],

  cancelled: ({ with: name }, { now, before }) =>
    [notice(now, before.calling ? `You no longer call ${name}.` : `${name} no longer asks for a chat.`)],

  chat: (event, { now, inFront }) => opened(now, event, inFront),

  message: ({ with: name, text, signed = false }, { now, inFront, markOf }) => {
    const marks = [inFront ? '' : 'not in front', markOf(name, signed)].filter((mark) => mark !== '');
    return [speech(now, name, text, { mark: marks.join(', ') })];
  },

  sent: () => [],

  // Texts says it of those that took long.
  delivered: () => [],

  discarded: ({ with: name, id }, { now, textOf }) => (id === undefined
    ? [problem(now, `A text of ${name} came more than a minute late and is not shown: ` +
        `somebody on the way may have held it back. ${name} is told.`, 'warning')]
    : [
      problem(now, `${name} was not shown a text of yours, since it came too late:`, 'warning'),
      quotation(textOf(id) ?? `(text ${id})`),
    ]),

  renewed: ({ with: name }, { now }) => [notice(now, `New keys for the chat with ${name}.`, 'quiet')],

  ...signingRows,

  left: (event, context) => left(event, context),

  'safety-number': (event, { now }) => safetyNumber(now, event),

  'key-changed': (event, { now }) => changedKey(now, event),

  trusted: ({ with: name }, { now }) =>
    [notice(now, `The new key of ${name} takes the place of the old one: /chat ${name}`, 'good')],

  certificate: (event, { now }) => certificate(now, event),

  warning: ({ text }, { now }) => [problem(now, text, 'warning')],

  error: ({ text, id }, { now, textOf }) => notDone(now, text, id === undefined ? undefined : textOf(id)),

  lost: ({ text, retry }, { now, before }) => [
    problem(now, before.wasOnline ? `Connection lost: ${text}` : `No connection: ${text}`),
    aside(`Trying again in ${pause(retry)}.${before.wasOnline ? REOPENED : ''}`),
  ],

  'wrong-password': ({ retry }, { now }) => [
    problem(now, `Wrong password, or name, or key. Next try in ${pause(retry)}.`, 'warning'),
  ],

  closed: ({ status, text }, { now }) => [status === 0 ? notice(now, text) : problem(now, text)],
};

export function show(event: Event, context: Context): Row[] {
  return isRoomEvent(event) ? showInRoom(event, context) : showOfChat(event, context);
}

function showOfChat<N extends Name>(event: Of<N>, context: Context): Row[] {
  return rows[event.event as N](event, context);
}
