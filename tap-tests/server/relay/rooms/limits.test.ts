import { test } from 'tap';
import { ManualClock } from '../../../support/manual-clock.js';
import { RoomBook } from '../../../support/room-book.js';
import { RelayRoom } from '../../../support/relay-room.js';

test('whoever is out of a room is not added again for 10 s', async (t) => {
  const clock = new ManualClock();
  const scene = await RelayRoom.start(t, ['alice', 'bob'], {}, { clock });
  await scene.gather('alice', 'bob');
  for (const [action, author] of [['leave', 'bob'], ['remove', 'alice']] as const) {
    await scene.write(action, author, 'bob');
    await scene.heard('alice');
    const again = await scene.book.draft('add', 'alice', 'bob');
    for (const [ms, answer] of [[0, 'erro limit chnglab'], [9_999, 'erro limit chnglab'], [1, 'chng']] as const) {
      clock.advance(ms);
      scene.hand('alice', again);
      t.match((await scene.heard('alice'))[0], new RegExp(`^${answer}`), `${action}, ${ms} ms later`);
    }
    scene.book.take(again);
  }
});

test('20 changes of one author in 10 s, over all rooms; others are not held up by it', async (t) => {
  const clock = new ManualClock();
  const scene = await RelayRoom.start(t, ['alice', 'bob'], { changes: 4, readdMs: 0 }, { clock });
  await scene.gather('alice', 'bob');
  const other = new RoomBook('other', scene.server.keys);
  scene.join('alice', 0, 'other');
  for (const [action, target] of [['make', 'alice'], ['add', 'bob']] as const) {
    scene.hand('alice', await other.write(action, 'alice', target), 'other');
  }
  t.equal((await scene.heard('alice')).at(-1), 'chng other 2 #1 add bob by alice');
  const fifth = await scene.book.draft('admin', 'alice', 'bob');
  scene.hand('alice', fifth);
  t.same(await scene.heard('alice'), ['erro limit chnglab'], 'the fifth');
  await scene.write('leave', 'bob');
  t.match(await scene.heard('alice'), ['chng lab 4 #2 leave bob by bob']);
  clock.advance(10_000);
  await scene.write('add', 'alice', 'bob');
  t.same(await scene.heard('alice'), ['chng lab 5 #3 add bob by alice']);
});

test('a change that is refused does not count', async (t) => {
  const scene = await RelayRoom.start(t, ['alice', 'bob'], { changes: 3 });
  await scene.gather('alice', 'bob');
  const late = await scene.book.draft('admin', 'alice', 'bob', { number: 7 });
  for (let times = 0; times < 5; times++) scene.hand('bob', late);
  await scene.write('admin', 'alice', 'bob');
  t.same(await scene.heard('alice'), ['chng lab 4 #2 admin bob by alice']);
});

test('rooms in all', async (t) => {
  const scene = await RelayRoom.start(t, ['alice', 'bob'], { rooms: 2 });
  await scene.gather('alice');
  scene.join('bob', 0, 'b');
  scene.join('bob', 0, 'c');
  t.same(await scene.heard('bob'), ['join b 0 []', 'erro limit joinc']);
  await scene.cut('alice');
  scene.join('bob', 0, 'c');
  t.same(await scene.heard('bob'), ['join c 0 []'], 'one has ended');
});

test('rooms of one user: those it is in, and those it has made', async (t) => {
  const scene = await RelayRoom.start(t, ['alice', 'bob'], { roomsPerUser: 2, changes: 1_000 });
  await scene.gather('alice', 'bob');
  const other = new RoomBook('other', scene.server.keys);
  scene.join('alice', 0, 'other');
  scene.hand('alice', await other.write('make', 'alice'), 'other');
  scene.hand('alice', await other.write('add', 'alice', 'bob'), 'other');
  scene.join('alice', 0, 'third');
  t.equal((await scene.heard('alice')).at(-1), 'erro limit jointhird', 'she is in two');
  scene.part('alice');
  scene.join('alice', 0, 'third');
  t.equal((await scene.heard('alice')).at(-1), 'erro limit jointhird', 'she has made two');
  scene.join('bob', 0, 'own');
  scene.join('bob', 0, 'other');
  const told = ['invt other alice', 'away lab 4 alice', 'join own 0 []', 'erro limit joinother'];
  t.same(await scene.heard('bob'), told, 'bob is in two, one of them his own');
  scene.part('bob', 'own');
  scene.join('bob', 0, 'other');
  t.match((await scene.heard('bob'))[0], /^join other/, 'whoever is not present does not count');
});

test('nothing is left of rooms that have ended', async (t) => {
  const scene = await RelayRoom.start(t, ['alice', 'bob'], { rooms: 1, roomsPerUser: 1 });
  for (let round = 0; round < 5; round++) {
    scene.join('alice');
    t.same(await scene.heard('alice'), ['join lab 0 []']);
    scene.hand('alice', await new RoomBook('lab', scene.server.keys).draft('make', 'alice'));
    t.same(await scene.heard('alice'), ['chng lab 1 #0 make alice by alice']);
    await scene.cut('alice');
    const alice = await scene.login('alice');
    t.same(await alice.settled(), [], 'no room to hear of');
  }
});
