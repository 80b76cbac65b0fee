import { test } from 'tap';
import { RelayRoom } from '../../../support/relay-room.js';

const USERS = ['alice', 'bob', 'user3'];

/** A relay that was started anew, and what the members of a room know that lived before: alice, bob and user3. */
async function restarted(t: Parameters<typeof RelayRoom.start>[0]) {
  const scene = await RelayRoom.start(t, USERS);
  await scene.book.write('make', 'alice');
  for (const name of ['bob', 'user3']) await scene.book.write('add', 'alice', name);
  return scene;
}

test('a member hands in the head that it has, whoever made it', async (t) => {
  const scene = await restarted(t);
  scene.join('bob', 3);
  scene.hand('bob', scene.book.changes.at(-1)!);
  t.same(await scene.heard('bob'), ['join lab 0 []', 'chng lab 1 #2 add user3 by alice']);
  scene.join('alice', 3);
  t.same(await scene.heard('alice'), ['join lab 2 [bob]']);
  scene.join('user3');
  t.same(await scene.heard('user3'), ['invt lab alice', 'join lab 3 [bob,alice]', 'chng lab 0 #2 add user3 by alice']);
  await scene.write('admin', 'alice', 'bob');
  t.equal((await scene.heard('bob')).at(-1), 'chng lab 4 #3 admin bob by alice', 'and it goes on from there');
});

test('who comes back hears of the room, though the relay does not know who added him', async (t) => {
  const scene = await restarted(t);
  scene.join('bob', 3);
  scene.hand('bob', scene.book.changes.at(-1)!);
  await scene.heard('bob');
  await scene.cut('user3');
  const user3 = await scene.server.login('user3');
  await user3.expect('welc');
  t.same(await user3.expect('invt'), { room: 'lab', by: 'alice' }, 'an admin');
});

test('one with an older head was first: who has the newer changes hands them in, also of others', async (t) => {
  const scene = await restarted(t);
  const [, second] = scene.book.changes;
  await scene.book.write('admin', 'alice', 'bob');
  scene.join('bob', 2);
  scene.hand('bob', second!);
  await scene.heard('bob');
  scene.join('user3', 4);
  t.same(await scene.heard('user3'), ['erro notAMember joinlab'], 'the older head does not know him');
  t.same(await scene.heard('bob'), ['knoc lab user3']);
  scene.join('alice', 4);
  t.same(await scene.heard('alice'), ['join lab 2 [bob]', 'chng lab 0 #1 add bob by alice']);
  scene.of('bob').socket.pause();
  for (const bytes of scene.book.changes.slice(2)) scene.hand('alice', bytes);
  t.same(await scene.heard('alice'), ['chng lab 3 #2 add user3 by alice', 'chng lab 4 #3 admin bob by alice']);
  scene.of('bob').socket.resume();
  await scene.write('remove', 'bob', 'user3');
  t.equal((await scene.heard('alice')).at(-1), 'chng lab 5 #4 remove user3 by bob');
});

test('changes of an author who is offline', async (t) => {
  const scene = await restarted(t);
  await scene.book.write('admin', 'alice', 'bob');
  await scene.cut('alice');
  scene.join('bob', 2);
  for (const bytes of scene.book.changes.slice(1)) scene.hand('bob', bytes);
  t.same(await scene.heard('bob'), [
    'join lab 0 []', 'chng lab 1 #1 add bob by alice', 'chng lab 2 #2 add user3 by alice',
    'chng lab 3 #3 admin bob by alice',
  ]);
});

test('a head without oneself, of a stranger, of a revoked author, or with a name twice is none', async (t) => {
  const scene = await restarted(t);
  const { book, server } = scene;
  const [me] = book.members.filter(({ username }) => username === 'bob');
  scene.join('bob', 3);
  await scene.heard('bob');
  const answer = async (bytes: Buffer) => {
    scene.hand('bob', bytes);
    return scene.heard('bob');
  };
  t.same(await answer(book.changes[0]!), ['erro notAMember chnglab'], 'a make of alice');
  t.same(await answer(await book.draft('leave', 'bob')), ['erro notAMember chnglab'], 'he is not in it');
  const other = { ...me!, fingerprint: Buffer.alloc(32, 1) };
  for (const [name, members] of [['he has another key in it', [other]], ['he is in it twice', [me!, me!]]] as const) {
    const bytes = await book.draft('leave', 'alice', 'alice', { members });
    t.same(await answer(bytes), ['erro notAMember chnglab'], name);
  }
  const strange = await book.draft('add', 'user9', 'bob', { members: book.members });
  t.same(await answer(strange), ['erro notOnline chnglab'], 'an author whom nobody knows');
  const last = await book.draft('leave', 'user3');
  server.revoke('user3');
  await server.running.reload();
  t.same(await answer(last), ['erro notOnline chnglab'], 'an author who is revoked');
  t.same(await answer(book.changes.at(-1)!), ['chng lab 1 #2 add user3 by alice']);
});
