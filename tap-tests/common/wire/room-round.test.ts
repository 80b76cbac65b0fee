import { test } from 'tap';
import { type Codec, decode, encode } from '../../../common/bytes/codec.js';
import { body1 } from '../../../common/wire/bodies.js';
import { PAYLOAD_MAX } from '../../../common/wire/commands.js';
import { clientRooms, roomKinds, serverRooms } from '../../../common/wire/room-commands.js';
import {
  answerBody, commitments, contribution, contributionBody, contributions, contributionsBody, doneBody, receiptContent, share, start, tagBody,
} from '../../../common/wire/room-round.js';

const malformed = { name: 'WireError', code: 'malformed' };
const bytes = (length: number, fill = 1) => Buffer.alloc(length, fill);
const round = bytes(16);
const name = (at: number) => `${at}`.padStart(16, 'n');
const names = Array.from({ length: 64 }, (_, at) => name(at));
const m1 = encode(body1, { username: '', suites: [2], nonce: bytes(32) });
const opening = { epoch: 1, head: bytes(32), before: bytes(32, 0), commitment: bytes(32, 3), names: ['alice', 'bob'], body1: m1 };
const list = names.map((each) => ({ name: each, commitment: bytes(32) }));

test('layouts', async (t) => {
  const layouts: [Codec<any>, unknown, string][] = [
    [start, opening, `00000001${'01'.repeat(32)}${'00'.repeat(32)}${'03'.repeat(32)}0205${'616c696365'}03${'626f62'}0023${m1.toString('hex')}`],
    [answerBody, { round, commitment: bytes(32, 2), body2: bytes(3, 4) }, `${'01'.repeat(16)}${'02'.repeat(32)}0003040404`],
    [commitments, { round, list: [{ name: 'alice', commitment: bytes(32, 2) }, { name: 'bob', commitment: bytes(32, 3) }] },
      `${'01'.repeat(16)}0205${'616c696365'}${'02'.repeat(32)}03${'626f62'}${'03'.repeat(32)}`],
    [share, { round, body3: bytes(2, 4), sealed: bytes(48, 5) }, `${'01'.repeat(16)}00020404${'05'.repeat(48)}`],
    [contribution, { nonce: bytes(32, 2), signature: bytes(1, 3) }, `${'02'.repeat(32)}000103`],
    [contributions(2), [{ nonce: bytes(32, 2), signature: bytes(1, 3) }, { nonce: bytes(32, 4), signature: bytes(2, 5) }],
      `${'02'.repeat(32)}000103${'04'.repeat(32)}00020505`],
    [tagBody, { round, tag: bytes(32, 2) }, `${'01'.repeat(16)}${'02'.repeat(32)}`],
    [doneBody, { round, tags: bytes(64, 2) }, `${'01'.repeat(16)}${'02'.repeat(64)}`],
    [receiptContent, { texts: 258, hash: bytes(32, 2) }, `00000102${'02'.repeat(32)}`],
  ];
  for (const [codec, value, layout] of layouts) {
    t.equal(encode(codec, value).toString('hex'), layout, codec.field);
    t.same(decode(codec, Buffer.from(layout, 'hex')), value, codec.field);
  }
});

test('64 participants with the largest keys, signatures and names fit everywhere', async (t) => {
  const signature = bytes(512);
  const M2 = bytes(1 + 1 + 32 + 2 + 270 + 2 + 512);
  const M3 = bytes(1 + 2 + 256 + 2 + 512);
  const all = Array.from(names, () => ({ nonce: bytes(32), signature }));
  const toAll = (kind: keyof typeof roomKinds, body: Buffer) =>
    encode(serverRooms.room, { room: name(0), seq: 2 ** 53 - 1, sender: name(1), kind: roomKinds[kind], body }).length;
  const toOne = (kind: keyof typeof roomKinds, body: Buffer) =>
    encode(serverRooms.each, { room: name(0), sender: name(1), kind: roomKinds[kind], body }).length;

  const plaintext = encode(contributions(64), all);
  t.same(decode(contributions(64), plaintext), all);
  const sizes = {
    start: toAll('start', encode(start, { ...opening, names })),
    answer: toOne('answer', encode(answerBody, { round, commitment: bytes(32), body2: M2 })),
    commitments: toAll('commitments', encode(commitments, { round, list })),
    share: toOne('share', encode(share, { round, body3: M3, sealed: bytes(48) })),
    contribution: toOne('contribution', encode(contributionBody, { round, sealed: bytes(16 + encode(contribution, all[0]!).length) })),
    contributions: toAll('contributions', encode(contributionsBody, { round, sealed: bytes(16 + plaintext.length) })),
    tag: toOne('tag', encode(tagBody, { round, tag: bytes(32) })),
    done: toAll('done', encode(doneBody, { round, tags: bytes(64 * 32) })),
  };
  for (const [kind, size] of Object.entries(sizes)) t.ok(size <= PAYLOAD_MAX, `${kind}: ${size}`);
  const shares = names.slice(1).map((each) => ({ name: each, body: encode(share, { round, body3: M3, sealed: bytes(48) }) }));
  t.equal(shares.length, 63);
  t.ok(encode(clientRooms.each, { room: name(0), kind: roomKinds.share, bodies: shares }).length <= PAYLOAD_MAX, 'all shares, with suite rsa');
});

const twice = [...list, list[0]!];
const refusedValues: [string, Codec<any>, unknown][] = [
  ['a start with one', start, { ...opening, names: ['alice'] }],
  ['a start with 65', start, { ...opening, names: [...names, 'alice'] }],
  ['a start with no name', start, { ...opening, names: ['alice', ''] }],
  ['a start with a short head', start, { ...opening, head: bytes(31) }],
  ['a start with a large M1', start, { ...opening, body1: bytes(4_097) }],
  ['commitments of one', commitments, { round, list: list.slice(0, 1) }],
  ['commitments of 65', commitments, { round, list: twice }],
  ['a share of 31 bytes', share, { round, body3: bytes(3), sealed: bytes(47) }],
  ['a contribution without a tag', contributionBody, { round, sealed: bytes(15) }],
  ['a contribution without a signature', contribution, { nonce: bytes(32), signature: bytes(0) }],
  ['a contribution with too large a signature', contribution, { nonce: bytes(32), signature: bytes(513) }],
  ['contributions that are too long', contributionsBody, { round, sealed: bytes(16 + 64 * 546 + 1) }],
  ['a tag of 31 bytes', tagBody, { round, tag: bytes(31) }],
  ['done with one tag', doneBody, { round, tags: bytes(32) }],
  ['done with 65 tags', doneBody, { round, tags: bytes(65 * 32) }],
  ['a short name of the round', tagBody, { round: bytes(15), tag: bytes(32) }],
  ['a receipt of 31 bytes', receiptContent, { texts: 0, hash: bytes(31) }],
];

for (const [why, codec, value] of refusedValues) {
  test(`not written: ${why}`, async (t) => {
    t.throws(() => encode(codec, value), malformed);
  });
}

const some = (codec: Codec<any>, value: unknown) => encode(codec, value);
const refusedBytes: [string, Codec<any>, Buffer][] = [
  ['a start with a byte behind it', start, Buffer.concat([some(start, opening), bytes(1)])],
  ['a start cut off', start, some(start, opening).subarray(0, -1)],
  ['commitments with a byte behind them', commitments, Buffer.concat([some(commitments, { round, list }), bytes(1)])],
  ['contributions of one more', contributions(1), some(contributions(2), [{ nonce: bytes(32), signature: bytes(1) }, { nonce: bytes(32), signature: bytes(1) }])],
  ['contributions of one fewer', contributions(2), some(contributions(1), [{ nonce: bytes(32), signature: bytes(1) }])],
  ['a receipt with a byte behind it', receiptContent, bytes(37)],
  ['a tag of another length', tagBody, bytes(49)],
];

for (const [why, codec, raw] of refusedBytes) {
  test(`not read: ${why}`, async (t) => {
    t.throws(() => decode(codec, raw), malformed);
  });
}
