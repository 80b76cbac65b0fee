import type { RoomEvent } from '../../engine/room-protocol.js';
import { membersTable } from './members-table.js';
import { notDone } from './not-done.js';
import { aside, notice, problem, quotation, type Row, speech } from './row.js';
import { roomLeft } from './show-left-room.js';
import type { Context } from './show.js';

type Name = RoomEvent['event'];
type Of<N extends Name> = RoomEvent & { readonly event: N };

/** One function an event: an event that has none does not compile. */
const rows: { readonly [N in Name]: (event: Of<N>, context: Context) => Row[] } = {
  joined: ({ room, made }, { now, inFront }) => [
    notice(now, made
      ? `You have made ${room} and are its admin. To take others in: /invite bob`
      : `You are in ${room}. /members shows who else is.`, 'strong'),
    ...(inFront ? [] : [aside(`/switch ${room} brings it to the front.`, 'strong')]),
  ],

  invited: ({ room, with: name }, { now }) => [notice(now, `${name} invites you to ${room}: /join ${room}`, 'strong')],

  knock: ({ room, with: name }, { now, inFront }) =>
    [notice(now, `${name} would like to come into ${room}: /invite ${name}${inFront ? '' : ` ${room}`}`, 'strong')],

  here: ({ room, with: name }, { now }) => [notice(now, `${name} is here, in ${room}.`, 'quiet')],

  away: ({ room, with: name }, { now }) => [notice(now, `${name} is away from ${room}.`, 'quiet')],

  changed: (event, { now, user }) => (isSaidElsewhere(event, user) ? [] : [notice(now, whatChanged(event, user))]),

  members: (event, { now, user }) => membersTable(now, event, user),

  secured: ({ room, epoch, members, number }, { now }) => [
    notice(now, `New keys for ${room} (epoch ${epoch}), shared by ${members.length}: ${members.join(', ')}.`, 'quiet'),
    aside(`All of them see the number ${number}`, 'quiet'),
  ],

  message: ({ room, with: name, text, late }, { now, inFront }) => {
    const mark = [...(inFront ? [] : [room]), ...(late ? ['late'] : [])].join(', ');
    return [speech(now, name, text, { mark })];
  },

  sent: () => [],

  // Texts says it of those that took long.
  delivered: () => [],

  undelivered: ({ room, text, to }, { now }) => [
    problem(now, `A text of yours in ${room} is not known to have reached ${to.join(', ')}:`, 'warning'),
    quotation(text),
  ],

  left: (event, context) => roomLeft(event, context),

  warning: ({ room, text }, { now }) => [problem(now, inRoom(room, text), 'warning')],

  error: ({ room, text, id }, { now, textOf }) =>
    notDone(now, inRoom(room, text), id === undefined ? undefined : textOf(id)),
};

export function showInRoom<N extends Name>(event: Of<N>, context: Context): Row[] {
  return rows[event.event as N](event, context);
}

/** `joined` says that oneself has made it, and `left` that one was removed. */
const isSaidElsewhere = ({ what, with: target, by }: Of<'changed'>, user: string): boolean =>
  (what === 'make' && by === user) || (what === 'remove' && target === user);

/** Many a sentence says already which room it is about. */
const inRoom = (room: string, text: string): string =>
  (text.split(/[^\w-]/).includes(room) ? text : `${room}: ${text}`);

/** Who did what with whom; all of it is signed by who did it. */
function whatChanged({ room, what, with: target, by }: Of<'changed'>, user: string): string {
  const who = by === user ? 'You have' : `${by} has`;
  const whom = target === user ? 'you' : target;
  switch (what) {
    case 'make':
      return `${who} made ${room}.`;
    case 'add':
      return `${who} taken ${whom} into ${room}.`;
    case 'leave':
      return `${target === user ? 'You have' : `${target} has`} left ${room}.`;
    case 'remove':
      return `${who} removed ${whom} from ${room}.`;
    case 'admin':
      return `${who} made ${whom} an admin of ${room}.`;
  }
}
