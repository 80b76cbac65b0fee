import { type Test, test } from 'tap';
import { type Agreed, Epoch } from '../../../../client/engine/rooms/epoch.js';
import { encode } from '../../../../common/bytes/codec.js';
import { privateIdentity } from '../../../../common/crypto/identity.js';
import { makeEd25519Pair } from '../../../../common/crypto/node.js';
import { epochSecrets } from '../../../../common/crypto/room-round.js';
import { ROOM_EPOCH_MS, ROOM_EPOCH_MS_MAX, ROOM_TEXTS, ROOM_TEXTS_MAX } from '../../../../common/wire/limits.js';
import { receiptContent } from '../../../../common/wire/room-round.js';
import { ManualClock } from '../../../support/manual-clock.js';

const NAMES = ['alice', 'bob', 'user3'];
const identities = new Map(NAMES.map((name) => [name, privateIdentity(makeEd25519Pair().privateKey)]));
const keys = new Map([...identities].map(([name, identity]) => [name, identity.public]));

const agreed = (t = Buffer.alloc(32, 1)): Agreed =>
  ({ number: 1, t, names: NAMES, secrets: epochSecrets(t, NAMES, NAMES.map((_, at) => Buffer.alloc(32, at))) });

function members(t: Test, clock = new ManualClock()): Epoch[] {
  const all = NAMES.map((username) => new Epoch(agreed(), { own: { username, identity: identities.get(username)! }, keys, clock }));
  t.teardown(() => all.forEach((epoch) => epoch.wipe()));
  return all;
}

const say = (epoch: Epoch, text: string) => epoch.seal('text', Buffer.from(text));

test('all open what one says', async (t) => {
  const [alice, bob, user3] = members(t);
  for (const text of ['one', 'two']) {
    const record = await say(alice!, text);
    for (const reader of [bob, user3]) t.match(reader!.open('alice', record), { content: Buffer.from(text), late: false });
  }
});

test('a record that is left out, repeated, or under the name of another is refused, and changes nothing', async (t) => {
  const [alice, bob] = members(t);
  const [first, second] = [await say(alice!, 'one'), await say(alice!, 'two')];
  t.throws(() => bob!.open('alice', second), { code: 'tampered' }, 'the first was left out');
  t.throws(() => bob!.open('user3', first), { code: 'tampered' }, 'the name of another');
  t.throws(() => bob!.open('bob', first), { code: 'tampered' }, 'the own name');
  t.match(bob!.open('alice', first), { counter: 0n });
  t.throws(() => bob!.open('alice', first), { code: 'tampered' }, 'once more');
  t.match(bob!.open('alice', second), { counter: 1n });
});

test('receipts: of what was said here, and of nothing else', async (t) => {
  const [alice, bob] = members(t);
  const record = await say(alice!, 'one');
  bob!.open('alice', record);
  t.equal(bob!.count(record), 1);
  const receipt = alice!.open('bob', await bob!.sealReceipt()).content;
  t.throws(() => alice!.receipt('bob', receipt), { code: 'tampered' }, 'of more than was said');
  alice!.count(record);
  t.same(alice!.missing(1), ['bob', 'user3']);
  alice!.receipt('bob', receipt);
  t.same(alice!.missing(1), ['user3']);
  t.throws(() => alice!.receipt('bob', encode(receiptContent, { texts: 0, hash: alice!.t })), { code: 'tampered' }, 'of less than before');
  t.throws(() => alice!.receipt('user3', encode(receiptContent, { texts: 1, hash: Buffer.alloc(32) })), { code: 'tampered' }, 'of something else');
  alice!.forget('user3');
  t.same(alice!.missing(1), []);
});

test('an epoch is due, and over, by texts and by time', async (t) => {
  const clock = new ManualClock();
  const [alice, bob] = members(t, clock);
  clock.advance(ROOM_EPOCH_MS - 1);
  t.notOk(alice!.due);
  clock.advance(1);
  t.ok(alice!.due);
  clock.advance(ROOM_EPOCH_MS_MAX - ROOM_EPOCH_MS - 1);
  t.notOk(alice!.over);
  clock.advance(1);
  t.ok(alice!.over);
  const [other] = members(t);
  for (let n = 1; n < ROOM_TEXTS; n++) other!.count(Buffer.alloc(1));
  t.notOk(other!.due);
  other!.count(Buffer.alloc(1));
  t.ok(other!.due);
  for (let n = ROOM_TEXTS + 1; n < ROOM_TEXTS_MAX; n++) other!.count(Buffer.alloc(1));
  t.notOk(other!.over);
  other!.count(Buffer.alloc(1));
  t.ok(other!.over);
  t.equal(bob!.texts, 0);
});

test('a text that came a minute later than others is late', async (t) => {
  const clock = new ManualClock();
  const [alice, bob] = members(t, clock);
  bob!.open('alice', await say(alice!, 'one'));
  const held = await say(alice!, 'two');
  clock.advance(60_001);
  t.ok(bob!.open('alice', held).late);
  t.notOk(bob!.open('alice', await say(alice!, 'three')).late);
});
