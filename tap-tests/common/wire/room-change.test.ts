import { test } from 'tap';
import { decode, encode } from '../../../common/bytes/codec.js';
import { CELL } from '../../../common/wire/limits.js';
import { packMessages, RECORD_HEADER } from '../../../common/wire/record.js';
import { actionOf, actions, type Change, change, changeWithoutSignature } from '../../../common/wire/room-change.js';
import { clientRooms, serverRooms } from '../../../common/wire/room-commands.js';

const malformed = { name: 'WireError', code: 'malformed' };
const key = (fill: number) => Buffer.alloc(32, fill);

const small: Change = {
  number: 7, previous: key(1), author: 'alice', authorKey: key(2), action: actions.add, target: 'bob', targetKey: key(3),
  members: [{ username: 'alice', fingerprint: key(2), admin: 1 }, { username: 'bob', fingerprint: key(3), admin: 0 }],
  signature: Buffer.from([9, 9]),
};
const layout = [
  '00000007', '01'.repeat(32), '05616c696365', '02'.repeat(32), '01', '03626f62', '03'.repeat(32),
  '02', '05616c696365', '02'.repeat(32), '01', '03626f62', '03'.repeat(32), '00', '00020909',
];

test('the layout', async (t) => {
  t.equal(encode(change, small).toString('hex'), layout.join(''));
  t.same(decode(change, Buffer.from(layout.join(''), 'hex')), small);
  const { signature, ...unsigned } = small;
  t.equal(encode(changeWithoutSignature, unsigned).toString('hex'), layout.slice(0, -1).join(''), 'signed without the length of the signature');
  t.same(Object.entries(actions), [['make', 0], ['add', 1], ['leave', 2], ['remove', 3], ['admin', 4]]);
  t.equal(actionOf(small), 'add');
});

const name = (at: number) => `${at}`.padStart(16, 'n');
const largest: Change = {
  ...small, author: name(0), target: name(1), signature: Buffer.alloc(512, 5),
  members: Array.from({ length: 64 }, (_, at) => ({ username: name(at), fingerprint: key(at), admin: 1 })),
};

test('64 members with the longest names and the largest signature fit, in one cell', async (t) => {
  const bytes = encode(change, largest);
  t.same(decode(change, bytes), largest);
  for (const payload of [encode(clientRooms.chng, { room: name(0), change: bytes }), encode(serverRooms.chng, { room: name(0), seq: 1, change: bytes })]) {
    t.equal(packMessages([{ command: 'chng', payload }]).length + RECORD_HEADER, CELL);
  }
});

test('nobody: the change that ends a room', async (t) => {
  t.same(decode(change, encode(change, { ...small, members: [] })).members, []);
});

const lies: [why: string, edit: Partial<Change>][] = [
  ['65 members', { members: [...largest.members, largest.members[0]!] }],
  ['an action that nobody knows', { action: 5 }],
  ['no author', { author: '' }],
  ['too long a target', { target: 'n'.repeat(17) }],
  ['a mark that is neither', { members: [{ username: 'alice', fingerprint: key(1), admin: 2 }] }],
  ['a short fingerprint', { targetKey: Buffer.alloc(31) }],
  ['no signature', { signature: Buffer.alloc(0) }],
  ['too large a signature', { signature: Buffer.alloc(513) }],
];

for (const [why, edit] of lies) {
  test(`not written: ${why}`, async (t) => {
    t.throws(() => encode(change, { ...small, ...edit }), malformed);
  });
}

const at = (part: number, bytes: string) => Buffer.from([...layout.slice(0, part), bytes, ...layout.slice(part + 1)].join(''), 'hex');
const readings: [why: string, bytes: Buffer][] = [
  ['an action that nobody knows', at(4, '05')],
  ['no author', at(2, '00')],
  ['an author with a space', at(2, '05616c206365')],
  ['a target with a zero', at(5, '03620062')],
  ['a member with a control character', at(8, '05611b696365')],
  ['a mark that is neither', at(10, '02')],
  ['more members than announced', at(7, '01')],
  ['fewer members than announced', at(7, '03')],
  ['65 members announced', at(7, '41')],
  ['no signature', at(14, '0000')],
  ['a signature cut off', at(14, '00030909')],
  ['a byte behind it', at(14, '0002090900')],
  ['nothing', Buffer.alloc(0)],
];

for (const [why, bytes] of readings) {
  test(`not read: ${why}`, async (t) => {
    t.throws(() => decode(change, bytes), malformed);
  });
}
