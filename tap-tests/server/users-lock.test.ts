import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'tap';
import { main } from '../../keys/main.js';
import { lockUsers } from '../../server/users-lock.js';
import { testIo } from '../support/authority.js';
import { Program } from '../support/program.js';
import { moduleFile } from '../support/root.js';

test('the second one is told, whatever the two do', async (t) => {
  const users = t.testdir();
  const unlock = await lockUsers(users, false);
  for (const enrols of [true, false]) {
    await t.rejects(lockUsers(users, enrols), { code: 'not-now', message: /^Another server \(process \d+\) has the users in / });
  }
  await unlock();
  t.same(await readdir(users), []);
});

test('where there is no folder, whoever reads it says so', async (t) => {
  const none = join(t.testdir(), 'none');
  await (await lockUsers(none, false))();
  await t.rejects(lockUsers(none, true), { code: 'ENOENT' });
});

test('two servers on one folder: the second ends, also if it would only read; one after a kill does not', async (t) => {
  const keys = t.testdir();
  await main(['user', 'alice', '--keys', keys], testIo());
  const start = (...args: string[]) => {
    const server = new Program(moduleFile('server/start'), ['0', '--keys', keys, '--log', 'json', '--pool', '1', ...args]);
    t.teardown(() => server.stop());
    return server;
  };
  const one = start();
  await one.event('listening');
  for (const two of [start('--registration', 'invite'), start()]) {
    t.equal(await two.ended(), 1);
    t.match(two.error, /^messageapp: Another server \(process \d+\) has the users in [^\n]+--users\.\n$/);
  }
  t.same((await readdir(join(keys, 'users'))).sort(), ['.lock', 'alice.pem'], 'and takes no lock away with it');
  one.child.kill('SIGKILL');
  await one.ended();
  const next = start();
  // Whoever is served is served by one that hears signals.
  const socket = connect((await next.event('listening'))['port'] as number, '127.0.0.1').on('error', () => undefined);
  await next.event('connected');
  socket.destroy();
  next.child.kill('SIGTERM');
  t.equal(await next.ended(), 0);
  t.same(await readdir(join(keys, 'users')), ['alice.pem']);
});

test('what the keys are, on one page', async (t) => {
  const keys = t.testdir();
  for (const name of ['alice', 'bob']) await main(['user', name, '--keys', keys], testIo());
  const path = join(keys, 'users', 'alice.pem');
  await writeFile(path, `e-mail       al\u001b[2Jice@example.org\n${await readFile(path, 'utf8')}`);
  await main(['passwd', 'alice', '--keys', keys], testIo({ MESSAGEAPP_PASSWORD: 'several words' }));
  const page = testIo();
  await main(['export', '--keys', keys], page);
  const text = page.printed.join('\n');
  t.equal(text.match(/BEGIN PUBLIC KEY/g)?.length, 2);
  t.match(text, /^name {9}alice\n/m);
  t.notMatch(text, /PRIVATE|scrypt|example\.org/);
  const shown = testIo();
  await main(['show', 'alice', '--keys', keys], shown);
  t.ok(shown.printed.some((line) => /e-mail .*ice@example\.org/.test(line) && !line.includes('\u001b')));
  t.ok(shown.printed.some((line) => /has a password/.test(line)));
});
