import { test, type Test } from 'tap';
import { randomBytes } from 'node:crypto';
import { newPerson } from './attacker/primitives.js';
import { roomKind } from './attacker/room-commands.js';
import { RoomCrowd } from './attacker/room-crowd.js';
import type { RoundFaults } from './attacker/room-faults.js';
import type { RoomMember } from './attacker/room-member.js';
import { TestServer } from './test-server.js';

const users = ['alice', 'bob', 'user3'];

async function crowd(t: Test, names = users) {
  const server = await TestServer.start(t, { users: names, limits: { rateMessages: 10_000 } });
  const all = new RoomCrowd('club');
  for (const name of names) await all.come(server.address, name, server.person(name));
  t.teardown(() => all.members.forEach(({ session }) => session.line.cut()));
  await all.gather();
  return { server, all, members: all.members as [RoomMember, RoomMember, RoomMember] };
}

test('three attackers who obey the specification are a room, over a real relay', async (t) => {
  const { all, members } = await crowd(t);
  const [alice, bob, user3] = members;
  const number = await all.secure(alice);
  t.match(number, /^\d{5}( \d{5}){3}$/);
  t.same(members.map(({ epoch }) => epoch!.number), [number, number, number]);

  bob.say('one');
  user3.say('two');
  await all.until('texts and receipts', () => members.every((each) =>
    each.shown.length === 2 && users.every((name) => name === 'bob' || name === 'user3' || each.epoch!.receipted.get(name) === 2)));
  t.same(new Set(alice.shown.map(({ text }) => text)), new Set(['one', 'two']));
  t.same(bob.shown, alice.shown);

  const next = await all.secure(bob);
  t.not(next, number);
  t.equal(user3.epoch!.agreement.epoch, 2);
  t.same(members.flatMap(({ faultsSeen, broken }) => [...faultsSeen, ...broken]), [], 'nobody saw a fault');
});

const flipped = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([bytes[0]! ^ 1]), bytes.subarray(1)]);

/** What one member does wrong, and what an honest one says of it. */
const wrongs: [what: string, who: 'leader' | 'other', faults: RoundFaults, why: RegExp][] = [
  ['another nonce than the one committed to', 'other', { reveals: () => randomBytes(32) }, /bob committed to another nonce/],
  ['a signature with another key', 'other', { signer: newPerson() }, /signature of bob is wrong/],
  ['a signature with a bit flipped', 'other', { signature: flipped }, /signature of bob is wrong/],
  ['an exchange signed with another key', 'other', { exchange: { signed: () => randomBytes(64) } }, /signature of M2 is wrong/],
  ['another tag', 'other', { tag: flipped }, /tag of bob is wrong/],
  ['a leader that chooses last', 'leader', { chooses: (others) => others[0]! }, /bob committed to another nonce/],
  ['a leader that shows another nonce of a member', 'leader',
    { revealed: (list) => list.map((each, at) => (at === 0 ? { ...each, nonce: randomBytes(32) } : each)) }, /alice committed to another nonce/],
  ['a leader that changes a commitment', 'leader',
    { commitments: (list) => list.map((each) => (each.name === 'alice' ? { ...each, commitment: randomBytes(32) } : each)) },
    /own commitment is not in the list/],
  ['a leader that changes its own commitment', 'leader',
    { commitments: (list) => list.map((each) => (each.name === 'bob' ? { ...each, commitment: randomBytes(32) } : each)) },
    /another commitment than at the start/],
  ['a leader that changes the order', 'leader', { commitments: (list) => [...list].reverse() }, /out of order/],
  ['a leader with two secrets', 'leader', { W: (W, name) => (name === 'alice' ? flipped(W) : W) }, /authenticate/],
  ['a leader with another tag in done', 'leader', { tags: ([first, ...others]) => [flipped(first!), ...others] }, /tag in done/],
  ['a start with another head', 'leader', { start: { head: randomBytes(32) } }, /another head/],
  ['a start with another epoch before it', 'leader', { start: { T: randomBytes(32) } }, /another epoch before it/],
  ['a start with another number', 'leader', { start: { epoch: 7 } }, /another epoch before it/],
  ['a start with a name twice', 'leader', { start: { names: ['alice', 'bob', 'bob', 'user3'] } }, /the names/],
  ['a start with who is no member', 'leader', { start: { names: ['alice', 'bob', 'user9'] } }, /the names/],
  ['a start without its leader', 'leader', { start: { names: ['alice', 'user3'] } }, /who is not in it/],
];

test('what a member does wrong in a round, honest members see, and no epoch comes of it', async (t) => {
  const { all, server, members: [alice, bob] } = await crowd(t);
  bob.keys.set('user9', server.person('bob').spki);
  await all.secure(alice);
  for (const [what, who, faults, why] of wrongs) {
    const before = all.members.map(({ epoch }) => epoch);
    const seen = alice.broken.length;
    bob.faults = faults;
    (who === 'leader' ? bob : alice).lead();
    await all.until(what, () => alice.broken.length > seen);
    t.match(alice.broken[seen]!.message, why, what);
    t.equal(alice.epoch, before[0], 'alice stays where she was');
    bob.faults = {};
    // Whoever took part in done has gone on without alice: all begin anew.
    bob.leading = undefined;
    for (const each of all.members) if (each.epochs.at(-1) !== each.epochs[alice.epochs.length - 1]) each.epochs.pop();
  }
  bob.epochs.splice(alice.epochs.length);
  t.match(await all.secure(alice), /^\d{5}/, 'and an honest one behind all of them is an epoch');
});

test('a copied commitment, or a contribution withheld, makes no epoch', async (t) => {
  const { all, members: [alice, bob, user3] } = await crowd(t);
  let copied: Buffer | undefined;
  alice.faults = { commitment: (honest) => (copied = honest) };
  bob.faults = { commitment: (honest) => copied ?? honest };
  user3.lead();
  await all.until('the copy to be seen', () => user3.broken.length > 0);
  t.match(user3.broken[0]!.message, /bob committed to another nonce/, 'it is of no use under another key');
  bob.faults = { withholds: [roomKind.contribution] };
  user3.lead();
  await all.until('the contribution of alice', () => alice.taking !== undefined && user3.broken.length >= 1);
  await all.settle();
  await all.settle();
  t.same(all.members.map(({ epoch }) => epoch), [undefined, undefined, undefined]);
});
