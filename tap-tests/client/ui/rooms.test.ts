import { join } from 'node:path';
import { test } from 'tap';
import { makeKeysFolder, PASSPHRASE } from '../../support/authority.js';
import { Program } from '../../support/program.js';

test('a room with two faces: alice at a terminal, bob a program', async (t) => {
  const dir = t.testdir();
  await makeKeysFolder(dir, { users: ['alice', 'bob'] });
  const server = new Program('server', ['0', '--keys', dir, '--log', 'json', '--pool', '1']);
  t.teardown(() => server.stop());
  const { port } = await server.event('listening');
  const client = (user: string, ...options: string[]) => {
    const pins = join(dir, `${user}.json`);
    const at = ['127.0.0.1', String(port), '--user', user, '--keys', dir, '--known-keys', pins, '--suite', 'x25519'];
    const program = new Program('client', [...at, ...options], { MESSAGEAPP_PASSPHRASE: PASSPHRASE });
    t.teardown(() => program.stop());
    return program;
  };
  const [alice, bob] = [client('alice'), client('bob', '--json')];
  await bob.event('ready');
  bob.type({ do: 'certificate', with: 'alice' });
  t.match(await bob.event('certificate'), { with: 'alice', trust: 'first-use', compared: false });
  // In the script, what is for the room waits for it.
  alice.type('cert bob', 'join kitchen', '/invite bob');
  t.match(await bob.event('invited'), { room: 'kitchen', with: 'alice' });
  bob.type({ do: 'join', room: 'kitchen' });
  t.match(await bob.event('joined'), { room: 'kitchen', made: false });
  const { number } = await bob.event('secured');
  await alice.says(new RegExp(`shared by 2: alice, bob\\.\n.*${number as string}`));
  alice.type('hello, all');
  t.match(await bob.event('message'), { room: 'kitchen', with: 'alice', text: 'hello, all' });
  bob.type({ do: 'say', room: 'kitchen', text: 'two\nlines\x1b[2J', id: 'one' });
  await alice.says(/bob: two\n {6}\| lines\\u\{1b\}\[2J\n/);
  bob.type({ do: 'members', room: 'kitchen' });
  t.match((await bob.event('members'))['members'], [{ name: 'alice', admin: true }, { name: 'bob', admin: false }]);
  alice.type('/members');
  await alice.says(/2 members of kitchen, epoch 1:\n +alice {2}admin {2}here {2}secured {2}you.*\n +bob +here/);
  bob.type({ do: 'remove', room: 'kitchen', with: 'alice' });
  t.match(await bob.event('error'), { room: 'kitchen' }, 'bob is no admin');
  await bob.event('delivered');
  alice.type('/remove bob');
  t.match(await bob.event('left'), { room: 'kitchen', reason: 'removed', by: 'alice', unsent: [], unconfirmed: [] });
  alice.type('/leave', 'exitx');
  bob.type({ do: 'exit' });
  t.same([await alice.ended(), await bob.ended()], [0, 0]);
  t.match(alice.out, /What the relay has for bob[^]*You have removed bob[^]*You have left kitchen\.\n/);
  t.equal(alice.error + bob.error, '');
});
