import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { main } from '../../keys/main.js';
import { lockUsers } from '../../server/users-lock.js';
import { testIo } from '../support/authority.js';
import { Program } from '../support/program.js';

test('one has it, until it is given back', async (t) => {
  const users = t.testdir();
  const unlock = await lockUsers(users);
  t.equal(await readFile(join(users, '.lock'), 'latin1'), `${process.pid}\n`);
  await t.rejects(lockUsers(users), { code: 'not-now', message: /Another server \(process \d+\)/ });
  await unlock();
  t.same(await readdir(users), []);
});

test('that of a process which is gone, or no process at all', async (t) => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  for (const content of [`${pid}\n`, '', 'nonsense', '-1\n', '0', '1e9']) {
    const users = t.testdir({ '.lock': content });
    await (await lockUsers(users))();
    t.same(await readdir(users), [], JSON.stringify(content));
  }
});

test('of several that find an old one, one gets it', async (t) => {
  const users = t.testdir({ '.lock': '' });
  const all = await Promise.allSettled(Array.from({ length: 8 }, () => lockUsers(users)));
  t.equal(all.filter(({ status }) => status === 'fulfilled').length, 1);
  t.same(await readdir(users), ['.lock']);
});

test('two servers that register, and one that only reads', async (t) => {
  const keys = t.testdir();
  await main(['user', 'alice', '--keys', keys], testIo());
  const start = (...args: string[]) => new Program('server', ['0', '--keys', keys, '--log', 'json', '--pool', '1', ...args]);
  const one = start('--registration', 'open');
  t.teardown(() => one.stop());
  await one.event('listening');
  const two = start('--registration', 'invite');
  t.teardown(() => two.stop());
  t.equal(await two.ended(), 1);
  t.match(two.error, /Another server \(process \d+\) takes registrations/);
  const reader = start();
  t.teardown(() => reader.stop());
  await reader.event('listening');
  one.child.kill('SIGTERM');
  t.equal(await one.ended(), 0);
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
