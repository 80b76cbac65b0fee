import { fixed, list8, rest, struct, u32, u64, u8, vec16 } from '../bytes/codec.js';
import { certificates } from './bodies.js';
import { PUBLIC_KEY_BYTES_MAX, RECORD_CELLS_MAX, ROOM_MEMBERS_MAX } from './limits.js';
import { roomRecordLength } from './room-record.js';
import { username } from './username.js';

/** The commands of rooms, docs/PROTOCOL.md part 10; a room's name has the characters of a username. */

/** What follows the byte of the kind in `room`, in `each`. */
export const roomKinds = {
  start: 1, answer: 2, commitments: 3, share: 4, contribution: 5, contributions: 6, tag: 7, done: 8, record: 9, ask: 10,
} as const;
export type RoomKind = keyof typeof roomKinds;

/** Room, seq, sender and kind before the body: 43 bytes at most, so that no name moves a record into another cell. */
export const ROOM_BODY_MAX = roomRecordLength(RECORD_CELLS_MAX);

/** A change with 64 members and the largest signature. */
const CHANGE_MAX = 4_200;

const room = username('room');
const seq = u64('seq');
const kind = u8('kind', { min: 1, max: 10 });
const body = rest('body', { max: ROOM_BODY_MAX });
const change = rest('change', { min: 1, max: CHANGE_MAX });
const names = list8('names', username('name'), { max: ROOM_MEMBERS_MAX });

export const certificateQuestion = struct('cert', { names: list8('names', username('name'), { min: 1, max: 64 }) });
export const certificateAnswer = struct('cert', {
  name: username('name'),
  certificates,
  /** Empty: there is no such user. */
  spki: vec16('public key', { max: PUBLIC_KEY_BYTES_MAX }),
});

export const clientRooms = {
  /** Not present any more, and still a member. */
  part: struct('part', { room }),
  /** The number of the own head + 1, or 0 without one. */
  join: struct('join', { room, next: u32('number') }),
  chng: struct('chng', { room, change }),
  room: struct('room', { room, kind, body }),
  each: struct('each', {
    room, kind,
    bodies: list8('bodies', struct('one', { name: username('name'), body: vec16('body', { max: 2_048 }) }), {
      min: 1, max: ROOM_MEMBERS_MAX,
    }),
  }),
} as const;

export const serverRooms = {
  join: struct('join', { room, seq, present: names }),
  here: struct('here', { room, seq, name: username('name') }),
  away: struct('away', { room, seq, name: username('name') }),
  chng: struct('chng', { room, seq, change }),
  room: struct('room', { room, seq, sender: username('sender'), kind, body }),
  each: struct('each', { room, sender: username('sender'), kind, body: rest('body', { max: 2_048 }) }),
  invt: struct('invt', { room, by: username('name') }),
  knoc: struct('knoc', { room, name: username('name') }),
} as const;

/** The first 16 bytes of a round's S, or of an epoch's T. */
export const roomId = (field: string) => fixed(field, 16);
