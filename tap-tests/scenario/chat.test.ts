import { test } from 'tap';
import { rsaSuite, x25519Suite } from '../../common/crypto/suite.js';
import { Scene } from '../support/scene.js';

for (const suite of [rsaSuite, x25519Suite]) {
  test(`alice and bob log in, chat and leave (${suite.name})`, async (t) => {
    const scene = await Scene.open(t.testdir(), { type: suite === rsaSuite ? 'rsa' : 'ed25519' });
    t.teardown(() => scene.close());
    const [alice, bob] = await scene.chat('alice', 'bob', { suites: [suite], poolKeys: 1 });
    const [atAlice, atBob] = [alice, bob].map(({ events }) => events.find(({ event }) => event === 'chat'));
    t.match(atAlice, { with: 'bob', role: 'caller', trust: 'first-use', compared: false, suite: suite.name });
    t.match(atBob, { with: 'alice', role: 'receiver', trust: 'first-use', compared: false, suite: suite.name });
    t.equal((atAlice as { safetyNumber: string }).safetyNumber, (atBob as { safetyNumber: string }).safetyNumber);

    alice.do({ do: 'say', with: 'bob', text: 'hello', id: 'x' });
    t.match(await bob.next('message'), { with: 'alice', text: 'hello' });
    bob.do({ do: 'say', with: 'alice', text: 'hi there' });
    t.match(await alice.next('message'), { with: 'bob', text: 'hi there' });
    t.match(await alice.next('delivered'), { id: 'x' });

    alice.do({ do: 'list' });
    t.match(await alice.next('users'), { users: [{ name: 'bob', inChat: true }], more: false });

    alice.do({ do: 'leave', with: 'bob' });
    t.match(await bob.next('left'), { with: 'alice', reason: 'left', by: 'peer' });
    bob.do({ do: 'exit' });
    t.match(await bob.next('closed'), { status: 0 });
  });
}

test('a text that is not Unicode, or too long, is refused in a sentence, and the chat goes on', async (t) => {
  const scene = await Scene.open(t.testdir());
  t.teardown(() => scene.close());
  const [alice, bob] = await scene.chat();
  for (const [text, code] of [['half a pair: \ud83d', 'malformed'], ['x'.repeat(65_413), 'too-long']] as const) {
    alice.do({ do: 'say', with: 'bob', text, id: code });
    t.match(await alice.next('error'), { code, with: 'bob', id: code });
  }
  alice.do({ do: 'say', with: 'bob', text: 'x'.repeat(65_412) });
  t.equal((await bob.next('message')).text.length, 65_412);
  t.equal(bob.count('message'), 1);
});
