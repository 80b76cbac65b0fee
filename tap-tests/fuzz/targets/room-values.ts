import type { Codec } from '../../../common/bytes/codec.js';
import * as changes from '../../../common/wire/room-change.js';
import * as rounds from '../../../common/wire/room-round.js';
import { bytesOf } from '../target.js';

/** Values of what rooms bring over the wire (docs/PROTOCOL.md part 10), for the codecs' targets. */

const [room, name] = ['lab', 'sixteen-letters-'];
const [one, another] = bytesOf('one certificate', 'another') as [Buffer, Buffer];
const hash = (fill: number) => Buffer.alloc(32, fill);
const round = Buffer.alloc(16, 9);
const signature = Buffer.alloc(64, 8);

const member = (username: string, fill: number, admin = 0) => ({ username, fingerprint: hash(fill), admin });
const unsigned = {
  number: 2, previous: hash(1), author: 'alice', authorKey: hash(2), action: 1, target: 'bob', targetKey: hash(3),
  members: [member('alice', 2, 1), member('bob', 3)],
};
const full = Array.from({ length: 64 }, (_, at) => member(`${1_000 + at}-sixteen-let`, at));
const changed = [
  unsigned, { ...unsigned, action: 2, members: [] }, { ...unsigned, number: 0xffff_ffff, members: full },
];
const signed = changed.map((each) => ({ ...each, signature }));

export const clientRoomValues = {
  cert: [{ names: ['alice'] }, { names: ['A', 'bob', name] }],
  part: [{ room }, { room: name }],
  join: [{ room, next: 0 }, { room: 'A', next: 0xffff_ffff }],
  chng: [{ room, change: one }, { room: name, change: Buffer.alloc(4_200) }],
  room: [
    { room, kind: 9, body: another }, { room: name, kind: 10, body: Buffer.alloc(0) },
    { room, kind: 1, body: Buffer.alloc(3_000) },
  ],
  each: [
    { room, kind: 4, bodies: [{ name: 'bob', body: one }, { name, body: Buffer.alloc(0) }] },
    { room, kind: 2, bodies: [{ name: 'alice', body: Buffer.alloc(2_048) }] },
  ],
};

export const serverRoomValues = {
  cert: [
    { name: 'bob', certificates: [one, another], spki: hash(1) },
    { name, certificates: [], spki: Buffer.alloc(0) },
  ],
  join: [{ room, seq: 0, present: [] }, { room, seq: 2 ** 53 - 1, present: ['bob', 'A', name] }],
  here: [{ room, seq: 1, name }],
  away: [{ room, seq: 7, name: 'bob' }],
  chng: [{ room, seq: 0, change: one }, { room, seq: 300, change: Buffer.alloc(4_200) }],
  room: [
    { room, seq: 2, sender: 'bob', kind: 9, body: one },
    { room: name, seq: 3, sender: name, kind: 10, body: Buffer.alloc(0) },
  ],
  each: [{ room, sender: 'bob', kind: 5, body: one }, { room, sender: name, kind: 7, body: Buffer.alloc(2_048) }],
  invt: [{ room, by: 'alice' }],
  knoc: [{ room, name }],
};

const commitment = { name: 'alice', commitment: hash(4) };
const contribution = { nonce: hash(5), signature };

/** The codecs that stand in no table of commands, and values of theirs. */
export const roomCodecs: readonly (readonly [name: string, wire: Codec<any>, values: readonly unknown[]])[] = [
  ['change', changes.change, signed],
  ['change without signature', changes.changeWithoutSignature, changed],
  ['start', rounds.start, [
    { epoch: 1, head: hash(1), before: hash(0), commitment: hash(2), names: ['alice', 'bob'], body1: one },
  ]],
  ['answer', rounds.answerBody, [{ round, commitment: hash(3), body2: another }]],
  ['commitments', rounds.commitments, [{ round, list: [commitment, { ...commitment, name: 'bob' }] }]],
  ['share', rounds.share, [{ round, body3: one, sealed: Buffer.alloc(48, 6) }]],
  ['contribution', rounds.contributionBody, [{ round, sealed: Buffer.alloc(120) }]],
  ['contribution, opened', rounds.contribution, [contribution]],
  ['contributions', rounds.contributionsBody, [{ round, sealed: Buffer.alloc(200, 7) }]],
  ['contributions, opened', rounds.contributions(2), [[contribution, contribution]]],
  ['tag', rounds.tagBody, [{ round, tag: hash(8) }]],
  ['done', rounds.doneBody, [{ round, tags: Buffer.alloc(64) }, { round, tags: Buffer.alloc(64 * 32) }]],
  ['receipt of a room', rounds.receiptContent, [{ texts: 3, hash: hash(9) }]],
];
