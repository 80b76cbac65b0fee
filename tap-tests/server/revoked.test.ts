import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { revokedPath } from '../../common/files/keys-folder.js';
import { main } from '../../keys/main.js';
import { makeKeysFolder, testIo } from '../support/authority.js';
import { Program } from '../support/program.js';
import { moduleFile } from '../support/root.js';

const revoke = (dir: string, name: string) => main(['revoke', name, '--force', '--keys', dir], testIo());

test('the list of those revoked, over SIGHUPs and a new start', async (t) => {
  const dir = t.testdir({ keys: {}, others: {} });
  const keys = await makeKeysFolder(join(dir, 'keys'), { users: ['alice'] });
  const others = await makeKeysFolder(join(dir, 'others'), { users: [] });
  await main(['init', '--keys', others.root], testIo());
  const path = revokedPath(keys.users);
  const start = () => {
    const server = new Program(moduleFile('server/start'), ['0', '--keys', keys.root, '--log', 'json', '--pool', '1']);
    t.teardown(() => server.stop());
    return server;
  };
  const server = start();
  t.match(await server.event('users'), { enrolled: 1, revoked: 0 });

  /** What is said when the list is read again. */
  const reread = async () => {
    server.child.kill('SIGHUP');
    await server.event('reloaded');
    return server.event('users');
  };
  for (const name of ['user3', 'user4', 'user5']) {
    await revoke(keys.root, name);
    await copyFile(path, join(dir, name));
  }
  t.match(await reread(), { revoked: 3 });
  for (const name of ['user3', 'user4', 'user5']) await revoke(others.root, name);
  const third = await readFile(join(dir, 'user5'), 'latin1');
  for (const [what, text, why] of [
    ['an older one', await readFile(join(dir, 'user4'), 'latin1'), /is an old one, number 2\. .*goes on: number 3, 3 revoked/],
    ['altered', third.replace('user4', 'user9'), /was altered, or is not signed by this authority/],
    ['cut short', third.slice(0, -10), /is cut short/], ['not signed', 'user3 - 2026-01-01\n', /nobody has signed it/],
    ["another authority's", await readFile(revokedPath(others.users), 'latin1'), /not signed by this authority/],
    ['gone', undefined, /is gone/],
  ] as const) {
    await (text === undefined ? rm(path) : writeFile(path, text));
    t.match(await reread(), { revoked: 3 }, what);
    t.match(await server.event('problem'), { detail: why }, what);
  }
  await copyFile(join(dir, 'user5'), path);
  await revoke(keys.root, 'user6');
  t.match(await reread(), { revoked: 4 });
  server.child.kill('SIGTERM');
  await server.ended();

  for (const [what, text] of [['altered', third.replace('user4', 'user9')], ['cut short', third.slice(0, -10)]] as const) {
    await writeFile(path, text);
    const none = start();
    t.equal(await none.ended(), 2, what);
    t.match(none.error, /^messageapp: The list of revoked users [^\n]+ node keys revoke --sign\n$/, what);
    t.equal(none.out, '');
  }
  await writeFile(path, '');
  const again = start();
  t.match(await again.event('users'), { revoked: 0 }, 'an empty list is nobody');
});
