import { test } from 'tap';
import { ManualClock } from '../../../support/manual-clock.js';
import { RelayRoom } from '../../../support/relay-room.js';

test('a room is made, one is added, enters, and both are told the same in the same order', async (t) => {
  const scene = await RelayRoom.start(t, ['alice', 'bob']);
  scene.join('alice');
  t.same(await scene.heard('alice'), ['join lab 0 []']);
  await scene.write('make', 'alice');
  await scene.write('add', 'alice', 'bob');
  t.same(await scene.heard('alice'), ['chng lab 1 #0 make alice by alice', 'chng lab 2 #1 add bob by alice']);
  t.same(await scene.heard('bob'), ['invt lab alice']);
  scene.join('bob');
  t.same(await scene.heard('bob'), ['join lab 3 [alice]', 'chng lab 0 #1 add bob by alice']);
  scene.say('bob', 'hello');
  t.same(await scene.heard('bob'), ['room lab 4 bob 9 hello'], 'also of what is its own');
  t.same(await scene.heard('alice'), ['here lab 3 bob', 'room lab 4 bob 9 hello']);
});

test('changes and who they are about are told to all, also to whoever made them', async (t) => {
  const scene = await RelayRoom.start(t, ['alice', 'bob', 'user3']);
  await scene.gather('alice', 'bob');
  scene.hand('alice', await scene.book.write('add', 'alice', 'user3'));
  scene.hand('alice', await scene.book.write('admin', 'alice', 'bob'));
  const told = ['chng lab 4 #2 add user3 by alice', 'chng lab 5 #3 admin bob by alice'];
  t.same(await scene.heard('alice'), told);
  t.same(await scene.heard('bob'), told);
  t.same(await scene.heard('user3'), ['invt lab alice'], 'who is not in is told of no change');
});

test('who enters gets the head, or the changes since its own', async (t) => {
  const scene = await RelayRoom.start(t, ['alice', 'bob', 'user3']);
  await scene.gather('alice', 'bob');
  await scene.write('add', 'alice', 'user3');
  const last = ['chng lab 0 #2 add user3 by alice'];
  const both = ['chng lab 0 #1 add bob by alice', ...last];
  const rows: [number, string[]][] = [[0, last], [1, both], [2, last], [3, []], [4, last], [0xffff_ffff, last]];
  for (const [next, due] of rows) {
    scene.join('user3', next);
    t.same((await scene.heard('user3')).filter((each) => each.startsWith('chng')), due, `${next}`);
    scene.part('user3');
    await scene.heard('user3');
  }
});

test('the last 128 changes are kept', async (t) => {
  const scene = await RelayRoom.start(t, ['alice', 'bob'], { changes: 1_000, readdMs: 0 });
  await scene.gather('alice', 'bob');
  for (let index = 0; index < 75; index++) {
    for (const [action, author] of [['leave', 'bob'], ['add', 'alice']] as const) {
      scene.hand('alice', await scene.book.write(action, author, 'bob'));
    }
  }
  t.equal((await scene.heard('alice')).filter((each) => each.startsWith('chng')).length, 150, 'all were taken');
  scene.join('bob', 2);
  const got = (await scene.heard('bob')).filter((each) => each.startsWith('chng lab 0'));
  t.equal(got.length, 128);
  t.equal(got[0], 'chng lab 0 #24 leave bob by bob');
  t.equal(got.at(-1), 'chng lab 0 #151 add bob by alice');
});

test('a member may go and come back: by part, and by a lost connection', async (t) => {
  const scene = await RelayRoom.start(t, ['alice', 'bob']);
  await scene.gather('alice', 'bob');
  scene.part('bob');
  scene.say('bob', 'not in');
  t.same(await scene.heard('bob'), ['erro noRoom roomlab']);
  t.same(await scene.heard('alice'), ['away lab 4 bob']);
  scene.join('bob', 2);
  t.same(await scene.heard('bob'), ['join lab 5 [alice]']);
  await scene.cut('bob');
  t.same(await scene.heard('alice'), ['here lab 5 bob', 'away lab 6 bob']);
  const bob = await scene.server.login('bob');
  await bob.expect('welc');
  t.match(await bob.expect('invt'), { room: 'lab', by: 'alice' }, 'it hears of the room after welc');
  bob.say('join', { room: 'lab', next: 2 });
  t.match(await bob.expect('join'), { seq: 7, present: ['alice'] });
});

test('a room in which nobody is present goes on', async (t) => {
  const scene = await RelayRoom.start(t, ['alice', 'bob']);
  await scene.gather('alice', 'bob');
  for (const name of ['alice', 'bob']) scene.part(name);
  await scene.heard('alice');
  await scene.heard('bob');
  scene.join('bob', 2);
  t.same(await scene.heard('bob'), ['join lab 6 []'], 'the room goes on, and so does its order');
  scene.join('alice', 2);
  t.same(await scene.heard('alice'), ['join lab 7 [bob]']);
  t.equal(scene.server.events('room').length, 1, 'it was made once');
});

test('who is present, in the order in which they came', async (t) => {
  const scene = await RelayRoom.start(t, ['alice', 'bob', 'user3', 'user4']);
  await scene.gather('alice', 'user4', 'user3', 'bob');
  scene.part('user4');
  await scene.heard('user4');
  scene.join('user4', 4);
  t.match((await scene.heard('user4'))[0], /^join lab \d+ \[alice,user3,bob\]$/);
  scene.part('alice');
  await scene.heard('alice');
  scene.join('alice', 4);
  t.match((await scene.heard('alice'))[0], /^join lab \d+ \[user3,bob,user4\]$/);
});

test('a stranger is refused, and those who are in hear of it once in a while', async (t) => {
  const scene = await RelayRoom.start(t, ['alice', 'bob', 'user3'], { knockMs: 600_000 });
  scene.join('alice');
  scene.join('alice');
  t.same(await scene.heard('alice'), ['join lab 0 []', 'erro exists joinlab']);
  for (let times = 0; times < 3; times++) scene.join('bob');
  t.same(await scene.heard('bob'), Array<string>(3).fill('erro notAMember joinlab'), 'also before the first change');
  t.same(await scene.heard('alice'), ['knoc lab bob']);
  await scene.write('make', 'alice');
  scene.join('user3');
  t.same(await scene.heard('user3'), ['erro notAMember joinlab']);
  const told = ['chng lab 1 #0 make alice by alice', 'knoc lab user3'];
  t.same(await scene.heard('alice'), told, 'bob was told of already');
});

test('after 30 s it is told again that somebody asks', async (t) => {
  const clock = new ManualClock();
  const scene = await RelayRoom.start(t, ['alice', 'bob'], {}, { clock });
  scene.join('alice');
  await scene.heard('alice');
  const asked = async (ms: number) => {
    clock.advance(ms);
    scene.join('bob');
    await scene.heard('bob');
    return scene.heard('alice');
  };
  t.same(await asked(0), ['knoc lab bob']);
  t.same(await asked(29_999), []);
  t.same(await asked(1), ['knoc lab bob']);
});

test('a maker who goes before the first change leaves nothing behind', async (t) => {
  const scene = await RelayRoom.start(t, ['alice', 'bob']);
  scene.join('alice');
  await scene.heard('alice');
  await scene.cut('alice');
  await scene.server.logged('room-ended');
  scene.join('bob');
  t.same(await scene.heard('bob'), ['join lab 0 []']);
  scene.part('bob');
  await scene.server.logged('room-ended', 2);
});

test('a room lives as long as one of its members is logged in, present or not', async (t) => {
  const scene = await RelayRoom.start(t, ['alice', 'bob', 'user3']);
  await scene.gather('alice', 'bob');
  scene.part('bob');
  await scene.heard('bob');
  await scene.cut('alice');
  scene.join('user3');
  t.same(await scene.heard('user3'), ['erro notAMember joinlab'], 'it lives for bob');
  await scene.cut('bob');
  await scene.server.logged('room-ended');
  scene.join('user3');
  t.same(await scene.heard('user3'), ['join lab 0 []'], 'the name is free');
});
