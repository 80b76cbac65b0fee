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
