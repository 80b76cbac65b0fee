import { test } from 'tap';
import { errorCodes } from '../../../../common/wire/commands.js';
import { RelayRoom } from '../../../support/relay-room.js';

const USERS = ['alice', 'bob', 'user3'];

test('a change that does not fit the head', async (t) => {
  const scene = await RelayRoom.start(t, USERS);
  await scene.gather('alice', 'bob');
  const { book } = scene;
  const [one, other] = [await book.draft('add', 'alice', 'user3'), await book.draft('admin', 'alice', 'bob')];
  scene.hand('alice', one);
  scene.hand('alice', other);
  const [added, late] = ['chng lab 4 #2 add user3 by alice', 'erro notTheHead chnglab'];
  t.same(await scene.heard('alice'), [added, late], 'another was before it');
  book.take(one);
  scene.hand('alice', one);
  t.same(await scene.heard('alice'), ['erro notTheHead chnglab'], 'a second time');
  const unfit = [{ number: 4 }, { number: 2 }, { previous: Buffer.alloc(32, 1) }];
  for (const wrong of unfit) scene.hand('alice', await book.draft('admin', 'alice', 'bob', wrong));
  const [alice, bob] = book.members.map((each) => [{ ...each, admin: 1 }]);
  scene.hand('alice', await book.draft('make', 'alice', 'alice', { number: 0, members: alice! }));
  scene.hand('bob', await book.draft('make', 'bob', 'bob', { members: bob! }));
  scene.hand('bob', await book.draft('make', 'alice', 'alice', { members: alice! }));
  t.same(await scene.heard('alice'), Array.from({ length: 4 }, () => 'erro notTheHead chnglab'));
  t.same(await scene.heard('bob'), [added, late, late], 'nobody makes a room that has members');
});

test('two changes of the same head at once: one is taken, and all see the same one', async (t) => {
  const scene = await RelayRoom.start(t, [...USERS, 'user4']);
  await scene.gather('alice', 'bob');
  const [one, other] = [await scene.book.draft('add', 'alice', 'user3'), await scene.book.draft('add', 'bob', 'user4')];
  scene.hand('alice', one);
  scene.hand('bob', other);
  const [alice, bob] = [await scene.heard('alice'), await scene.heard('bob')];
  const changes = (lines: string[]) => lines.filter((each) => each.startsWith('chng'));
  t.equal(changes(alice).length, 1);
  t.same(changes(alice), changes(bob));
  const late = [...alice, ...bob].filter((each) => each === 'erro notTheHead chnglab');
  t.equal(late.length, 1, 'the other has to begin anew');
});

test('a change that its author may not make', async (t) => {
  const scene = await RelayRoom.start(t, USERS);
  await scene.gather('alice', 'bob', 'user3');
  const { book } = scene;
  const all = book.members;
  const without = all.filter(({ username }) => username !== 'user3');
  const promoted = all.map((each) => ({ ...each, admin: 1 }));
  const refused: [string, Buffer][] = [
    ['not an admin', await book.draft('remove', 'bob', 'user3', { members: without })],
    ['makes an admin', await book.draft('admin', 'bob', 'user3', { members: promoted })],
    ['a leave for another', await book.draft('leave', 'alice', 'user3', { members: without })],
    ['removes herself', await book.draft('remove', 'alice', 'alice', { members: all.slice(1) })],
    ['adds a member', await book.draft('add', 'alice', 'bob', { members: all })],
    ['adds two', await book.draft('leave', 'user3', 'user3', { members: all })],
    ['a list in another order', await book.draft('admin', 'alice', 'bob', { members: [...all].reverse() })],
    ['not a member', await book.draft('add', 'user4', 'user4', { members: all })],
    ['another key', await book.draft('admin', 'alice', 'bob', { authorKey: Buffer.alloc(32, 1), members: all })],
  ];
  for (const [name, bytes] of refused) {
    scene.hand('bob', bytes);
    t.same(await scene.heard('bob'), ['erro notAMember chnglab'], name);
  }
  t.same(await scene.heard('alice'), [], 'nobody hears of it');
  await scene.write('admin', 'alice', 'bob');
  t.same(await scene.heard('bob'), ['chng lab 6 #3 admin bob by alice'], 'and the head is what it was');
});

test('a signature that does not fit ends the connection, and changes nothing', async (t) => {
  const scene = await RelayRoom.start(t, USERS);
  await scene.gather('alice', 'bob');
  scene.hand('bob', await scene.book.draft('add', 'alice', 'user3', { signer: 'bob' }));
  t.equal((await scene.of('bob').expect('erro')).code, errorCodes.malformed);
  await scene.of('bob').gone();
  t.same(await scene.heard('alice'), ['away lab 4 bob']);
  scene.hand('alice', Buffer.concat([await scene.book.draft('add', 'alice', 'user3'), Buffer.alloc(1)]));
  t.equal((await scene.of('alice').expect('erro')).code, errorCodes.malformed, 'a byte too many');
});

test('the first change is of the one who made the room', async (t) => {
  const scene = await RelayRoom.start(t, USERS);
  scene.join('alice');
  await scene.heard('alice');
  const { book } = scene;
  for (const [name, bytes] of [
    ['of another', await book.draft('make', 'bob')],
    ['with another beside her', await book.draft('make', 'alice', 'alice', { members: [] })],
    ['about another', await book.draft('make', 'alice', 'bob')],
  ] as const) {
    scene.hand('alice', bytes);
    t.same(await scene.heard('alice'), ['erro notAMember chnglab'], name);
  }
  scene.hand('alice', await book.draft('make', 'alice', 'alice', { number: 1 }));
  t.same(await scene.heard('alice'), ['erro notTheHead chnglab']);
  scene.hand('alice', book.take(await book.draft('make', 'alice')));
  t.same(await scene.heard('alice'), ['chng lab 1 #0 make alice by alice']);
});

test('one is added who is enrolled with that very key, online or not', async (t) => {
  const scene = await RelayRoom.start(t, ['alice']);
  await scene.gather('alice');
  const targets: [string, { targetKey?: Buffer }][] = [['user9', {}], ['bob', { targetKey: Buffer.alloc(32, 1) }]];
  for (const [target, wrong] of targets) {
    const fingerprint = wrong.targetKey ?? scene.book.identity(target).public.fingerprint;
    const members = [...scene.book.members, { username: target, fingerprint, admin: 0 }];
    scene.hand('alice', await scene.book.draft('add', 'alice', target, { ...wrong, members }));
    t.same(await scene.heard('alice'), ['erro notOnline chnglab'], target);
  }
  await scene.write('add', 'alice', 'bob');
  const bob = await scene.server.login('bob');
  await bob.expect('welc');
  t.same(await bob.expect('invt'), { room: 'lab', by: 'alice' }, 'who was offline hears of it at the login');
});

test('who leaves or is removed gets that change, and nothing more', async (t) => {
  const scene = await RelayRoom.start(t, USERS);
  await scene.gather('alice', 'bob', 'user3');
  await scene.write('leave', 'bob');
  await scene.write('remove', 'alice', 'user3');
  scene.say('alice', 'alone');
  scene.say('bob', 'still here?');
  const [first, second] = ['chng lab 6 #3 leave bob by bob', 'chng lab 7 #4 remove user3 by alice'];
  t.same(await scene.heard('alice'), [first, second, 'room lab 8 alice 9 alone']);
  t.same(await scene.heard('bob'), [first, 'erro noRoom roomlab']);
  t.same(await scene.heard('user3'), [first, second]);
  scene.join('bob', 3);
  t.same(await scene.heard('bob'), ['erro notAMember joinlab']);
});

test('where the last admin leaves, the first member is one; where the last member leaves, the room ends', async (t) => {
  const scene = await RelayRoom.start(t, USERS);
  await scene.gather('alice', 'bob', 'user3');
  await scene.write('leave', 'alice');
  await scene.write('remove', 'bob', 'user3');
  t.same(await scene.heard('bob'), ['chng lab 6 #3 leave alice by alice', 'chng lab 7 #4 remove user3 by bob']);
  await scene.write('leave', 'bob');
  await scene.server.logged('room-ended');
  scene.join('user3');
  t.equal((await scene.heard('user3')).at(-1), 'join lab 0 []');
});

test('a member who is not present hands nothing in, and hears nothing', async (t) => {
  const scene = await RelayRoom.start(t, USERS);
  await scene.gather('alice');
  await scene.write('add', 'alice', 'bob');
  await scene.heard('bob');
  scene.hand('bob', await scene.book.draft('leave', 'bob'));
  scene.say('bob', 'x');
  scene.of('bob').say('each', { room: 'lab', kind: 2, bodies: [{ name: 'alice', body: Buffer.alloc(1) }] });
  scene.part('bob');
  t.same(await scene.heard('bob'), ['chng', 'room', 'each', 'part'].map((command) => `erro noRoom ${command}lab`));
  scene.say('bob', 'x', 9, 'no-such-room');
  t.same(await scene.heard('bob'), ['erro noRoom roomno-such-room']);
});
