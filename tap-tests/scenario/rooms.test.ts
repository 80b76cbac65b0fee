import { test } from 'tap';
import type { Event } from '../../client/engine/protocol.js';
import { type Actor, Scene } from '../support/scene.js';
import { until } from '../support/until.js';

/** The last epoch that a member has seen. */
const secured = (actor: Actor) => actor.events.filter((event) => event.event === 'secured').at(-1);

async function sameEpoch(actors: readonly Actor[], members: readonly string[]): Promise<void> {
  await until(`one epoch of ${members.join(', ')}`, () => {
    const seen = actors.map(secured);
    return seen.every((each) => each && each.number === seen[0]!.number && each.members.join() === members.join());
  });
}

const texts = (actor: Actor) =>
  actor.events.flatMap((event: Event) => (event.event === 'message' ? [`${event.with}: ${event.text}`] : []));

test('a room: made, joined, talked in, left', async (t) => {
  const scene = await Scene.open(t.testdir(), { users: ['alice', 'bob', 'user3'] });
  t.teardown(() => scene.close());
  const [alice, bob, user3] = [await scene.logIn('alice'), await scene.logIn('bob'), await scene.logIn('user3')];
  alice.do({ do: 'join', room: 'kitchen' });
  t.match(await alice.next('joined'), { made: true });
  bob.do({ do: 'join', room: 'kitchen' });
  t.match(await bob.next('error'), { code: 'not-a-member' });
  t.match(await alice.next('knock'), { with: 'bob' });
  alice.do({ do: 'invite', room: 'kitchen', with: 'bob' });
  t.match(await bob.next('invited'), { room: 'kitchen', with: 'alice' });
  bob.do({ do: 'join', room: 'kitchen' });
  t.match(await bob.next('joined'), { made: false });
  await sameEpoch([alice, bob], ['alice', 'bob']);
  alice.do({ do: 'say', room: 'kitchen', text: 'hello', id: 'one' });
  t.match(await bob.next('message'), { room: 'kitchen', with: 'alice', text: 'hello' });
  await alice.next('delivered');

  bob.do({ do: 'invite', room: 'kitchen', with: 'user3' });
  await user3.next('invited');
  user3.do({ do: 'join', room: 'kitchen' });
  await sameEpoch([alice, bob, user3], ['alice', 'bob', 'user3']);
  for (const actor of [alice, bob, user3]) actor.do({ do: 'say', room: 'kitchen', text: `from ${actor.name}` });
  await until('all texts', () => texts(alice).length === 2 && texts(bob).length === 3 && texts(user3).length === 2);

  bob.do({ do: 'remove', room: 'kitchen', with: 'user3' });
  t.match(await bob.next('error'), { code: 'not-now' });
  alice.do({ do: 'admin', room: 'kitchen', with: 'bob' });
  await bob.next('changed', ({ what }) => what === 'admin');
  bob.do({ do: 'remove', room: 'kitchen', with: 'user3' });
  t.match(await user3.next('left'), { reason: 'removed', by: 'bob' });
  await sameEpoch([alice, bob], ['alice', 'bob']);
  alice.do({ do: 'leave', room: 'kitchen' });
  t.match(await alice.next('left'), { reason: 'left', by: 'alice' });
  await bob.next('changed', ({ what }) => what === 'leave');
});

test('one who is removed, and is a member again before there are other keys, gets new ones with the others', async (t) => {
  const scene = await Scene.open(t.testdir(), { users: ['alice', 'bob', 'user3'], server: { limits: { readdMs: 1 } } });
  t.teardown(() => scene.close());
  const all = [await scene.logIn('alice'), await scene.logIn('bob'), await scene.logIn('user3')] as const;
  const [alice, bob, user3] = all;
  alice.do({ do: 'join', room: 'kitchen' });
  for (const each of [bob, user3]) {
    await until('alice may invite', () => alice.count('joined') > 0);
    alice.do({ do: 'invite', room: 'kitchen', with: each.name });
    await each.next('invited');
    each.do({ do: 'join', room: 'kitchen' });
    await each.next('joined');
  }
  await sameEpoch(all, ['alice', 'bob', 'user3']);
  const before = secured(alice)!.epoch;
  alice.do({ do: 'remove', room: 'kitchen', with: 'user3' });
  await user3.next('left');
  await alice.next('changed', ({ what }) => what === 'remove');
  alice.do({ do: 'invite', room: 'kitchen', with: 'user3' });
  await user3.next('invited');
  user3.do({ do: 'join', room: 'kitchen' });
  await until('new keys for all three', () => all.every((each) => (secured(each)?.epoch ?? 0) > before && secured(each)!.members.length === 3));
  await sameEpoch(all, ['alice', 'bob', 'user3']);
  user3.do({ do: 'say', room: 'kitchen', text: 'here again' });
  t.match(await bob.next('message'), { with: 'user3', text: 'here again' });
});
