import type { RoomMember } from '../../../engine/room-protocol.js';
import { roomCalled, theRoom } from './conversations.js';
import type { OfRoom, RoomHandlers } from './handlers.js';
import { addLine, callAttention, settle } from './items.js';
import { outOfRoom } from './left-words.js';
import { KNOCKS_MAX } from './limits.js';
import type { Model, Room } from './model.js';
import { listed } from './words.js';

/** Who is in a room, and what they do with each other. */
export const membership: RoomHandlers<
  'joined' | 'invited' | 'knock' | 'here' | 'away' | 'changed' | 'members' | 'secured' | 'left'
> = {
  joined: (model, { room: name, made }, time) => {
    const room = theRoom(model, name);
    room.phase = 'in';
    emptied(room);
    addLine(model, room, time, 'good', made ? 'You have made this room and are its admin.' : 'You are in the room.');
  },

  invited: (model, { room: name, with: by }, time) => {
    const room = theRoom(model, name);
    room.phase = 'invited';
    callAttention(room);
    addLine(model, room, time, 'plain', `${by} invites you to this room.`);
  },

  knock: (model, { room: name, with: who }, time) => {
    const room = roomCalled(model, name);
    if (!room || room.knocks.includes(who)) return;
    room.knocks.push(who);
    if (room.knocks.length > KNOCKS_MAX) room.knocks.shift();
    callAttention(room);
    addLine(model, room, time, 'plain', `${who} would like to come into the room.`);
  },

  here: (model, event, time) => moved(model, event, true, time),

  away: (model, event, time) => moved(model, event, false, time),

  changed: (model, event, time) => {
    const room = roomCalled(model, event.room);
    if (!room) return;
    const { what, with: target } = event;
    if (what === 'leave' || what === 'remove') room.members = room.members.filter(({ name }) => name !== target);
    else if (what === 'admin') setMember(room, target, { admin: true });
    else room.outdated = true;
    if (what === 'add') room.knocks = room.knocks.filter((name) => name !== target);
    if (!isSaidElsewhere(event, model.user)) addLine(model, room, time, 'plain', whatChanged(event, model.user));
  },

  members: (model, { room: name, epoch, members }) => {
    const room = roomCalled(model, name);
    if (!room) return;
    room.members = members.map((member) => ({ ...member }));
    room.outdated = false;
    room.epoch = epoch;
  },

  secured: (model, { room: name, epoch, members, number }, time) => {
    const room = roomCalled(model, name);
    if (!room) return;
    room.epoch = epoch;
    room.number = number;
    room.secured = [...members];
    room.members = room.members.map((member) => ({ ...member, secured: members.includes(member.name) }));
    // Without the epoch's number: the line that says it of the next one takes the place of this one.
    addLine(model, room, time, 'quiet', `The room has new keys, shared by ${listed(members)}.`);
  },

  left: (model, event, time) => {
    const room = roomCalled(model, event.room);
    if (!room) return;
    settle(room);
    room.phase = event.reason === 'disconnected' ? 'lost' : 'idle';
    emptied(room);
    addLine(model, room, time, ...outOfRoom(event, model.user));
  },
};

/** What is known of its members holds for one stay. */
function emptied(room: Room): void {
  Object.assign(room, {
    members: [], outdated: true, epoch: 0, number: undefined, secured: [], knocks: [],
  } satisfies Partial<Room>);
}

function moved(model: Model, { room: name, with: who }: OfRoom<'here' | 'away'>, present: boolean, time: number): void {
  const room = roomCalled(model, name);
  if (!room) return;
  setMember(room, who, present ? { present } : { present, secured: false });
  if (!present) room.secured = room.secured.filter((other) => other !== who);
  addLine(model, room, time, 'quiet', present ? `${who} is here.` : `${who} is away.`);
}

function setMember(room: Room, name: string, known: Partial<RoomMember>): void {
  if (!room.members.some((member) => member.name === name)) room.outdated = true;
  room.members = room.members.map((member) => (member.name === name ? { ...member, ...known } : member));
}

/** `joined` says that oneself has made it, and `left` that one was removed. */
const isSaidElsewhere = ({ what, with: target, by }: OfRoom<'changed'>, user: string): boolean =>
  (what === 'make' && by === user) || (what === 'remove' && target === user);

/** Who did what with whom; all of it is signed by who did it. */
function whatChanged({ what, with: target, by }: OfRoom<'changed'>, user: string): string {
  const who = by === user ? 'You have' : `${by} has`;
  const whom = target === user ? 'you' : target;
  switch (what) {
    case 'make':
      return `${who} made this room.`;
    case 'add':
      return `${who} taken ${whom} into the room.`;
    case 'leave':
      return `${target === user ? 'You have' : `${target} has`} left the room.`;
    case 'remove':
      return `${who} removed ${whom} from the room.`;
    case 'admin':
      return `${who} made ${whom} an admin of the room.`;
  }
}
