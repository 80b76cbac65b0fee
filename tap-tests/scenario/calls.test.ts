import { test } from 'tap';
import { connect, Scene } from '../support/scene.js';
import { until } from '../support/until.js';

test('refused, cancelled, unknown, oneself, answered twice', async (t) => {
  const scene = await Scene.open(t.testdir());
  t.teardown(() => scene.close());
  const [alice, bob] = [await scene.logIn('alice'), await scene.logIn('bob')];

  alice.do({ do: 'chat', with: 'nobody' });
  t.match(await alice.next('error'), { code: 'not-online', with: 'nobody' });
  alice.do({ do: 'chat', with: 'alice' });
  t.match(await alice.next('error'), { code: 'oneself' });
  alice.do({ do: 'chat', with: 'not.a.name' });
  t.match(await alice.next('error'), { code: 'bad-name' });
  alice.do({ do: 'accept', with: 'bob' });
  t.match(await alice.next('error'), { code: 'no-request' });
  alice.do({ do: 'say', with: 'bob', text: 'to nobody', id: '7' });
  t.match(await alice.next('error'), { code: 'no-conversation', id: '7' });

  alice.do({ do: 'chat', with: 'bob' });
  await alice.next('calling');
  await bob.next('request');
  alice.do({ do: 'cancel', with: 'bob' });
  await alice.next('cancelled');
  await bob.next('cancelled');
  bob.do({ do: 'accept', with: 'alice' });
  t.match(await bob.next('error'), { code: 'no-request' });

  bob.do({ do: 'chat', with: 'alice' });
  await alice.next('request');
  alice.do({ do: 'refuse', with: 'bob' });
  t.match(await bob.next('refused'), { with: 'alice' });
  alice.do({ do: 'refuse', with: 'bob' });
  t.match(await alice.next('error'), { code: 'no-request' }, 'answered twice');
  bob.do({ do: 'chat', with: 'alice' });
  t.match(await bob.next('error'), { code: 'limit' }, 'a refused caller has to wait');
});

test('both call at once: the second learns it, and accepts', async (t) => {
  const scene = await Scene.open(t.testdir());
  t.teardown(() => scene.close());
  const [alice, bob] = [await scene.logIn('alice'), await scene.logIn('bob')];
  alice.do({ do: 'chat', with: 'bob' });
  bob.do({ do: 'chat', with: 'alice' });
  await until('one is told', () => alice.count('error') + bob.count('error') > 0);
  const late = alice.count('error') > 0 ? alice : bob;
  const early = late === alice ? bob : alice;
  late.do({ do: 'accept', with: early.name });
  await early.next('chat');
  await late.next('chat');
  t.pass('they talk');
});

test('several chats at once stay apart', async (t) => {
  const scene = await Scene.open(t.testdir(), { users: ['alice', 'bob', 'user3'] });
  t.teardown(() => scene.close());
  const [alice, bob, third] = [await scene.logIn('alice'), await scene.logIn('bob'), await scene.logIn('user3')];
  await connect(alice, bob);
  await connect(third, alice);
  alice.do({ do: 'say', with: 'bob', text: 'for bob' });
  alice.do({ do: 'say', with: 'user3', text: 'for the third' });
  t.match(await bob.next('message'), { text: 'for bob' });
  t.match(await third.next('message'), { text: 'for the third' });
  t.equal(bob.count('message') + third.count('message'), 2);
});

test('a paste of 50 texts arrives whole and in order, paced to the server', async (t) => {
  const scene = await Scene.open(t.testdir(), { server: { limits: { rateMessages: 10, rateWindowMs: 200 } } });
  t.teardown(() => scene.close());
  const [alice, bob] = await scene.chat();
  for (let n = 1; n <= 50; n++) alice.do({ do: 'say', with: 'bob', text: `line ${n}` });
  for (let n = 1; n <= 50; n++) t.match(await bob.next('message'), { text: `line ${n}` });
  await alice.next('delivered', ({ id }) => id === '50');
  t.equal(alice.count('lost'), 0, 'nobody was cut');
});

test('who calls and withdraws again and again has to wait', async (t) => {
  const scene = await Scene.open(t.testdir());
  t.teardown(() => scene.close());
  const [alice, bob] = [await scene.logIn('alice'), await scene.logIn('bob')];
  for (let call = 1; call <= 3; call++) {
    alice.do({ do: 'chat', with: 'bob' });
    await bob.next('request');
    alice.do({ do: 'cancel', with: 'bob' });
    await bob.next('cancelled');
  }
  alice.do({ do: 'chat', with: 'bob' });
  t.match(await alice.next('error'), { code: 'limit', with: 'bob' });
  bob.do({ do: 'chat', with: 'alice' });
  t.match(await alice.next('request'), { with: 'bob' }, 'the other may call');
});
