import { test } from 'tap';
import { roomKind, toAll } from '../support/attacker/room-commands.js';
import { AttackedRoom, ROOM } from '../support/attacked-room.js';
import { eventsOf, oneEpoch } from '../support/room-scene.js';
import { until } from '../support/until.js';

const ALL = ['alice', 'bob', 'user3'];

test('C6: two lead at once, ten times: one epoch', async (t) => {
  const room = await AttackedRoom.open(t, { others: ['user3', 'user4'] });
  const user3 = await room.infiltrate('user3');
  const user4 = await room.infiltrate('user4');
  for (let n = 0; n < 10; n += 1) {
    const { epoch } = user3.epoch!.agreement;
    await Promise.all([user3, user4].map(async (each) => each.lead([...ALL, 'user4'])));
    const { number } = await oneEpoch(room.actors, { after: epoch, names: [...ALL, 'user4'] });
    await until('the attackers, too', () => [user3, user4].every((each) => each.epoch!.number === number));
  }
  await room.chats('in one epoch');
  t.same(room.actors.flatMap((each) => eventsOf(each, 'warning')), []);
});

test('C6: starts and ends of earlier rounds, once more; a start for an old head', async (t) => {
  const room = await AttackedRoom.open(t);
  const user3 = await room.infiltrate('user3');
  const oldHead = user3.head!.hash;
  await room.crowd.secure(user3);
  await room.shared('user3');
  room.actor('alice').do({ do: 'admin', room: ROOM, with: 'bob' });
  await until('another head', () => !user3.head!.hash.equals(oldHead));
  await room.crowd.secure(user3);
  await room.shared('user3');
  const secured = () => room.actors.map((each) => eventsOf(each, 'secured').length);
  const [before, heard] = [secured(), user3.log.length];
  const steps = user3.log.filter(({ command, kind }) => command === 'room' && kind !== roomKind.record);
  for (const { kind, body } of [...steps, ...steps.reverse()]) user3.session.say(toAll(ROOM, kind, body));
  user3.lead(ALL, { start: { head: oldHead } });
  user3.leading = undefined;
  await user3.session.settled();
  await room.chats('still the same');
  t.same(secured(), before);
  t.notOk(user3.log.slice(heard).some(({ kind }) => kind === roomKind.answer), 'nobody answers');
  t.same(room.actors.flatMap((each) => eventsOf(each, 'warning')), []);
});

test('C6: what others have begun and ended, said once more by the relay', async (t) => {
  const { room, board } = await AttackedRoom.corrupt(t);
  await room.chats('before');
  const secured = () => room.actors.map((each) => eventsOf(each, 'secured').length);
  const before = secured();
  const steps = board.asked.filter(({ kind }) => kind > 0 && kind !== roomKind.record && kind !== roomKind.ask);
  for (const { command, from, kind, body } of steps) {
    for (const { name } of room.actors) if (command === 'room') board.tell(name, { command, from, kind, body });
  }
  await room.chats('behind');
  t.same(secured(), before);
});

const { start, commitments, share, contributions, done } = roomKind;

for (const [what, withholds, last, count] of [
  ['its start', [commitments, share], roomKind.answer, 2], ['the commitments', [share], commitments, 1],
  ['the shares', [contributions], roomKind.contribution, 2], ['the contributions', [done], roomKind.tag, 2],
] as const) {
  test(`C6: a leader that is gone behind ${what}: the others end in one epoch`, async (t) => {
    const room = await AttackedRoom.open(t, { speed: 20 });
    const user3 = await room.infiltrate('user3');
    const { epoch } = user3.epoch!.agreement;
    user3.faults = { withholds };
    const heard = user3.log.length;
    user3.lead(ALL);
    await until(what, () => user3.log.slice(heard).filter(({ kind }) => kind === last).length >= count);
    room.actor('alice').do({ do: 'remove', room: ROOM, with: 'user3' });
    if (what !== 'the shares') user3.session.line.cut();
    await oneEpoch(room.actors, { after: epoch, names: ['alice', 'bob'] });
    await room.chats('without user3');
    t.same(room.actors.flatMap((each) => eventsOf(each, 'warning')), []);
  });
}

test('C6: a member that begins again and again: the others have an epoch, and nobody waits for it', async (t) => {
  const room = await AttackedRoom.open(t, { others: ['user3', 'user4'], speed: 20 });
  const user3 = await room.infiltrate('user3');
  user3.faults = { withholds: [commitments, share] };
  const again = setInterval(() => user3.lead(user3.invitable), 20);
  t.teardown(() => clearInterval(again));
  const user4 = await room.logIn('user4');
  await room.enter(user4);
  const begun = room.clock.now();
  const last = () => room.actors.map((each) => eventsOf(each, 'secured').at(-1));
  const same = () => last().every((each, _, [first]) => each?.number === first?.number && each?.members.includes('user4'));
  await until('one epoch, with user4', same);
  const seconds = Math.round((room.clock.now() - begun) / 1_000);
  t.ok(seconds < 120, `${seconds} s by the clocks of the clients`);
  t.ok(user3.log.filter(({ from, kind }) => from === 'user3' && kind === start).length > 4, 'it has begun more often than it may');
  await room.chats('with user4');
});
