import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { newPerson } from '../support/attacker/primitives.js';
import { action, knownAs, type Listed, signedChange } from '../support/attacker/room-change.js';
import { AttackedRoom, ROOM } from '../support/attacked-room.js';
import { eventsOf } from '../support/room-scene.js';
import { until } from '../support/until.js';

const relay = newPerson();

test('C1: somebody who is no member is said to enter, or to be there', async (t) => {
  const { room, board } = await AttackedRoom.corrupt(t, { others: ['user4'] });
  const bob = room.actor('bob');
  board.tell('bob', { command: 'here', from: 'user4' });
  t.match(await bob.next('left'), { reason: 'tampered' });
  board.onSaid = (told, to) => [told.command === 'join' && to === 'bob' ? { ...told, names: [...told.names!, 'user4'] } : told];
  bob.do({ do: 'join', room: ROOM });
  t.same((await bob.next('secured')).members, ['alice', 'bob', 'user3'], 'a stranger in the list of those present has no part');
  for (const kind of [1, 9]) board.tell('bob', { command: 'room', from: 'user4', kind, body: randomBytes(3_996) });
  await room.shared();
  await room.chats('all the same');
  t.same(room.actors.flatMap((each) => eventsOf(each, 'secured')).filter(({ members }) => members.includes('user4')), []);
});

test('C1: another key of a member, by cert', async (t) => {
  const { room, board } = await AttackedRoom.corrupt(t, { clients: ['alice', 'bob'], others: ['user3'] });
  const [alice, bob] = room.actors as [typeof room.actors[0], typeof room.actors[0]];
  const user3 = await room.logIn('user3');
  const honest = board.onCert;
  const lieAbout = (...victims: readonly string[]) => {
    board.onCert = (name, to) =>
      (victims.includes(name) && to === 'user3' ? { spki: relay.spki, certificates: [] } : honest(name, to));
  };
  // Of bob from the first moment: a key that was told rightly once is remembered.
  lieAbout('alice', 'bob');
  alice.do({ do: 'invite', room: ROOM, with: 'user3' });
  await user3.next('invited');
  user3.do({ do: 'join', room: ROOM });
  t.match(await user3.next('left'), { reason: 'tampered' }, 'of the author of the first list');
  lieAbout('bob');
  user3.do({ do: 'join', room: ROOM });
  await user3.next('joined');
  t.match(await user3.next('warning'), { code: 'tampered' }, 'of somebody in the list');
  await room.chats('without user3', [alice, bob]);
  const secured = room.actors.flatMap((each) => eventsOf(each, 'secured'));
  t.same(secured.filter(({ members }) => members.includes('user3')), [], 'no keys were made with a key of the relay');
});

test('C1: another key of one who is invited, and known', async (t) => {
  const { room, board, corrupt } = await AttackedRoom.corrupt(t, { clients: ['alice', 'bob'], others: ['user4'] });
  const alice = room.actor('alice');
  const { fingerprint } = knownAs('user4', await corrupt.scene.person('user4'));
  await alice.trust.put({ server: '127.0.0.1', username: 'user4', fingerprint: fingerprint.toString('hex'), compared: true, since: '' });
  const honest = board.onCert;
  board.onCert = (name, to) => (name === 'user4' ? { spki: relay.spki, certificates: [] } : honest(name, to));
  const changes = board.changes.length;
  alice.do({ do: 'invite', room: ROOM, with: 'user4' });
  t.match(await alice.next('error'), { code: 'key-changed', with: 'user4' });
  t.equal(board.changes.length, changes, 'nobody was added');
});

test('C1: the first list that a newcomer sees has somebody twice, or not oneself', async (t) => {
  const { room, board, corrupt } = await AttackedRoom.corrupt(t, { clients: [], others: ['alice', 'user4', 'user5'] });
  const alice = await room.logIn('alice');
  const people = new Map(await Promise.all(['alice', 'user4', 'user5'].map(async (name) => [name, await corrupt.scene.person(name)] as const)));
  const listed = (name: string, key = name): Listed => ({ ...knownAs(name, people.get(key)!), admin: name === 'user4' });
  const [author, own] = [listed('user4'), listed('alice')];
  const lists: [string, Listed[]][] = [
    ['a name twice', [author, own, listed('user5'), listed('user5', 'user4')]],
    ['a name twice, with one key', [author, own, author]],
    ['a key under two names', [author, own, listed('user5', 'user4')]],
    ['the own key under another name too', [author, own, listed('user5', 'alice')]],
    ['the own name with another key', [author, listed('alice', 'user5')]],
    ['the own name with another key too', [author, listed('alice', 'user5'), own]],
    ['not oneself', [author, listed('user5')]],
    ['nobody', []],
  ];
  const show = (members: Listed[]) => {
    const change = { number: 7, previous: randomBytes(32), author, action: action.add, target: own, members };
    board.changes.splice(0, 1, signedChange(ROOM, change, people.get('user4')!).bytes);
    board.present = ['user4'];
    alice.do({ do: 'join', room: ROOM });
  };
  for (const [what, members] of lists) {
    const before = eventsOf(alice, 'left').length;
    show(members);
    await until(what, () => eventsOf(alice, 'left').length > before);
    t.match(eventsOf(alice, 'left').at(-1), { reason: 'tampered' }, what);
  }
  t.equal(eventsOf(alice, 'joined').length, 0);
  show([author, own, listed('user5')]);
  t.match(await alice.next('joined'), { made: false }, 'one that could be');
});

test('C1: an old list, after another was refused', async (t) => {
  const { room, board } = await AttackedRoom.corrupt(t);
  const [alice, bob] = room.actors;
  const withUser3 = board.changes.at(-1)!;
  alice!.do({ do: 'remove', room: ROOM, with: 'user3' });
  await bob!.next('changed', ({ what }) => what === 'remove');
  board.tell('bob', { command: 'chng', body: withUser3 });
  board.tell('bob', { command: 'here', from: 'user3' });
  t.match(await bob!.next('left'), { reason: 'tampered' }, 'the list before changes nothing: user3 is no member');
  board.onSaid = (told, to) => (told.command === 'chng' && to === 'bob' ? [{ ...told, body: withUser3 }] : [told]);
  bob!.do({ do: 'join', room: ROOM });
  await until('an answer', () => bob!.events.length > 0 && eventsOf(bob!, 'joined').length + eventsOf(bob!, 'left').length > 2);
  bob!.do({ do: 'members', room: ROOM });
  const { members } = await bob!.next('members');
  t.notOk(members.some(({ name }) => name === 'user3'), 'who was removed is not shown as a member again');
});
