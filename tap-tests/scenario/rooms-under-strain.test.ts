import { test } from 'tap';
import { eventsOf, oneEpoch, RoomScene, textsOf } from '../support/room-scene.js';
import { until } from '../support/until.js';

const many = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => `user${from + at}`);

test('two join at once, and all end in one epoch', async (t) => {
  const scene = await RoomScene.open(t, ['alice', 'bob', 'user3', 'user4']);
  const actors = await scene.gather(['alice', 'bob', 'user3', 'user4']);
  const { number } = await oneEpoch(actors);
  t.match(number, /^(\d{5} ){3}\d{5}$/);
});

test('a line that drops and comes back; what was said meanwhile is not lost unseen', async (t) => {
  const scene = await RoomScene.open(t, ['alice', 'bob', 'user3']);
  const actors = await scene.gather(['alice', 'bob', 'user3']);
  const [alice, bob] = actors;
  const { epoch } = await oneEpoch(actors);
  scene.cut('user3');
  await alice!.next('away', ({ with: name }) => name === 'user3');
  alice!.do({ do: 'say', room: 'kitchen', text: 'while away', id: 'away' });
  await until('bob has it', () => textsOf(bob!).includes('alice: while away'));
  await oneEpoch(actors, { after: epoch });
  alice!.do({ do: 'say', room: 'kitchen', text: 'all again', id: 'again' });
  await until('all have it', () => [1, 2].every((at) => textsOf(actors[at]!).includes('alice: all again')));
  await alice!.next('delivered', ({ id }) => id === 'again');
  t.same(textsOf(actors[2]!), ['alice: all again'], 'who was away cannot read what was said meanwhile');
});

test('what was said to one whose line broke is told as undelivered', async (t) => {
  const scene = await RoomScene.open(t, ['alice', 'bob', 'user3']);
  const [alice, bob] = await scene.gather(['alice', 'bob', 'user3']);
  alice!.do({ do: 'say', room: 'kitchen', text: 'one', id: 'one' });
  await alice!.next('sent', ({ id }) => id === 'one');
  scene.cut('user3');
  await alice!.next('undelivered', ({ id, to }) => id === 'one' && to.join() === 'user3');
  await alice!.next('delivered', ({ id }) => id === 'one');
  t.same(textsOf(bob!), ['alice: one']);
});

test('50 changes in a row, and texts all the while: one epoch, and none is lost', async (t) => {
  const scene = await RoomScene.open(t, ['alice', 'bob', 'user3', 'user4'], { server: { limits: { changes: 1_000, readdMs: 1 } } });
  const actors = await scene.gather(['alice', 'bob', 'user3']);
  const [alice, bob, user3] = actors;
  const user4 = await scene.logIn('user4');
  for (let n = 0; n < 25; n++) {
    alice!.do({ do: 'invite', room: 'kitchen', with: 'user4' });
    await user4.next('invited');
    user4.do({ do: 'join', room: 'kitchen' });
    await user4.next('joined');
    for (const each of [alice, bob, user3]) each!.do({ do: 'say', room: 'kitchen', text: `${n}` });
    user4.do({ do: 'leave', room: 'kitchen' });
    await user4.next('left');
  }
  await oneEpoch(actors);
  const due = (sender: string) => Array.from({ length: 25 }, (_, n) => `${sender}: ${n}`);
  for (const [reader, ...senders] of [[alice, 'bob', 'user3'], [bob, 'alice', 'user3'], [user3, 'alice', 'bob']] as const) {
    await until(`all texts for ${reader!.name}`, () => textsOf(reader!).length >= 50);
    for (const sender of senders) {
      t.same(textsOf(reader!).filter((text) => text.startsWith(`${sender}:`)), due(sender), `${reader!.name} reads ${sender}`);
    }
  }
  t.same([alice, bob, user3].flatMap((each) => eventsOf(each!, 'warning')), []);
});

test('leaders whose line breaks at any point: the others end in one epoch, with them when they are back', async (t) => {
  const names = ['alice', 'bob', ...many(3, 5)];
  const scene = await RoomScene.open(t, names);
  const actors = await scene.gather(names);
  for (const [at, victim] of ['alice', 'bob', 'user3', 'user4', 'user5'].entries()) {
    const { epoch } = await oneEpoch(actors);
    scene.cut(victim);
    scene.cut(names[(at + 1) % names.length]!);
    await oneEpoch(actors, { after: epoch });
  }
  t.same(actors.flatMap((each) => eventsOf(each, 'warning')), []);
});

test('a server that is started anew: the room lives on', async (t) => {
  const scene = await RoomScene.open(t, ['alice', 'bob', 'user3']);
  const actors = await scene.gather(['alice', 'bob', 'user3']);
  const before = await oneEpoch(actors);
  await scene.scene.restart();
  await Promise.all(actors.map((actor) => until(`${actor.name} is in again`, () => eventsOf(actor, 'joined').length === 2, 20_000)));
  const now = await oneEpoch(actors, { after: before.epoch });
  t.not(now.number, before.number);
  actors[2]!.do({ do: 'say', room: 'kitchen', text: 'still here' });
  await until('all read it', () => [0, 1].every((at) => textsOf(actors[at]!).includes('user3: still here')));
  t.same(actors.flatMap((each) => eventsOf(each, 'warning')), []);
});

test('a room of 64', { timeout: 90_000 }, async (t) => {
  const names = ['alice', 'bob', ...many(3, 64)];
  const scene = await RoomScene.open(t, names, { server: { limits: { changes: 100, connectBurst: 1_000, connectionsPerAddress: 1_000 } } });
  const actors = await scene.gather(names);
  const { members } = await oneEpoch(actors);
  t.equal(members.length, 64);
  actors[63]!.do({ do: 'say', room: 'kitchen', text: 'to all', id: 'all' });
  await until('all read it', () => actors.slice(0, 63).every((actor) => textsOf(actor).includes('user64: to all')));
  await actors[63]!.next('delivered', ({ id }) => id === 'all');
});
