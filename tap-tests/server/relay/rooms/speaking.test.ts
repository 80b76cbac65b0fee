import { test } from 'tap';
import { CELL } from '../../../../common/wire/limits.js';
import { ROOM_BODY_MAX } from '../../../../common/wire/room-commands.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { RoomBook } from '../../../support/room-book.js';
import { RelayRoom } from '../../../support/relay-room.js';
import { message } from '../../../support/raw-client.js';

const USERS = ['alice', 'bob', 'user3'];

test('two talk at once: one order for all, without a gap', async (t) => {
  const scene = await RelayRoom.start(t, USERS);
  await scene.gather(...USERS);
  for (let index = 0; index < 40; index++) {
    scene.say('alice', `a${index}`);
    scene.say('bob', `b${index}`);
    if (index === 20) scene.hand('alice', await scene.book.write('admin', 'alice', 'bob'));
    if (index === 30) scene.part('user3');
    if (index % 7 === 0) await new Promise(setImmediate);
  }
  for (const name of USERS) await scene.settled(name);
  const [all, bob] = [await scene.heard('alice'), await scene.heard('bob')];
  t.same(bob, all);
  t.equal(all.length, 82);
  t.same(all.map((each) => Number(each.split(' ')[2])), all.map((_, index) => 6 + index));
  const user3 = await scene.heard('user3');
  t.same(user3, all.slice(0, user3.length), 'who parts has heard the same until then');
  for (const name of ['alice', 'bob']) {
    const own = all.filter((each) => each.includes(` ${name} 9 `)).map((each) => each.slice(each.lastIndexOf(' ') + 1));
    t.same(own, own.map((_, index) => `${name[0]}${index}`), `${name}'s own, in the order in which they were said`);
    t.equal(own.length, 40);
  }
});

test('all that one turn brings leaves in one record', async (t) => {
  const clock = new ManualClock();
  const scene = await RelayRoom.start(t, ['alice', 'bob'], {}, { clock, logWire: true });
  await scene.gather('alice', 'bob');
  const records = () => scene.server.events('record-out').filter(({ username }) => username === 'bob').length;
  const before = records();
  const ten = Array.from({ length: 10 }, () => message('room', { room: 'lab', kind: 9, body: Buffer.alloc(100) }));
  scene.of('alice').socket.write(scene.of('alice').seal(...ten));
  t.equal((await scene.heard('alice')).length, 10);
  t.equal(records(), before + 1);
  t.equal((await scene.heard('bob')).length, 10);
});

test('the longest body of all', async (t) => {
  const scene = await RelayRoom.start(t, ['sixteen-letters-', 'bob']);
  await scene.gather('sixteen-letters-', 'bob');
  const room = 'another-of-16-ch';
  const book = new RoomBook(room, scene.server.keys);
  scene.join('sixteen-letters-', 0, room);
  scene.hand('sixteen-letters-', await book.write('make', 'sixteen-letters-'), room);
  const body = Buffer.alloc(ROOM_BODY_MAX, 7);
  scene.of('sixteen-letters-').say('room', { room, kind: 9, body });
  const said = await scene.of('sixteen-letters-').expect('room');
  t.equal(said.body.length, 16 * CELL - 100);
  t.same(said, { room, seq: 2, sender: 'sixteen-letters-', kind: 9, body });
});

test('to each his own, behind what was said before; who is not present gets nothing', async (t) => {
  const scene = await RelayRoom.start(t, [...USERS, 'user4']);
  await scene.gather('alice', 'bob', 'user3');
  scene.say('alice', 'first');
  const texts = { bob: 'for bob', user3: '', user4: 'a stranger', nobody: 'x' };
  const bodies = Object.entries(texts).map(([name, text]) => ({ name, body: Buffer.from(text) }));
  scene.of('alice').say('each', { room: 'lab', kind: 4, bodies });
  scene.say('alice', 'last', 3);
  const [first, last] = ['room lab 6 alice 9 first', 'room lab 7 alice 3 last'];
  t.same(await scene.heard('alice'), [first, last]);
  t.same(await scene.heard('bob'), [first, 'each lab alice 4 for bob', last]);
  t.same(await scene.heard('user3'), [first, 'each lab alice 4 ', last]);
  t.same(await scene.heard('user4'), []);
});

test('one that does not read is taken out of the room, hears so as the last of it, and others go on', async (t) => {
  const scene = await RelayRoom.start(t, USERS, { rateMessages: 1_000_000, queueCells: 64, changes: 100 });
  await scene.gather('alice', 'bob', 'user3');
  const other = new RoomBook('other', scene.server.keys);
  scene.join('alice', 0, 'other');
  for (const [action, target] of [['make', 'alice'], ['add', 'bob']] as const) {
    scene.hand('alice', await other.write(action, 'alice', target), 'other');
  }
  await scene.heard('alice');
  scene.join('bob', 2, 'other');
  await scene.heard('bob');
  scene.of('bob').socket.pause();
  const body = Buffer.alloc(ROOM_BODY_MAX, 1);
  const isOut = (name: string) => scene.of(name).heard.some(({ command }) => command === 'away');
  let sent = 0;
  for (; !isOut('user3') && sent < 2_000; sent++) {
    scene.of('alice').say('room', { room: 'lab', kind: 9, body });
    if (sent % 10) continue;
    scene.say('alice', 'meanwhile', 9, 'other');
    await scene.settled('alice');
  }
  t.ok(sent < 2_000, `${sent} records of 64 KiB`);
  scene.say('alice', 'we go on');
  scene.say('alice', 'here too', 9, 'other');
  const alice = await scene.heard('alice');
  const away = alice.find((each) => each.startsWith('away'))!;
  t.match(away, /^away lab \d+ bob$/);
  const seqs = alice.filter((each) => each.includes(' lab ')).map((each) => Number(each.split(' ')[2]));
  t.same(seqs, seqs.map((_, index) => seqs[0]! + index), 'without a gap');
  t.match((await scene.heard('user3')).at(-1), /^room lab \d+ alice 9 we go on$/);
  t.equal(scene.server.events('logged-out').length, 0, 'bob stays');
  scene.of('bob').socket.resume();
  const bob = await scene.heard('bob');
  t.equal(bob.filter((each) => each.includes(' lab ')).at(-1), away);
  t.match(bob.at(-1), /^room other \d+ alice 9 here too$/, 'another room of his goes on');
  const others = bob.filter((each) => each.startsWith('room other')).map((each) => Number(each.split(' ')[2]));
  t.same(others, others.map((_, index) => others[0]! + index), 'and nothing of it is lost');
  scene.join('bob', 3);
  t.match((await scene.heard('bob'))[0], /^join lab \d+ \[alice,user3\]$/);
});

test('whoever hears something said in a room is not idle', async (t) => {
  const clock = new ManualClock();
  const scene = await RelayRoom.start(t, USERS, { idleMs: 10_000 }, { clock });
  await scene.gather(...USERS);
  for (let times = 0; times < 4; times++) {
    clock.advance(4_000);
    if (times % 2) scene.say('alice', 'x');
    else scene.of('alice').say('each', { room: 'lab', kind: 2, bodies: [{ name: 'bob', body: Buffer.from('x') }] });
    await scene.of('alice').settled();
  }
  t.same(scene.server.events('cut'), []);
  scene.part('user3');
  await scene.of('user3').settled();
  for (let times = 0; times < 2; times++) {
    clock.advance(5_000);
    scene.say('alice', 'y');
    await scene.of('alice').settled();
  }
  t.match(scene.server.events('cut'), [{ username: 'user3', reason: 'idle' }]);
});
