import { type Duplex, duplexPair } from 'node:stream';
import { test } from 'tap';
import { dial } from '../../client/engine/dial.js';
import { main } from '../../keys/main.js';
import { testIo } from '../support/authority.js';
import { ManualClock } from '../support/manual-clock.js';
import { Scene } from '../support/scene.js';
import { until } from '../support/until.js';

test('a connection that breaks is said, tried again, and the chat is offered again', async (t) => {
  const scene = await Scene.open(t.testdir());
  t.teardown(() => scene.close());
  let line: Duplex | undefined;
  const alice = await scene.logIn('alice', { dial: async () => (line = await dial('127.0.0.1', scene.server.port)) });
  const bob = await scene.logIn('bob');
  alice.do({ do: 'chat', with: 'bob' });
  await bob.next('request');
  bob.do({ do: 'accept', with: 'alice' });
  await Promise.all([alice.next('chat'), bob.next('chat')]);

  line!.destroy();
  t.match(await alice.next('left'), { with: 'bob', reason: 'disconnected', by: 'relay' });
  const lost = await alice.next('lost');
  t.ok(lost.retry >= 1_000 && lost.retry <= 1_250, `${lost.retry} ms`);
  t.match(await bob.next('left'), { with: 'alice', reason: 'disconnected' });
  alice.do({ do: 'list' });
  t.match(await alice.next('error'), { code: 'not-logged-in' });
  await alice.next('ready');
  await bob.next('request', (event) => event.with === 'alice');
  bob.do({ do: 'accept', with: 'alice' });
  await Promise.all([alice.next('chat'), bob.next('chat')]);
  alice.do({ do: 'say', with: 'bob', text: 'back again' });
  t.match(await bob.next('message'), { text: 'back again' });
});

test('a server that restarts gets everybody back, and the chat, which both offer, without an answer by hand', async (t) => {
  const scene = await Scene.open(t.testdir());
  t.teardown(() => scene.close());
  const [alice, bob] = await scene.chat();
  await scene.restart();
  await Promise.all([alice.next('lost'), bob.next('lost')]);
  await Promise.all([alice.next('ready'), bob.next('ready')]);
  await Promise.all([alice, bob].map((actor) => until('chat', () => actor.count('chat') === 2, 20_000)));
  alice.do({ do: 'say', with: 'bob', text: 'as before' });
  t.match(await bob.next('message'), { text: 'as before' });
});

test('what cannot pass by itself is not tried again', async (t) => {
  const scene = await Scene.open(t.testdir());
  t.teardown(() => scene.close());
  const wrongName = await scene.actor('alice', { serverName: 'example.org' });
  wrongName.engine.start();
  t.match(await wrongName.next('closed'), { status: 4 });

  const nowhere = await scene.actor('alice', { dial: () => dial('127.0.0.1', 1) });
  nowhere.engine.start();
  t.match(await nowhere.next('closed'), { status: 3, text: /Nothing listens/ });

  const alice = await scene.logIn('alice');
  const twin = await scene.actor('alice');
  twin.engine.start();
  t.match(await twin.next('closed'), { status: 4, text: /already logged in/ });
  t.equal(alice.count('lost'), 0, 'the first stays');
});

test('a connection that is lost for good ends with status 5', async (t) => {
  const scene = await Scene.open(t.testdir());
  const alice = await scene.logIn('alice', { reconnectMs: 500 });
  await scene.server.close();
  t.match(await alice.next('closed'), { status: 5 });
  await scene.close();
});

test('a user who is revoked is told so, and does not come back', async (t) => {
  const scene = await Scene.open(t.testdir());
  t.teardown(() => scene.close());
  const alice = await scene.logIn('alice');
  await main(['revoke', 'alice', '--keys', scene.keys.root], testIo());
  await scene.server.reload();
  t.match(await alice.next('closed'), { status: 4, text: /does not accept this name with this key/ });
  t.equal(alice.count('lost'), 0);
});

test('a server that says nothing is left after a minute', async (t) => {
  const scene = await Scene.open(t.testdir());
  t.teardown(() => scene.close());
  const clock = new ManualClock(Date.now());
  const [client, server] = duplexPair();
  const alice = await scene.actor('alice', { clock, dial: async () => client });
  alice.engine.start();
  await until('M1', () => server.readableLength > 0);
  clock.advance(59_999);
  await new Promise(setImmediate);
  t.equal(alice.count('closed'), 0);
  clock.advance(1);
  t.match(await alice.next('closed'), { status: 3, text: /did not answer the login in time/ });
  server.destroy();
});
