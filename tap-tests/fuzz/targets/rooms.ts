import { decode, encode } from '../../../common/bytes/codec.js';
import { signChange, verifyChange } from '../../../common/crypto/room-change.js';
import { checkMembers, type Members } from '../../../common/rooms/members.js';
import { CELL, RECORD_CELLS_MAX, ROOM_MEMBERS_MAX } from '../../../common/wire/limits.js';
import { actions, change, type UnsignedChange } from '../../../common/wire/room-change.js';
import {
  packRoomContent, roomContentTypes, ROOM_HEADER, roomRecordCells, roomRecordLength, unpackRoomContent,
} from '../../../common/wire/room-record.js';
import { mutate } from '../../support/mutations.js';
import { newIdentity } from '../../support/raw-client.js';
import { check, same, type Target } from '../target.js';

/** What members of a room say of it, and in it: docs/PROTOCOL.md part 10. */

const alice = newIdentity();
const own = alice.public.fingerprint;
const [bob, user3] = [Buffer.alloc(32, 2), Buffer.alloc(32, 3)];
const before: Members = [
  { username: 'alice', fingerprint: own, admin: 1 }, { username: 'bob', fingerprint: bob, admin: 0 },
];
const usual: UnsignedChange = {
  number: 1, previous: Buffer.alloc(32), author: 'alice', authorKey: own, action: actions.add,
  target: 'user3', targetKey: user3, members: [...before, { username: 'user3', fingerprint: user3, admin: 0 }],
};
const drafts: UnsignedChange[] = [
  usual,
  { ...usual, action: actions.remove, target: 'bob', targetKey: bob, members: before.slice(0, 1) },
  { ...usual, action: actions.make, target: 'alice', targetKey: own, members: before.slice(0, 1) },
  { ...usual, action: actions.leave, target: 'alice', targetKey: own, members: [{ ...before[1]!, admin: 1 }] },
];

const list: Target = {
  name: 'members after a change',
  covers: ['common/rooms/members.ts checkMembers'],
  errors: ['malformed'], inputs: 6_000,
  // A make has no list before it.
  seeds: drafts.filter(({ action }) => action !== actions.make)
    .map((draft) => encode(change, { ...draft, signature: Buffer.alloc(64) })),
  run(input) {
    const said = decode(change, input);
    checkMembers(before, said);
    const names = said.members.map(({ username }) => username);
    check(new Set(names).size === names.length && names.length <= ROOM_MEMBERS_MAX, 'a list that nobody may have');
    check(names.length === 0 || said.members.some(({ admin }) => admin), 'members without an admin');
    const gone = before.filter(({ username }) => !names.includes(username)).map(({ username }) => username);
    check(gone.length <= 1 && gone.every((name) => name === said.target), 'others go');
    return Object.keys(actions)[said.action];
  },
};

const signatureOf: Target = {
  name: 'signature of a change',
  covers: ['common/crypto/room-change.ts verifyChange'],
  errors: ['malformed'], inputs: 1_500,
  seeds: await Promise.all(drafts.map((draft) => signChange('lab', draft, alice))),
  run(input) {
    verifyChange('lab', decode(change, input), alice.public);
    check(signatureOf.seeds.some((seed) => seed.equals(input)), 'somebody else has signed');
  },
};

/** To the length of a record, most often as short as it may be. */
const content: Target = {
  name: 'content in a room',
  covers: ['common/wire/room-record.ts unpackRoomContent'],
  errors: ['malformed'], inputs: 5_000, max: CELL * RECORD_CELLS_MAX,
  seeds: [0, 5, 3_800, 3_900, 20_000, 64_860].map((length) => packRoomContent({
    type: roomContentTypes.text, content: Buffer.alloc(length, 0x61), signature: Buffer.alloc(64, 1),
  })),
  mutate(bytes, random, material) {
    const front = mutate(bytes, random, material);
    const more = random(6) === 0 ? random(3) : 0;
    const cells = Math.min(RECORD_CELLS_MAX, Math.ceil((front.length + ROOM_HEADER + 100) / CELL) + more);
    const whole = Buffer.alloc(roomRecordLength(cells) - ROOM_HEADER);
    front.copy(whole);
    return whole;
  },
  run(input) {
    check(roomRecordCells(input.length + ROOM_HEADER) !== undefined, 'a length that there is');
    same('a content', input, packRoomContent(unpackRoomContent(input)));
  },
};

export const roomTargets: readonly Target[] = [list, signatureOf, content];
