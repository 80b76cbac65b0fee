import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { newPerson } from '../support/attacker/primitives.js';
import { roomKind } from '../support/attacker/room-commands.js';
import type { RoundFaults } from '../support/attacker/room-faults.js';
import { ROOM_STEP_MS } from '../../common/wire/limits.js';
import { AttackedRoom, ROOM } from '../support/attacked-room.js';
import { eventsOf } from '../support/room-scene.js';
import { until } from '../support/until.js';

const flipped = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([bytes[0]! ^ 1]), bytes.subarray(1)]);
const K = roomKind;

/** Wrongs of a leader, and the last that it says before they show. */
const ofLeaders: [what: string, last: number, faults: RoundFaults][] = [
  ['chooses its nonce when it has seen the others', K.contributions, { chooses: (seen) => seen[0]! }],
  ['chooses so that all together are zero', K.contributions,
    { chooses: (seen) => Buffer.from(seen[0]!.map((byte, at) => byte ^ seen[1]![at]!)) }],
  ['shows another nonce of a member', K.contributions,
    { revealed: (list) => list.map((each, at) => (at === 0 ? { ...each, nonce: randomBytes(32) } : each)) }],
  ['shows its own nonce as that of a member', K.contributions, { revealed: (list) => [list[2]!, ...list.slice(1)] }],
  ['changes a commitment', K.commitments,
    { commitments: (list) => list.map((each) => (each.name === 'bob' ? { ...each, commitment: randomBytes(32) } : each)) }],
  ['changes its own commitment', K.commitments,
    { commitments: (list) => list.map((each) => (each.name === 'user3' ? { ...each, commitment: randomBytes(32) } : each)) }],
  ['changes the order', K.commitments, { commitments: (list) => [...list].reverse() }],
  ['says a name twice', K.commitments, { commitments: (list) => [list[0]!, ...list] }],
  ['has a wrong signature in the exchange', K.commitments, { exchange: { signed: () => randomBytes(64) } }],
  ['gives another secret to one', K.contributions, { W: (W, name) => (name === 'alice' ? flipped(W) : W) }],
  ['leaves out a contribution', K.contributions, { revealed: (list) => list.slice(1) }],
  ['signs its contribution with another key', K.contributions, { signer: newPerson() }],
  ['says another tag of a member', K.done, { tags: ([first, ...more]) => [flipped(first!), ...more] }],
  ['leaves out a tag', K.done, { tags: (list) => list.slice(1) }],
];

/** A member may begin four rounds in an epoch. */
const perEpoch = (from: number) => ofLeaders.slice(from, from + 4);

for (const wrongs of [perEpoch(0), perEpoch(4), perEpoch(8), perEpoch(12)]) {
  test(`C5: a leader that ${wrongs[0]![0]}, and so on: no keys come of it, and alice and bob go on`, async (t) => {
    const room = await AttackedRoom.open(t);
    const user3 = await room.infiltrate('user3');
    user3.receipts = false;
    const secured = () => room.actors.map((each) => eventsOf(each, 'secured').length);
    const [before, epochs] = [secured(), user3.epochs.length];
    for (const [what, last, faults] of wrongs) {
      const heard = user3.log.length;
      user3.lead(['alice', 'bob', 'user3'], user3.faults = { ...faults, believesAll: true });
      await until(what, () => user3.log.slice(heard).some(({ from, kind }) => from === 'user3' && kind === last));
      await room.chats(what);
      t.same(secured(), before, what);
      user3.epochs.splice(epochs);
      user3.epoch = user3.epochs.at(-1);
      user3.leading = undefined;
    }
    user3.faults = {};
    user3.lead(['alice', 'bob', 'user3']);
    await user3.session.settled();
    t.same(secured(), before, 'a fifth round is not one');
    t.same(room.actors.flatMap((each) => eventsOf(each, 'left')), []);
  });
}

/** Wrongs of one who does not lead. */
const ofOthers: [what: string, faults: RoundFaults][] = [
  ['reveals another nonce than the one committed to', { reveals: () => randomBytes(32) }],
  ['reveals zeros', { reveals: () => Buffer.alloc(32) }],
  ['commits to what it has not', { commitment: () => randomBytes(32) }],
  ['signs with another key', { signer: newPerson() }],
  ['has a signature with a bit flipped', { signature: flipped }],
  ['withholds its contribution', { withholds: [roomKind.contribution] }],
  ['withholds its tag, when it knows the outcome', { withholds: [roomKind.tag] }],
  ['has another tag', { tag: flipped }],
  ['has a wrong signature in the exchange', { exchange: { signed: () => randomBytes(64) } }],
];

test('C5: a member that does otherwise than it has committed to is left out: the others go on', async (t) => {
  const room = await AttackedRoom.open(t, { speed: 40 });
  const [alice, bob] = room.actors;
  const user3 = await room.come('user3');
  for (const [what, faults] of ofOthers) {
    user3.faults = { ...faults, believesAll: true };
    alice!.do({ do: 'invite', room: ROOM, with: 'user3' });
    await alice!.next('changed', (event) => event.what === 'add' && event.with === 'user3');
    const heard = user3.log.length;
    user3.join(0);
    await until(`${what}: commitments`, () => user3.log.slice(heard).some(({ kind }) => kind === K.commitments || faults.exchange));
    const over = room.clock.now() + ROOM_STEP_MS;
    await room.chats(what);
    await until('the time of a step', () => room.clock.now() > over);
    await room.chats(`${what}, and then`);
    alice!.do({ do: 'remove', room: ROOM, with: 'user3' });
    await bob!.next('changed', (event) => event.what === 'remove' && event.with === 'user3');
    await until('user3 is out', () => user3.log.slice(heard).some(({ command, seq }) => command === 'chng' && seq !== 0n));
  }
  const secured = room.actors.flatMap((each) => eventsOf(each, 'secured'));
  t.same(secured.filter(({ members }) => members.includes('user3')), [], 'user3 has been in no epoch');
  t.same(room.actors.flatMap((each) => eventsOf(each, 'left')), []);
});

/** What can be reached by being the last to know: to say no, a few times, and not to say what instead. */
test('C5: a leader that drops what it does not like has four tries, and all see them; the keys are then made by others', async (t) => {
  const room = await AttackedRoom.open(t, { speed: 40 });
  const user3 = await room.infiltrate('user3');
  const bob = room.actor('bob');
  room.actors[0]!.do({ do: 'admin', room: ROOM, with: 'bob' });
  await bob.next('changed', ({ what }) => what === 'admin');
  user3.faults = { withholds: [K.contributions] };
  const outcomes = new Set<string>();
  for (let n = 0; n < 6; n += 1) {
    const heard = user3.log.length;
    const round = user3.lead(['alice', 'bob', 'user3']);
    await until(`round ${n}`, () => round.agreement !== undefined || user3.log.slice(heard).some(({ kind }) => kind === K.start));
    for (let turn = 0; turn < 8; turn += 1) await room.crowd.settle();
    if (round.agreement) outcomes.add(round.agreement.PRK.toString('hex'));
  }
  t.equal(outcomes.size, 4, 'it has seen four outcomes, each of which it could only take or leave');
  await room.chats('all the same');
});
