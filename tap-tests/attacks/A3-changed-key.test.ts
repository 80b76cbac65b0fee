import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { TrustStore } from '../../client/engine/trust-store.js';
import { type Conversation, type } from '../support/attacker/conversation.js';
import { pose } from '../support/attacker/middle.js';
import { fingerprintOf, newPerson, type Person } from '../support/attacker/primitives.js';
import { CorruptScene, told } from '../support/corrupt-scene.js';
import { type Actor, connect } from '../support/scene.js';

const realFingerprint = ({ board }: CorruptScene) => fingerprintOf(board.people.get('bob')!.spki).toString('hex');

/** alice has met bob, and her pins are in a file; from then on the relay has another key for him. */
async function met(t: Test) {
  const corrupt = await CorruptScene.open(t);
  const file = join(corrupt.scene.keys.root, 'known-keys.json');
  const bob = await corrupt.logIn('bob');
  const alice = await corrupt.logIn('alice', { trust: await TrustStore.open(file) });
  await connect(alice, bob);
  const pinned = await readFile(file, 'utf8');
  t.ok(pinned.includes(realFingerprint(corrupt)), 'the first key is pinned');
  alice.do({ do: 'leave', with: 'bob' });
  await bob.next('left');
  await corrupt.settled();
  corrupt.board.said.length = 0;
  return { corrupt, file, pinned, alice, bob };
}

/** Whoever accepts alice's next call, it is `other` who is handed out as bob, and answers as him. */
function replace({ relay, board }: CorruptScene, other: Person): Promise<Conversation> {
  return new Promise((resolve, reject) => {
    const bob = { as: 'bob', to: 'alice', role: 'receiver', own: other } as const;
    board.onAccept = () => void pose(relay, board, bob).then(resolve, reject);
  });
}

/** The next call reaches an attacker who says to be the receiver. @returns what was said to alice, once she answered */
async function attempt({ corrupt, alice, bob }: { corrupt: CorruptScene; alice: Actor; bob: Actor }, other: Person) {
  const from = alice.events.length;
  void replace(corrupt, other).catch(() => undefined);
  alice.do({ do: 'chat', with: 'bob' });
  await bob.next('request');
  bob.do({ do: 'accept', with: 'alice' });
  const changed = await alice.next('key-changed');
  await alice.next('left');
  return { changed, told: told(alice, from) };
}

const refused = ['key-changed bob', 'left bob tampered by me'];

test('A3: nothing is sent until the new number is approved, and the old pin outlives the client', async (t) => {
  const setting = await met(t);
  const { corrupt, file, pinned, alice, bob } = setting;
  const other = newPerson();
  const first = await attempt(setting, other);
  t.same(first.told, refused);
  for (const text of ['must not go', 'nor this']) alice.do({ do: 'say', with: 'bob', text });
  alice.do({ do: 'trust', with: 'bob', number: first.changed.old });
  await alice.next('error', ({ code }) => code === 'wrong-number');
  t.same(told(alice).slice(-3), ['error no-conversation', 'error no-conversation', 'error wrong-number']);
  t.same((await attempt(setting, other)).changed, first.changed, 'the second time as the first');
  alice.do({ do: 'exit' });
  await alice.next('closed');
  t.equal(await readFile(file, 'utf8'), pinned, 'the file is as it was');

  const again = { corrupt, bob, alice: await corrupt.logIn('alice', { trust: await TrustStore.open(file) }) };
  again.alice.do({ do: 'trust', with: 'bob', number: first.changed.new });
  t.match(await again.alice.next('error'), { code: 'not-now' }, 'no key was handed out to this client yet');
  t.match(await attempt(again, other), { told: refused, changed: first.changed }, 'after a restart as before');
  again.alice.do({ do: 'compared', with: 'bob' });
  t.match(await again.alice.next('error'), { code: 'not-now' });
  t.equal(await readFile(file, 'utf8'), pinned);
  await corrupt.settled();
  t.same(corrupt.board.heard('frwd', 'alice'), [], 'in all of this no body of an exchange and no text left alice');

  again.alice.do({ do: 'trust', with: 'bob', number: first.changed.new });
  await again.alice.next('trusted');
  const replaced = replace(corrupt, other);
  again.alice.do({ do: 'chat', with: 'bob' });
  await bob.next('request');
  bob.do({ do: 'accept', with: 'alice' });
  await again.alice.next('chat');
  const chat = again.alice.events.findLast(({ event }) => event === 'chat');
  t.match(chat, { trust: 'known', compared: false, safetyNumber: first.changed.new });
  again.alice.do({ do: 'say', with: 'bob', text: 'to the new one' });
  const { content } = await (await replaced).expect(type.text);
  t.equal(content.toString(), 'to the new one', 'what she approved, she has');
  t.not(await readFile(file, 'utf8'), pinned);
});

test('A3: the old key after the new one was approved is as strange as any other', async (t) => {
  const setting = await met(t);
  const { corrupt, alice } = setting;
  const { changed } = await attempt(setting, newPerson());
  alice.do({ do: 'trust', with: 'bob', number: changed.new });
  await alice.next('trusted');
  const back = await attempt(setting, await corrupt.scene.person('bob'));
  t.same([back.told, back.changed.old, back.changed.new], [refused, changed.new, changed.old]);
});

test('A3: a third key while the second waits: only the number of the last can be approved', async (t) => {
  const setting = await met(t);
  const { alice } = setting;
  const second = await attempt(setting, newPerson());
  const third = await attempt(setting, newPerson());
  t.equal(third.changed.old, second.changed.old);
  alice.do({ do: 'trust', with: 'bob', number: second.changed.new });
  t.match(await alice.next('error'), { code: 'wrong-number' });
  t.equal(alice.trust.find('127.0.0.1', 'bob')?.fingerprint, realFingerprint(setting.corrupt));
});

test('A3: a chat that is offered again by itself after a cut is no way in', async (t) => {
  const corrupt = await CorruptScene.open(t);
  const [alice, bob] = await corrupt.chat();
  alice.do({ do: 'say', with: 'bob', text: 'before' });
  await bob.next('message');
  await corrupt.settled();
  corrupt.board.said.length = 0;
  void replace(corrupt, newPerson()).catch(() => undefined);
  const from = alice.events.length;
  corrupt.relay.guest('alice')!.line.cut();
  await alice.next('lost');
  await alice.next('ready');
  await bob.next('request', (event) => event.with === 'alice');
  bob.do({ do: 'accept', with: 'alice' });
  await alice.next('key-changed');
  await alice.next('left', ({ reason }) => reason === 'tampered');
  await corrupt.settled();
  t.same(told(alice, from), ['left bob disconnected by relay unconfirmed 1', 'lost', 'ready', ...refused]);
  t.same(corrupt.board.heard('frwd', 'alice'), [], 'no body, and no text of before');
});
