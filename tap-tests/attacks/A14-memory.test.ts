import { randomBytes } from 'node:crypto';
import t, { type Test } from 'tap';
import { privateIdentity } from '../../common/crypto/identity.js';
import { type Suite, suites } from '../../common/crypto/suite.js';
import { privateFolderOf } from '../../common/files/keys-folder.js';
import { readPrivateKey } from '../../common/files/private-key.js';
import { makeKeysFolder, PASSPHRASE } from '../support/authority.js';
import { KnowingRelay, serverOf } from '../support/knowing-relay.js';
import { searchMemory, unreadable } from '../support/memory.js';
import { Program } from '../support/program.js';

/** alice's client, a process of its own, in a chat with somebody who knows every secret that she has. */
async function inChat(t: Test, dir: string, suite: Suite, role: 'caller' | 'receiver') {
  const keys = await makeKeysFolder(dir, { users: ['alice'] });
  const relay = await KnowingRelay.start(await serverOf(keys));
  t.teardown(() => relay.close());
  const key = await readPrivateKey(privateFolderOf(keys, 'alice').key, async () => PASSPHRASE);
  const client = new Program(
    'client', ['127.0.0.1', String(relay.port), '--json', '--user', 'alice', '--keys', dir, '--suite', suite.name],
    { MESSAGEAPP_PASSPHRASE: PASSPHRASE },
  );
  t.teardown(() => client.stop());
  const alice = { username: 'alice', identity: privateIdentity(key).public };
  await relay.login(alice, suite);
  if (role === 'caller') {
    client.type({ do: 'chat', with: 'bob' });
    await relay.answer(alice, suite);
  } else {
    const calling = relay.call(alice, suite);
    await client.event('request');
    client.type({ do: 'accept', with: 'bob' });
    await calling;
  }
  await client.event('chat');
  return { relay, client };
}

/** The memory of a process that stands still meanwhile. The garbage collector is not asked to run before. */
function look(client: Program, values: ReadonlyMap<string, Buffer>): string[] {
  client.child.kill('SIGSTOP');
  try {
    return searchMemory(client.child.pid!, values);
  } finally {
    client.child.kill('SIGCONT');
  }
}

t.jobs = 4;

for (const suite of suites) {
  for (const role of ['caller', 'receiver'] as const) {
    const name = `A14: the memory of a client after five messages (${suite.name}, ${role})`;
    t.test(name, { skip: unreadable, buffered: true }, async (t) => {
      const { relay, client } = await inChat(t, t.testdir(), suite, role);
      for (let n = 1; n <= 5; n++) {
        relay.say(`text ${n} to alice`);
        t.match(await client.event('message'), { text: `text ${n} to alice` });
        client.type({ do: 'say', with: 'bob', text: `text ${n} to bob` });
        await relay.take(`text ${n} to bob`);
      }
      await relay.takeReceipt();
      relay.confirm();
      t.match(await client.event('delivered'), { id: '1' });

      const { live, gone } = relay.secrets();
      const stray = new Map([['a value that is nowhere', randomBytes(32)]]);
      const found = look(client, new Map([...live, ...gone, ...stray]));
      const lives = (place: string) => [...live.keys()].some((name) => place.startsWith(`${name},`));
      for (const name of live.keys()) {
        t.ok(found.some((place) => place.startsWith(`${name}, as it is`)), `it is there, and seen: ${name}`);
      }
      const some = ['login: K', 'login: PRK', 'chat: K', 'chat: PRK', 'to alice: chain 5', 'from alice: message key 5'];
      for (const name of some) t.ok(gone.has(name), `looked for: ${name}`);
      t.same(found.filter((place) => !lives(place)), [], 'and nothing else');

      client.type({ do: 'leave', with: 'bob' });
      await client.event('left');
      await relay.takeGoodbye();
      const after = relay.secrets();
      const ofChat = new Map([...after.live, ...after.gone].filter(([name]) => !name.startsWith('login: key')));
      t.ok(ofChat.size > gone.size);
      t.same(look(client, ofChat), [], 'after the chat all of it is gone');
    });
  }
}
