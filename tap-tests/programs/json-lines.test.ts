import { test } from 'tap';
import { makeKeysFolder, PASSPHRASE, passphraseFile } from '../support/authority.js';
import { Program } from '../support/program.js';

test('two programs talk through JSON lines, from keys to goodbye', async (t) => {
  const folder = t.testdir();
  await makeKeysFolder(folder, { users: ['alice', 'bob'] });
  const file = await passphraseFile(folder);
  const server = new Program('server', ['0', '--keys', folder, '--log', 'json', '--pool', '2', '--hello', '20']);
  t.teardown(() => server.stop());
  const listening = await server.event('listening');
  t.same(Object.keys(listening).slice(0, 3), ['event', 'host', 'port']);
  const at = [String(listening['host']), String(listening['port']), '--json', '--keys', folder];
  const alice = new Program('client', [...at, '--user', 'alice', '--passphrase-file', file, '--suite', 'rsa']);
  const bob = new Program('client', [...at, '--user', 'bob', '--suite', 'x25519'], { MESSAGEAPP_PASSPHRASE: PASSPHRASE });
  t.teardown(() => [alice, bob].forEach((program) => program.stop()));

  t.match(await alice.event('ready'), {
    user: 'alice', fingerprint: /^[0-9a-f]{64}$/, suite: 'rsa', time: Number,
    server: { subject: /localhost/, fingerprint: /^[0-9a-f]{64}$/ },
  });
  t.match(await bob.event('ready'), { suite: 'x25519' });

  alice.type('this is no JSON', '{"do":"fly"}', { do: 'chat', with: 'a.b' }, { do: 'chat', with: 'x'.repeat(17) });
  for (const code of ['malformed', 'malformed', 'bad-name', 'bad-name']) t.match(await alice.event('error'), { code, text: String });

  alice.type({ do: 'list' });
  t.match(await alice.event('users'), { users: [{ name: 'bob', inChat: false }] });
  alice.type({ do: 'chat', with: 'bob' });
  t.match(await alice.event('calling'), { with: 'bob' });
  t.match(await bob.event('request'), { with: 'alice' });
  bob.type({ do: 'accept', with: 'alice' });
  const [atAlice, atBob] = [await alice.event('chat'), await bob.event('chat')];
  t.match(atAlice, { with: 'bob', role: 'caller', trust: 'first-use', compared: false, suite: 'rsa' });
  t.match(atBob, { role: 'receiver', safetyNumber: atAlice['safetyNumber'] as string });

  const text = 'schön \u001b[31m\u202e exactly as it is\nin two lines';
  alice.type({ do: 'say', with: 'bob', text, id: 'one' });
  t.match(await bob.event('message'), { with: 'alice', text, sent: Number });
  t.match(await alice.event('sent'), { id: 'one' });
  t.match(await alice.event('delivered'), { id: 'one' });
  bob.type({ do: 'verify', with: 'alice' }, { do: 'compared', with: 'alice' });
  t.match(await bob.event('safety-number'), { number: atAlice['safetyNumber'] as string, compared: false });
  t.match(await bob.event('safety-number'), { compared: true });

  bob.type({ do: 'leave', with: 'alice' });
  t.match(await alice.event('left'), { with: 'bob', reason: 'left' });
  alice.type({ do: 'exit' });
  t.equal(await alice.ended(), 0);
  bob.child.stdin!.end();
  t.equal(await bob.ended(), 0, 'the end of input leaves like exit');

  server.child.kill('SIGTERM');
  t.equal(await server.ended(), 0);
  t.notOk((server.out + server.error).includes('exactly as it is'));
});

test('the keys of a first meeting are there the next time', async (t) => {
  const folder = t.testdir();
  await makeKeysFolder(folder);
  const server = new Program('server', ['0', '--keys', folder, '--log', 'json', '--pool', '1']);
  t.teardown(() => server.stop());
  const { port } = await server.event('listening');
  for (const trust of ['first-use', 'known']) {
    const [alice, bob] = ['alice', 'bob'].map((user) => new Program(
      'client', ['127.0.0.1', String(port), '--json', '--keys', folder, '--user', user, '--suite', 'x25519'], { MESSAGEAPP_PASSPHRASE: PASSPHRASE },
    )) as [Program, Program];
    t.teardown(() => [alice, bob].forEach((program) => program.stop()));
    await Promise.all([alice.event('ready'), bob.event('ready')]);
    alice.type({ do: 'chat', with: 'bob' });
    await bob.event('request');
    bob.type({ do: 'accept', with: 'alice' });
    t.match(await alice.event('chat'), { trust });
    t.match(await bob.event('chat'), { trust });
    for (const program of [alice, bob]) program.type({ do: 'exit' });
    for (const program of [alice, bob]) t.equal(await program.ended(), 0);
  }
});
