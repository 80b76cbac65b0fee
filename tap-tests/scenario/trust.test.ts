import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { TrustStore } from '../../client/engine/trust-store.js';
import { entryPath, privateFolderOf } from '../../common/files/keys-folder.js';
import { makeKeysFolder } from '../support/authority.js';
import { connect, Scene } from '../support/scene.js';

test('first use is pinned, known the next time, and compared once the person says so', async (t) => {
  const scene = await Scene.open(t.testdir());
  t.teardown(() => scene.close());
  const file = join(scene.keys.root, 'known-keys.json');
  const [alice, bob] = await scene.chat('alice', 'bob', { trust: await TrustStore.open(file) });
  t.match(alice.events.findLast(({ event }) => event === 'chat'), { trust: 'first-use', compared: false });
  alice.do({ do: 'compared', with: 'bob' });
  t.match(await alice.next('safety-number'), { trust: 'first-use', compared: true });
  bob.do({ do: 'verify', with: 'alice' });
  const { number } = await bob.next('safety-number');
  alice.do({ do: 'leave', with: 'bob' });
  await bob.next('left');
  alice.do({ do: 'exit' });
  await alice.next('closed');

  const again = await scene.logIn('alice', { trust: await TrustStore.open(file) });
  await connect(again, bob);
  t.match(again.events.findLast(({ event }) => event === 'chat'), { trust: 'known', compared: true, safetyNumber: number });
});

test('certificates make a stranger certified', async (t) => {
  const scene = await Scene.open(t.testdir(), { enrol: 'certificate' });
  t.teardown(() => scene.close());
  const [alice, bob] = await scene.chat();
  for (const actor of [alice, bob]) t.match(actor.events.findLast(({ event }) => event === 'chat'), { trust: 'certified' }, actor.name);
});

test('a changed key stops everything until its new number is approved', async (t) => {
  const scene = await Scene.open(t.testdir());
  t.teardown(() => scene.close());
  const [alice, bob] = await scene.chat();
  bob.do({ do: 'exit' });
  await bob.next('closed');
  await alice.next('left');

  const pinned = alice.trust.find('127.0.0.1', 'bob')?.fingerprint;
  await rm(entryPath(scene.keys.users, 'bob'));
  await rm(privateFolderOf(scene.keys, 'bob').folder, { recursive: true });
  await makeKeysFolder(scene.keys.root, { users: ['bob'] });
  await scene.server.reload();
  const newBob = await scene.logIn('bob');

  newBob.do({ do: 'chat', with: 'alice' });
  await alice.next('request');
  alice.do({ do: 'accept', with: 'bob' });
  const changed = await alice.next('key-changed');
  t.not(changed.old, changed.new);
  await alice.next('left', ({ reason }) => reason === 'tampered');
  await newBob.next('left');
  t.equal(alice.trust.find('127.0.0.1', 'bob')?.fingerprint, pinned, 'the old pin is kept');
  alice.do({ do: 'say', with: 'bob', text: 'must not go' });
  t.match(await alice.next('error'), { code: 'no-conversation' });

  alice.do({ do: 'trust', with: 'bob', number: changed.old });
  t.match(await alice.next('error'), { code: 'wrong-number' });
  t.equal(alice.trust.find('127.0.0.1', 'bob')?.fingerprint, pinned);
  alice.do({ do: 'trust', with: 'bob', number: changed.new });
  t.match(await alice.next('trusted'), { with: 'bob' });
  await connect(newBob, alice);
  t.match(alice.events.findLast(({ event }) => event === 'chat'), { trust: 'known', safetyNumber: changed.new });
  t.notOk(newBob.events.some((event) => event.event === 'message'));
});
