import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { main } from '../../keys/main.js';
import { PASSPHRASE, passphraseFile, testIo } from '../support/authority.js';
import { Program } from '../support/program.js';
import { Scene } from '../support/scene.js';

const PASSWORD = 'several words are good';
const withPassword = () => testIo({ MESSAGEAPP_PASSWORD: PASSWORD });

test('alice has a password, bob has none; a lost connection asks nobody again', async (t) => {
  const dir = t.testdir();
  const scene = await Scene.open(dir);
  t.teardown(() => scene.close());
  await main(['passwd', 'alice', '--keys', dir], withPassword());
  await scene.server.reload();
  let asked = 0;
  const password = async () => {
    asked++;
    return PASSWORD;
  };
  const [alice, bob] = await scene.chat('alice', 'bob', { password });
  await scene.restart();
  await alice.next('lost');
  await alice.next('ready');
  await bob.next('ready');
  await alice.next('chat');
  alice.do({ do: 'say', with: 'bob', text: 'again' });
  t.match(await bob.next('message'), { text: 'again' });
  t.equal(asked, 1);
});

test('what a person is told is the same for a wrong key and a wrong password', async (t) => {
  const dir = t.testdir();
  const scene = await Scene.open(dir, { users: ['alice', 'bob'] });
  t.teardown(() => scene.close());
  await main(['passwd', 'alice', '--keys', dir], withPassword());
  await scene.server.reload();
  const text = async (name: string, password?: () => Promise<string>) => {
    const actor = await scene.actor(name, password ? { password } : {});
    actor.engine.start();
    return actor.next('closed');
  };
  const wrong = await text('alice', async () => 'wrong');
  await main(['revoke', 'bob', '--keys', dir], testIo());
  await scene.server.reload();
  t.same(wrong, await text('bob'));
  t.match(wrong, { status: 4 });
  let asked = 0;
  const person = async () => (asked++ === 0 ? 'wrong' : PASSWORD);
  const alice = await scene.actor('alice', { password: person, passwordTries: 2 });
  alice.engine.start();
  t.match(await alice.next('wrong-password'), { text: wrong.text, retry: 1_000 });
  await alice.next('ready');
  t.equal(asked, 2);
  t.match(await text('alice'), { status: 4, text: /asks for a password, and there is none/ });
  t.match(await text('alice', async () => 'x'.repeat(201)), { status: 4, text: /1 to 200 bytes/ });
});

test('who types for too long is asked once all the same', async (t) => {
  const dir = t.testdir();
  const scene = await Scene.open(dir, { server: { limits: { passwordMs: 100 } } });
  t.teardown(() => scene.close());
  await main(['passwd', 'alice', '--keys', dir], withPassword());
  await scene.restart();
  let asked = 0;
  const alice = await scene.actor('alice', {
    password: async () => {
      asked++;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return PASSWORD;
    },
  });
  alice.engine.start();
  await alice.next('ready');
  t.equal(asked, 1);
});

test('the programs', async (t) => {
  const dir = t.testdir();
  const keys = join(dir, 'keys');
  await main(['user', 'alice', '--keys', keys], testIo());
  const set = new Program('keys', ['passwd', 'alice', '--keys', keys], { MESSAGEAPP_PASSWORD: PASSWORD });
  t.equal(await set.ended(), 0, set.error);
  t.match(set.out, /alice has a password beside the key/);
  const server = new Program('server', ['0', '--keys', keys, '--log', 'json', '--pool', '1']);
  t.teardown(() => server.stop());
  const { port } = await server.event('listening');
  const own = ['--keys', keys, '--user', 'alice', '--passphrase-file', await passphraseFile(dir), '--json'];
  const file = join(dir, 'password');
  await writeFile(file, `${PASSWORD}\n`, { mode: 0o600 });
  for (const [given, env] of [[['--password-file', file], {}], [[], { MESSAGEAPP_PASSWORD: PASSWORD }]] as const) {
    const client = new Program('client', ['127.0.0.1', String(port), ...own, ...given], env);
    client.type({ do: 'exit' });
    await client.event('ready');
    t.equal(await client.ended(), 0);
  }
  const without = new Program('client', ['127.0.0.1', String(port), ...own]);
  t.match(await without.event('closed'), { status: 4, text: /--password-file FILE/ });
  await writeFile(join(keys, 'users', 'alice.password'), 'scrypt 131072 8 1 damaged');
  server.child.kill('SIGHUP');
  t.match(await server.event('problem'), { detail: /^alice cannot log in/ });
  const removed = new Program('keys', ['passwd', 'alice', '--remove', '--keys', keys]);
  t.equal(await removed.ended(), 0);
  t.same(await readdir(join(keys, 'users')), ['.lock', 'alice.pem']);
  await main(['passwd', 'alice', '--keys', keys], withPassword());
  await main(['revoke', 'alice', '--keys', keys], testIo());
  t.same(await readdir(join(keys, 'users')), ['.lock', 'revoked'], 'the password goes with its user');
});

test('what cannot be set', async (t) => {
  const dir = t.testdir();
  await main(['user', 'alice', '--keys', dir], testIo({ MESSAGEAPP_PASSPHRASE: PASSPHRASE }));
  const short = { MESSAGEAPP_PASSWORD: 'abcd' };
  const passwd = (...args: string[]) => main(['passwd', ...args, '--keys', dir], testIo(short));
  await t.rejects(passwd('bob'), { code: 'no-key' });
  await t.rejects(passwd('../bob'), { code: 'bad-name' });
  await t.rejects(passwd('alice', '--remove'), { code: 'no-key' });
  await t.rejects(passwd('alice'), { code: 'no-passphrase', message: /too short/ });
  const unasked = main(['passwd', 'alice', '--keys', dir], testIo({}));
  await t.rejects(unasked, { code: 'no-passphrase', message: /--password-file/ });
});
