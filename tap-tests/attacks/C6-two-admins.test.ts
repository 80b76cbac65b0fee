import { test } from 'tap';
import { AttackedRoom, ROOM } from '../support/attacked-room.js';
import { eventsOf, oneEpoch } from '../support/room-scene.js';
import { until } from '../support/until.js';

test('C6: two admins change the list at once, twenty times: both changes are made, and one epoch comes of it', async (t) => {
  const room = await AttackedRoom.open(t, { clients: ['alice', 'bob', 'user3', 'user4'], others: ['user5'] });
  const [alice, bob, user3] = room.actors;
  alice!.do({ do: 'admin', room: ROOM, with: 'bob' });
  await bob!.next('changed', ({ what }) => what === 'admin');
  const stay = [alice!, bob!, user3!];
  const seen = stay.map((each) => eventsOf(each, 'changed').length);
  const user4 = room.actor('user4');
  for (let n = 0; n < 20; n += 1) {
    const joined = eventsOf(user4, 'joined').length;
    alice!.do({ do: n % 2 ? 'remove' : 'invite', room: ROOM, with: 'user5' });
    bob!.do({ do: n % 2 ? 'invite' : 'remove', room: ROOM, with: 'user4' });
    // All three, since an admin says at once that nobody can be removed who is not known to be there.
    await until(`both of turn ${n}`, () => stay.every((each, at) => eventsOf(each, 'changed').length === seen[at]! + 2 * (n + 1)));
    if (n % 2 === 0) continue;
    user4.do({ do: 'join', room: ROOM });
    await until('user4 is there', () => eventsOf(user4, 'joined').length > joined);
  }
  await oneEpoch(room.actors);
  // A newcomer who comes while a round is under way waits for the next.
  await room.chats('after all that', room.actors, 40_000);
  const lists = await Promise.all(room.actors.map(async (each) => {
    each.do({ do: 'members', room: ROOM });
    return (await each.next('members')).members.map(({ name, admin }) => `${name}${admin ? '*' : ''}`).join(' ');
  }));
  t.same(new Set(lists).size, 1, lists[0]!);
  t.same(room.actors.flatMap((each) => eventsOf(each, 'warning')), []);
});
