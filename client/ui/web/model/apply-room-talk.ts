import { roomCalled, theRoom } from './conversations.js';
import type { RoomHandlers } from './handlers.js';
import { addLine, addNotice, addText, alter, clipped, ownText } from './items.js';
import type { Room } from './model.js';
import { listed } from './words.js';

/** Texts of a room, how far one's own have come, and what went wrong there. */
export const roomTalk: RoomHandlers<'message' | 'sent' | 'delivered' | 'undelivered' | 'warning' | 'error'> = {
  message: (model, { room: name, with: from, text, sent, late }) => {
    const room = theRoom(model, name);
    const mine = from === model.user;
    if (!mine) room.unread++;
    addText(model, room, { mine, from, text, time: sent, late: late === true });
  },

  sent: (model, { room: name, id }) => {
    const room = roomCalled(model, name);
    const text = room && ownText(room, id);
    if (text?.mark === 'waiting') alter(room!, text, { mark: 'sent' });
  },

  // Also said when those who have not got it are away: then it stays unconfirmed.
  delivered: (model, { room: name, id }) => {
    const room = roomCalled(model, name);
    const text = room && ownText(room, id);
    if (text?.mark === 'waiting' || text?.mark === 'sent') alter(room!, text, { mark: 'delivered' });
  },

  undelivered: (model, { room: name, to, id }, time) => {
    const room = roomCalled(model, name);
    if (!room) return;
    const text = ownText(room, id);
    if (!text) {
      return addLine(model, room, time, 'warning', `A text of yours is not known to have reached ${listed(to)}.`);
    }
    const missing = [...new Set([...text.missing, ...to])];
    alter(room, text, { mark: 'unconfirmed', missing, why: clipped(`Not known to have reached ${listed(missing)}.`) });
  },

  warning: (model, { room: name, text }, time) => {
    const room = roomCalled(model, name);
    if (room) addLine(model, room, time, 'warning', text);
    else addNotice(model, time, 'warning', text);
  },

  error: (model, { room: name, code, text, id, with: about }, time) => {
    const room = roomCalled(model, name);
    if (!room) return addNotice(model, time, 'warning', text);
    const own = ownText(room, id);
    if (own) return alter(room, own, { mark: 'not-sent', why: clipped(text) });
    if (id === undefined && about === undefined) notEntered(room, code);
    addLine(model, room, time, 'warning', text);
  },
};

function notEntered(room: Room, code: string): void {
  if (room.phase === 'in') return;
  // The members were told that one would like to come in.
  if (code === 'not-a-member') room.phase = 'knocking';
  else if (room.phase === 'lost' && code === 'limit') room.phase = 'idle';
}
