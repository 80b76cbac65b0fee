import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { TrustStore } from '../../client/engine/trust-store.js';
import { checkNewName } from '../../common/files/enrolment.js';
import { nobodyRevoked } from '../../common/files/revoked-list.js';
import { main } from '../../keys/main.js';
import { makeKeysFolder, testIo } from '../support/authority.js';
import { authorityIn } from '../support/authority-key.js';
import { RawClient } from '../support/raw-client.js';
import { connect, Scene } from '../support/scene.js';
import { writeSignedRevoked } from '../support/signed-revoked.js';
import { atTerminal } from '../support/terminal-client.js';

/** Names that mean something to JavaScript, to this program or to the files that it makes; each is an ordinary user. */
const odd = [
  'MSGA', 'constructor', 'hasOwnProperty', 'toString', 'valueOf', 'isPrototypeOf', 'prototype', 'proto', 'length',
  'then', 'undefined', 'null', 'NaN', 'true', '0', '1e3', '0x10', 'a---------------', 'a-', 'revoked',
  'known-keys-json', 'key', 'ca', 'server', 'exit', 'IN-CHAT', 'me', 'all',
];

test('F3: look-alikes, and names that differ only in case, are refused, with a reason', async (t) => {
  const dir = t.testdir();
  await makeKeysFolder(dir, { users: ['alice', 'bob', 'O0-Il1'] });
  const before = readdirSync(dir, { recursive: true }).length;
  for (const [name, like] of [
    ['alice', 'alice'], ['Alice', 'alice'], ['ALICE', 'alice'], ['a1ice', 'alice'], ['aIice', 'alice'],
    ['AL1CE', 'alice'], ['allce', 'alice'], ['b0b', 'bob'], ['BoB', 'bob'], ['B0b', 'bob'], ['00-lll', 'O0-Il1'],
    ['oo-III', 'O0-Il1'],
  ] as const) {
    const why = `(?:already enrolled|${like}, which is enrolled)`;
    const message = new RegExp(`^The name ${name} .*${why}.* Choose another\\.$`);
    for (const [command, ...more] of [['user'], ['enrol', join(dir, 'users', 'alice.pem')]] as const) {
      const refused = main([command, name, ...more, '--keys', dir], testIo());
      await t.rejects(refused, { code: 'name-taken', message }, `${command} ${name} beside ${like}`);
    }
  }
  t.equal(readdirSync(dir, { recursive: true }).length, before, 'nothing was made');
  // Not alike: what a person sees is different.
  for (const name of ['alicia', 'a-lice', 'bobo', 'bab']) {
    t.doesNotThrow(() => checkNewName(name, ['alice', 'bob'], nobodyRevoked), name);
  }
});

test('F3b: names that are refused at enrolment, with a reason, and nothing made', async (t) => {
  const dir = t.testdir();
  await makeKeysFolder(dir, { users: ['alice'] });
  const before = readdirSync(dir, { recursive: true }).length;
  for (const name of ['CON', 'con', 'Nul', 'nul', 'prn', 'AUX', 'COM1', 'lpt9']) {
    const message = /stands for a device on Windows/;
    await t.rejects(main(['user', name, '--keys', dir], testIo()), { code: 'bad-name', message }, name);
  }
  // The sixth has a Cyrillic e.
  for (const name of [
    '__proto__', 'a.b', 'a b', '..', 'ä', 'alic\u0435', '../x', '', 'x'.repeat(17), 'a\0', 'a\n', '😀',
  ]) {
    const refused = main(['user', name, '--keys', dir], testIo());
    await t.rejects(refused, { code: 'bad-name', message: /is not a username/ }, JSON.stringify(name));
  }
  for (const name of ['-', '-rf', '--help', '-'.repeat(16), '--keys']) {
    t.throws(() => checkNewName(name, [], nobodyRevoked), { code: 'bad-name', message: /begins with a hyphen/ }, name);
    // In an argument they are options, or nothing.
    for (const args of [[name], ['--', name]]) {
      await main(['user', '--keys', dir, ...args], testIo()).catch(() => undefined);
    }
  }
  t.equal(readdirSync(dir, { recursive: true }).length, before);
});

test('F3b: a name that enrolment refuses, in a certificate that an authority made elsewhere', async (t) => {
  const dir = t.testdir();
  const scene = await Scene.open(dir, { users: ['alice'] });
  t.teardown(() => scene.close());
  const authority = await authorityIn(scene.keys);
  const alice = await scene.logIn('alice');
  const gone: { username: string; fingerprint: undefined }[] = [];
  for (const name of ['CON', 'nul', '-', '-rf', '--help', '-'.repeat(16)]) {
    const own = authority.user(name);
    const login = () => RawClient.login(scene.server, name, authority.server, own);
    const user = await login();
    alice.do({ do: 'list', prefix: name.slice(0, 1) });
    t.match(await alice.next('users'), { users: [{ name }] }, `${name} is logged in, and listed`);
    user.say('chat', { username: 'alice' });
    await alice.next('request', (event) => event.with === name);
    gone.push({ username: name, fingerprint: undefined });
    await writeSignedRevoked(scene.keys, gone.length, gone);
    await scene.server.reload();
    t.equal((await user.expect('erro')).code, 14, 'and revoked by a line in the list');
    await user.gone();
    await t.rejects(login(), { code: 3 });
  }
  t.same(readdirSync(scene.keys.users).sort(), ['alice.pem', 'revoked'], 'no file was made for any of them');
});

for (const name of ['constructor', 'hasOwnProperty', 'toString', '0']) {
  test(`F3b: ${name} at the other end of a terminal`, async (t) => {
    const { relay, keys, screen, shows, chat } = await atTerminal(t, { peer: name });
    await chat();
    relay.say('hello');
    await shows(new RegExp(`\\d\\d:\\d\\d ${name}: hello`));
    await keys.type('/switch -\r');
    await shows(/\[SERVER-COMMAND\]->$/);
    relay.say('unread');
    await shows(/\[SERVER-COMMAND \+1\]->$/);
    await keys.type(`/switch ${name}\rto you\r/verify\r`);
    await relay.take('to you');
    await shows(new RegExp(`The safety number with ${name}:`));
    t.notMatch(screen.text.join('\n'), /undefined|native code|\[object|went wrong/);
  });
}

test('F3b: an odd name is an ordinary user: made, listed, called, heard, pinned, revoked', async (t) => {
  const dir = t.testdir();
  const scene = await Scene.open(dir, { users: ['alice', ...odd] });
  t.teardown(() => scene.close());
  const trust = await TrustStore.open(join(dir, 'pins.json'));
  const alice = await scene.logIn('alice', { trust });
  const users = await Promise.all(odd.map((name) => scene.logIn(name)));
  alice.do({ do: 'list' });
  const listed = (await alice.next('users')).users.map(({ name }) => name);
  t.same(listed, [...odd].sort(), 'all are listed, in the order of their bytes');
  for (const user of users) {
    const { name } = user;
    await connect(alice, user);
    alice.do({ do: 'say', with: name, text: `to ${name}` });
    t.match(await user.next('message'), { with: 'alice', text: `to ${name}` });
    user.do({ do: 'say', with: 'alice', text: `from ${name}` });
    t.match(await alice.next('message', (event) => event.with === name), { text: `from ${name}` });
    alice.do({ do: 'compared', with: name });
    t.match(await alice.next('safety-number'), { with: name, compared: true });
  }
  const again = await TrustStore.open(join(dir, 'pins.json'));
  for (const name of odd) {
    t.match(again.find('127.0.0.1', name), { username: name, compared: true }, `${name} is pinned`);
  }
  for (const name of ['__proto__', 'toLocaleString', 'nobody']) t.equal(again.find('127.0.0.1', name), undefined);

  for (const name of odd) t.equal(await main(['revoke', name, '--keys', dir], testIo()), 0, `${name} is revoked`);
  await scene.server.reload();
  for (const user of users) {
    t.match(await user.next('closed'), { status: 4, text: /does not accept this name/ }, user.name);
  }
  for (const name of ['constructor', 'MSGA', '0']) {
    const back = await scene.actor(name);
    back.engine.start();
    t.match(await back.next('closed'), { status: 4 }, `${name} does not come back`);
    await t.rejects(main(['user', name, '--keys', dir], testIo()), { code: 'revoked' });
  }
  t.equal(alice.count('closed'), 0);
});
