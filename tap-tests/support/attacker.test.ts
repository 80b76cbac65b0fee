import { test } from 'tap';
import { Conversation, readPubk, type } from './attacker/conversation.js';
import { login, tryLogin } from './attacker/login.js';
import { newPerson, personWith } from './attacker/primitives.js';
import { message } from './attacker/session.js';
import { FalseRelay } from './attacker/false-relay.js';
import { RSA, X25519 } from './attacker/suites.js';
import { good } from './certificate-maker.js';
import { TestServer } from './test-server.js';

// An attacker that cannot even be honest proves nothing: first it has to get through.

for (const [name, suite] of [['rsa', RSA], ['x25519', X25519]] as const) {
  test(`without faults the attacker logs in, calls and chats through the real relay: ${name}`, async (t) => {
    const server = await TestServer.start(t);
    const [at, people] = [server.address, { alice: server.person('alice'), bob: server.person('bob') }];
    const options = { suites: [suite], server: server.identity.public.spki };
    const alice = await login(at, 'alice', { ...options, person: people.alice });
    const bob = await login(at, 'bob', { ...options, person: people.bob });
    alice.say(message('chat', 'bob'));
    await bob.expect('reqt');
    bob.say(message('acpt', 'alice'));
    const [atAlice, atBob] = await Promise.all([
      alice.expect('pubk').then((each) => Conversation.begin(alice, readPubk(each), people.alice, { suites: [suite] })),
      bob.expect('pubk').then((each) => Conversation.begin(bob, readPubk(each), people.bob)),
    ]);
    atAlice.text('hello bob');
    t.equal((await atBob.expect(type.text)).content.toString(), 'hello bob');
    t.same((await atAlice.expect(type.receipt)).content, Buffer.from('01'.padEnd(32, '0'), 'hex'));
    atBob.say(type.goodbye, '');
    t.ok(await atAlice.expect(type.goodbye));
    alice.line.socket.destroy();
    bob.line.socket.destroy();
  });
}

test('a login with another key is refused', async (t) => {
  const server = await TestServer.start(t);
  const outcome = await tryLogin(server.address, 'alice', { person: server.person('bob') });
  t.match(outcome, { is: 'refused', code: 3 });
});

test('without faults the false relay is one that an attacker can log in to', async (t) => {
  const relay = await FalseRelay.open({ person: personWith(good.leafKeys.privateKey), certificates: [good.server()] });
  t.teardown(() => relay.close());
  const session = await login({ host: '127.0.0.1', port: relay.port }, 'alice', { person: newPerson() });
  session.say(message('chat', 'bob'));
  t.match(await relay.guest('alice')!.session.expect('chat'), { payload: Buffer.from('bob') });
});
