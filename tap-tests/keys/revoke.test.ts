import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { revokedPath } from '../../common/files/keys-folder.js';
import { main } from '../../keys/main.js';
import { revokedIn, usersIn } from '../../keys/revoked.js';
import { makeKeysFolder, passphraseFile, testIo } from '../support/authority.js';
import { writeSignedRevoked } from '../support/signed-revoked.js';

const page = async (...args: string[]) => {
  const io = testIo({});
  const fault = await main(args, io).then(() => undefined, (problem: unknown) => problem);
  return { text: io.printed.join('\n'), fault };
};

test("it takes the authority's key, and changes nothing without", async (t) => {
  const dir = t.testdir();
  const keys = await makeKeysFolder(dir);
  const before = readdirSync(keys.users);
  for (const [env, code] of [
    [{}, 'no-passphrase'], [{ MESSAGEAPP_PASSPHRASE: 'a wrong passphrase' }, 'wrong-passphrase'],
    [{ MESSAGEAPP_AUTHORITY_PASSPHRASE: 'a wrong passphrase' }, 'wrong-passphrase'],
  ] as const) {
    await t.rejects(main(['revoke', 'bob', '--keys', dir], testIo(env)), { code });
  }
  t.same(readdirSync(keys.users), before);
  const file = await passphraseFile(dir);
  for (const [name, option] of [['alice', '--passphrase-file'], ['bob', '--authority-passphrase-file']] as const) {
    t.equal(await main(['revoke', name, option, file, '--keys', dir], testIo({})), 0);
  }
  t.match(await revokedIn(keys), { number: 2, list: [{ username: 'alice' }, { username: 'bob' }] });
  t.same(readdirSync(keys.users), ['revoked']);
  await rename(keys.authority.folder, join(dir, 'away'));
  const message = /certificate .* does not exist.*node keys init/;
  await t.rejects(main(['revoke', 'carl', '--force', '--keys', dir], testIo()), { code: 'no-key', message });
  t.match(await revokedIn(keys), { number: 2 }, "the server's copy of the certificate is enough to read it");
});

test('several at the same time: none is lost', async (t) => {
  const keys = await makeKeysFolder(t.testdir(), { users: ['alice'] });
  const names = Array.from({ length: 6 }, (_, at) => `user${at}`);
  const revoke = (name: string) => main(['revoke', name, '--force', '--keys', keys.root], testIo());
  await Promise.all([...names, 'alice'].map(revoke));
  const { revoked: { number, names: revoked }, users } = await usersIn(keys);
  t.same([number, [...revoked].sort(), users.size], [7, ['alice', ...names], 0]);
  await Promise.allSettled([revoke('user7'), revoke('user7')]);
  t.equal((await revokedIn(keys)).number, 8, 'one who is revoked twice at the same time has one line');
  t.same(readdirSync(keys.users), ['revoked']);
});

test('a list that is not signed stops whoever would believe it, and is shown as such', async (t) => {
  const dir = t.testdir();
  const keys = await makeKeysFolder(dir);
  const path = revokedPath(keys.users);
  await writeSignedRevoked(keys, 1, [{ username: 'carl', fingerprint: undefined }]);
  const good = await page('list', '--keys', dir);
  t.same(good.fault, undefined);
  t.match(good.text, /carl {14}revoked 2026-01-01 [^]*The list of those revoked is number 1; the authority's signature fits\./);
  t.match((await page('show', 'carl', '--keys', dir)).text, /carl was revoked on 2026-01-01 \(in a list that the authority has signed\)/);
  await appendFile(path, 'x');
  const message = /is cut short\. Copy it again .*node keys revoke --sign/;
  const bad = await page('show', '--keys', dir);
  t.match(bad.fault, { code: 'bad-file', message });
  t.match(bad.text, /alice .*\n.*bob .*\nprivate/, 'all else is shown');
  for (const args of [
    ['show', 'carl'], ['show', 'alice'], ['user', 'dora'], ['revoke', 'bob'], ['export'],
    ['enrol', 'dora', join(keys.users, 'bob.pem')],
  ]) {
    await t.rejects(main([...args, '--keys', dir], testIo()), { code: 'bad-file', message }, args.join(' '));
  }
  t.ok(existsSync(join(keys.users, 'bob.pem')));
});

test('--sign: what a person has looked at', async (t) => {
  const dir = t.testdir();
  const keys = await makeKeysFolder(dir);
  const path = revokedPath(keys.users);
  await writeFile(path, 'carl - 2026-01-02\n');
  const io = testIo();
  t.equal(await main(['revoke', '--sign', '--keys', dir], io), 0);
  t.match(io.printed.join('\n'), /To be signed as it stands, 1 revoked:\n {2}carl - 2026-01-02\nThe list is signed, and has the number 1\./);
  t.match(await revokedIn(keys), { number: 1, list: [{ username: 'carl' }] });
  await writeFile(path, (await readFile(path, 'latin1')).replace('carl', 'dora'));
  await main(['revoke', '--sign', '--keys', dir], testIo());
  t.match(await revokedIn(keys), { number: 2, list: [{ username: 'dora' }] });
  for (const args of [[], ['bob', '--sign']]) {
    await t.rejects(main(['revoke', ...args, '--keys', dir], testIo()), { code: 'bad-argument', message: /Say whom/ });
  }
  await rm(path);
  t.same((await revokedIn(keys)).list, []);
});
