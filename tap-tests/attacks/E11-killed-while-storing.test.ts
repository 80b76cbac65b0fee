import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test, type Test } from 'tap';
import { TrustStore } from '../../client/engine/trust-store.js';
import { privateIdentity } from '../../common/crypto/identity.js';
import { type KeysFolder, keysFolder, privateFolderOf } from '../../common/files/keys-folder.js';
import { readPrivateKey } from '../../common/files/private-key.js';
import type { Users } from '../../common/files/users-folder.js';
import { main } from '../../keys/main.js';
import { usersIn } from '../../keys/revoked.js';
import { type Material, readMaterial } from '../../server/library.js';
import { makeKeysFolder, PASSPHRASE, testIo } from '../support/authority.js';
import { ed25519, spkiOf } from '../support/certificate-maker.js';
import { killedAt } from '../support/fs-watch.js';
import { KilledRuns } from '../support/killed-runs.js';
import { Program } from '../support/program.js';
import { Scene } from '../support/scene.js';

const ask = async () => PASSPHRASE;

/** What a server reads of a folder of keys. Throws where something in it is half written. */
function material({ server: { chain, key, authority }, users }: KeysFolder): Promise<Material> {
  return readMaterial({ certificate: chain, privateKey: key, authority, users }, undefined);
}

/** A folder with alice in it, made once, and runs of `node keys …` on copies of it. */
async function runs(t: Test, users: readonly string[], args: readonly string[]) {
  const dir = t.testdir({ before: {}, runs: {} });
  const before = join(dir, 'before');
  const keys = await makeKeysFolder(before, { users });
  if (users.length === 0) mkdirSync(keys.users, { recursive: true });
  const all = new KilledRuns(join(dir, 'runs'), before, 'keys-run', (folder) => [...args, '--keys', folder]);
  return { keys, runs: all };
}

/** Left beside what was being written: hidden, and never more than one thing that a killed run had under its hands. */
function checkLeftBehind(t: Test, folder: string, how: string): void {
  const left = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(tmp|old)$/.test(path));
  const inside = (path: string) => left.some((other) => path !== other && path.startsWith(`${other}/`));
  t.ok(left.every((path) => basename(path).startsWith('.')), `${how}: ${left.join()}`);
  t.ok(left.filter((path) => !inside(path)).length <= 1, how);
}

async function fingerprintOf(keys: KeysFolder, name: string): Promise<Buffer> {
  return privateIdentity(await readPrivateKey(privateFolderOf(keys, name).key, ask)).public.fingerprint;
}

test('E11: a user is made', async (t) => {
  const { keys: before, runs: all } = await runs(t, ['alice'], ['user', 'bob']);
  const alice = await fingerprintOf(before, 'alice');
  let enrolled = 0;
  for (const { folder, said, how } of await all.each()) {
    const keys = keysFolder(folder);
    const { users, problems } = await material(keys) as Material & { users: Users };
    const alices = users.users.get('alice')!.identity.fingerprint;
    t.same([problems, alices], [[], alice], `${how}: what was there is there, and whole`);
    const own = privateFolderOf(keys, 'bob');
    const key = existsSync(own.key) ? await fingerprintOf(keys, 'bob') : undefined;
    const there = users.users.get('bob');
    t.ok(there || !said.includes('bob is enrolled'), `${how}: what was said is so`);
    checkLeftBehind(t, folder, how);

    if (there) enrolled++;
    const again = main(['user', 'bob', '--keys', folder], testIo());
    await (there ? t.rejects(again, { code: 'name-taken' }, how) : t.resolves(again, how));
    const after = (await usersIn(keys)).users.get('bob')!.identity.fingerprint;
    t.same(after, await fingerprintOf(keys, 'bob'), `${how}: the entry is that of the private key`);
    if (key) t.same(after, key, `${how}: a private key that was made is kept`);
  }
  t.ok(enrolled > 0, 'the last kills come behind the entry');
});

test('E11: a key is enrolled', async (t) => {
  const file = join(t.testdirName, 'public.pem');
  const { runs: all } = await runs(t, ['alice'], ['enrol', 'bob', file]);
  const { publicKey } = ed25519();
  writeFileSync(file, publicKey.export({ type: 'spki', format: 'pem' }));
  for (const { folder, said, how } of await all.each()) {
    const { users, problems } = await usersIn(keysFolder(folder));
    t.same([problems, users.has('alice')], [[], true], how);
    t.ok(users.has('bob') || !said.includes('enrolled'), `${how}: what was said is so`);
    checkLeftBehind(t, folder, how);
    const again = main(['enrol', 'bob', file, '--keys', folder], testIo());
    await (users.has('bob') ? t.rejects(again, { code: 'name-taken' }, how) : t.resolves(again, how));
    const after = (await usersIn(keysFolder(folder))).users.get('bob')!;
    t.same(after.identity.spki, spkiOf(publicKey), how);
  }
});

test('E11: a user is revoked, as the second one', async (t) => {
  const { keys: before, runs: all } = await runs(t, ['alice', 'bob', 'user3'], ['revoke', 'bob']);
  await main(['revoke', 'user3', '--keys', before.root], testIo());
  let listed = 0;
  for (const { folder, said, how } of await all.each(2)) {
    const keys = keysFolder(folder);
    const { users } = keys;
    const read = await usersIn(keys);
    t.ok(read.users.has('alice') && read.revokedNames.has('user3'), `${how}: what was there is there, and signed`);
    t.equal(read.users.has('bob'), !read.revokedNames.has('bob'), `${how}: in or out, and nothing between`);
    t.ok(!read.users.has('bob') || !said.includes('is revoked'), `${how}: what was said is so`);
    checkLeftBehind(t, folder, how);
    if (read.revokedNames.has('bob')) listed++;
    // Also where the run that was killed had the lock of the list.
    const again = main(['revoke', 'bob', '--keys', folder], testIo());
    await (existsSync(join(users, 'bob.pem')) ? t.resolves(again, how) : t.rejects(again, { code: 'revoked' }, how));
    const after = await usersIn(keys);
    const state = [[...after.users.keys()], [...after.revokedNames], after.revoked.number, after.problems];
    t.same(state, [['alice'], ['user3', 'bob'], 2, []], `${how}: then it is complete`);
  }
  t.ok(listed > 0, 'the last kills come behind the line');
});

test("E11: the server's pair is replaced", async (t) => {
  const { runs: all } = await runs(t, ['alice'], ['server', '--force']);
  let missing = 0;
  for (const { folder, said, how } of await all.each(6)) {
    const keys = keysFolder(folder);
    // Two renames: between them there is none, and a server says so.
    const there = existsSync(keys.server.folder);
    if (there) t.same((await material(keys)).problems, [], `${how}: a pair, never half of each`);
    else missing++;
    t.ok(there || !said.includes("The server's certificate"), `${how}: what was said is so`);
    t.equal(await main(['server', '--force', '--keys', folder], testIo()), 0, how);
    t.same((await material(keys)).problems, [], how);
  }
  t.ok(missing <= 1);
});

test('E11: everything is made, from nothing', async (t) => {
  const { runs: all } = await runs(t, [], ['user', 'alice', '--enrol', 'certificate']);
  for (const { folder, said, how } of await all.each(17)) {
    const keys = keysFolder(folder);
    if (said.includes('The authority "')) t.ok(await readPrivateKey(keys.authority.key, ask), `${how}: so it is there`);
    if (said.includes("The server's certificate")) t.ok(await material(keys), `${how}: so it is there`);
    const again = main(['user', 'alice', '--enrol', 'certificate', '--keys', folder], testIo());
    const there = existsSync(join(keys.users, 'alice.pem'));
    await (there ? t.rejects(again, { code: 'name-taken' }, how) : t.resolves(again, how));
    if (!existsSync(keys.server.folder)) {
      // The authority was made, and nothing behind it: a server says what is missing.
      const message = /server\.pem" does not exist\. Make one with: node keys server /;
      await t.rejects(material(keys), { code: 'bad-file', message }, how);
      await main(['server', '--keys', folder], testIo());
    }
    const { users, problems } = await material(keys) as Material & { users: Users };
    t.same([problems, [...users.users.keys()]], [[], ['alice']], how);
  }
  const left = readdirSync(all.temporary, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const secret = left.filter(({ path, name }) => readFileSync(join(path, name), 'latin1').includes('PRIVATE KEY'));
  t.same(secret, [], `none of the ${left.length} files that were left for openssl has a private key in it`);
});

test('E11: keys of others are pinned', async (t) => {
  const dir = t.testdir({ before: {}, runs: {} });
  const before = join(dir, 'before');
  const since = '2026-01-01T00:00:00.000Z';
  const pin = { server: 'localhost', username: 'alice', fingerprint: 'ab'.repeat(32), compared: true, since };
  await (await TrustStore.open(join(before, 'known-keys.json'))).put(pin);
  const names = ['bob', 'user3'];
  const args = (folder: string) => [join(folder, 'known-keys.json'), ...names];
  const all = new KilledRuns(join(dir, 'runs'), before, 'pins-run', args);
  for (const { folder, said, how } of await all.each()) {
    const path = join(folder, 'known-keys.json');
    const store = await TrustStore.open(path);
    t.same(store.find('localhost', 'alice'), pin, `${how}: what was there is there`);
    const confirmed = said.split('\n').slice(0, -1);
    for (const name of confirmed) t.ok(store.find('localhost', name), `${how}: ${name}, who was confirmed, is there`);
    checkLeftBehind(t, folder, how);
    await store.put({ ...pin, username: 'user4' });
    t.ok((await TrustStore.open(path)).find('localhost', 'user4'), `${how}: and it goes on`);
  }
});

test('E11: what was left aside does not accumulate', async (t) => {
  const dir = t.testdir({ before: {}, runs: {} });
  const before = join(dir, 'before');
  const path = (folder: string) => join(folder, 'known-keys.json');
  mkdirSync(before, { recursive: true });
  const all = new KilledRuns(join(dir, 'runs'), before, 'pins-run', (folder) => [path(folder), 'bob']);
  for (const { folder, how } of await all.each()) {
    const longAgo = Date.now() / 1000 - 7200;
    for (const name of readdirSync(folder)) utimesSync(join(folder, name), longAgo, longAgo);
    writeFileSync(join(folder, '.known-keys.json.0123456789ab.tmp'), 'of a program that is at work now');
    const pin = { server: 'localhost', username: 'user4', fingerprint: 'ab'.repeat(32), compared: true, since: '' };
    await (await TrustStore.open(path(folder))).put(pin);
    t.same(readdirSync(folder).sort(), ['.known-keys.json.0123456789ab.tmp', 'known-keys.json'], how);
  }
});

test('E11: a client dies while it pins the peer of its first chat', async (t) => {
  const dir = t.testdir();
  const names = ['user3', 'user4', 'user5'];
  const scene = await Scene.open(dir, { users: ['alice', ...names] });
  t.teardown(() => scene.close());
  const alice = await scene.logIn('alice');
  const client = (user: string, env: Record<string, string>) => {
    const at = ['127.0.0.1', String(scene.server.port), '--json', '--user', user, '--keys', dir, '--suite', 'x25519'];
    const program = new Program('client', at, { MESSAGEAPP_PASSPHRASE: PASSPHRASE, ...env });
    t.teardown(() => program.stop());
    return program;
  };
  const chat = async (user: string, program: Program) => {
    program.type({ do: 'chat', with: 'alice' });
    await alice.next('request', (event) => event.with === user);
    alice.do({ do: 'accept', with: user });
  };
  // The pin is written aside, renamed, and its folder flushed: half of the writing, before the renaming, behind it.
  for (const [user, n, half, trust] of [
    ['user3', 3, true, 'first-use'], ['user4', 5, false, 'first-use'], ['user5', 6, false, 'known'],
  ] as const) {
    const dying = client(user, killedAt(n, half));
    await chat(user, dying);
    await dying.ended();
    t.equal(dying.child.signalCode, 'SIGKILL');
    t.same(dying.events.map(({ event }) => event), ['ready', 'calling'], `${user}: no chat before the pin is stored`);
    await alice.next('left', (event) => 'with' in event && event.with === user);
    const living = client(user, {});
    await chat(user, living);
    t.match(await living.event('chat'), { with: 'alice', trust }, user);
    living.type({ do: 'exit' });
    t.equal(await living.ended(), 0);
    await alice.next('left', (event) => 'with' in event && event.with === user);
  }
});
