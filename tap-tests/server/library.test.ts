import { test } from 'tap';
import { relayLimits, startServer } from '../../server/library.js';
import { connectTo, nextBody } from '../support/raw-client.js';
import { TestServer } from '../support/test-server.js';

test('close tells everyone, and leaves nothing running', async (t) => {
  // With a worker that makes a key meanwhile.
  const server = await TestServer.start(t, { limits: { poolKeys: 1 } });
  const { alice, bob } = await server.pair();
  const waiting = await connectTo(server.running);
  await server.logged('connected', 3);
  const closed = server.running.close();
  for (const client of [alice, bob]) {
    t.equal((await client.expect('erro')).code, 13);
    await client.expect('exit');
    await client.gone();
  }
  await t.rejects(nextBody(waiting, 'M2'), { message: 'refused with 7' });
  await closed;
  await t.rejects(connectTo(server.running), { code: 'ECONNREFUSED' });
  await server.running.close();
});

test('a client that does not go is cut', async (t) => {
  const server = await TestServer.start(t);
  const { alice } = await server.pair();
  alice.socket.allowHalfOpen = true;
  alice.socket.pause();
  const start = performance.now();
  await server.running.close();
  t.ok(performance.now() - start < 8_000);
});

test('reload: whoever is revoked, gone or has another key is cut; the others stay (A19)', async (t) => {
  const server = await TestServer.start(t, { users: ['alice', 'bob', 'user1', 'user2'] });
  const { alice, bob } = await server.pair();
  const [user1, user2] = [await server.login('user1'), await server.login('user2')];
  server.revoke('bob');
  server.keys.delete('user1');
  server.keys.set('user2', server.identity);
  await server.running.reload();
  for (const client of [bob, user1, user2]) {
    t.equal((await client.expect('erro')).code, 14);
    await client.gone();
  }
  t.same(await alice.settled(), []);
  await t.rejects(server.login('bob'), { message: 'refused with 3' });
  alice.say('chat', { username: 'bob' });
  t.equal((await alice.expect('erro')).code, 1);
});

test('a reload that fails changes nothing', async (t) => {
  const server = await TestServer.start(t);
  const { alice, bob } = await server.pair();
  server.unreadable();
  await t.rejects(server.running.reload(), /cannot be read/);
  t.same([await alice.settled(), await bob.settled()], [[], []]);
});

test('a port that is in use', async (t) => {
  const server = await TestServer.start(t);
  const { port } = server.running;
  await t.rejects(TestServer.start(t, { port }), { name: 'UsageError', code: 'cannot-listen', message: new RegExp(`Port ${port} is in use`) });
  await t.rejects(TestServer.start(t, { host: '192.0.2.1' }), { code: 'cannot-listen' });
});

test('what is exported', async (t) => {
  t.type(startServer, 'function');
  t.equal(relayLimits.rateMessages, 20);
});
