import { test } from 'tap';
import { LATE_MS } from '../../../../common/wire/limits.js';
import { SIGNED_TEXT_MAX } from '../../../../common/wire/signed.js';
import { type DialogueSide, dialoguePair } from '../../../support/dialogue-pair.js';
import { until } from '../../../support/until.js';

const say = (side: DialogueSide, ...texts: string[]) =>
  texts.forEach((text) => side.dialogue.say({ id: text.slice(0, 8), bytes: Buffer.from(text) }));

/** What one has to say, once it is signed, comes to the other. */
async function passes(from: DialogueSide, to: DialogueSide, records: number): Promise<void> {
  await until(`${records} records`, () => (from.turns(), from.sealed.length >= records));
  await to.takes(from.sealed);
}

/** alice proposes, bob agrees. */
async function signedPair() {
  const pair = dialoguePair();
  const { alice, bob } = pair;
  for (const side of [alice, bob]) side.dialogue.start();
  alice.dialogue.signing.sign();
  await passes(alice, bob, 1);
  bob.dialogue.signing.sign();
  await passes(bob, alice, 1);
  return pair;
}

test('proposed and agreed: what is said then is signed', async (t) => {
  const { alice, bob } = await signedPair();
  t.same([alice.told, bob.told], [['signed'], ['sign request', 'signed']]);
  say(alice, 'one', 'two');
  await passes(alice, bob, 2);
  t.same(bob.told.slice(2), ['signed text one', 'signed text two']);
  t.same(alice.told.slice(1), ['signed sent one', 'signed sent two']);
  t.same([alice.faults, bob.faults], [[], []]);
});

test('a text that waits when it becomes signed is signed; one that is too long for that is given back', async (t) => {
  const { alice, bob } = dialoguePair();
  for (const side of [alice, bob]) side.dialogue.start();
  alice.dialogue.signing.sign();
  await passes(alice, bob, 1);
  say(bob, 'waiting', 'x'.repeat(SIGNED_TEXT_MAX + 1));
  bob.dialogue.signing.sign();
  t.same(bob.told, ['sign request', 'too long xxxxxxxx', 'signed']);
  await passes(bob, alice, 2);
  t.same(alice.told, ['signed', 'signed text waiting'], 'agreed goes before it');
});

test('on their way: texts of the one who was asked last still come, and not behind what says that all is signed', async (t) => {
  const { alice, bob } = dialoguePair();
  for (const side of [alice, bob]) side.dialogue.start();
  say(alice, 'plain');
  alice.turns();
  const [plain] = alice.sealed.splice(0);
  bob.dialogue.signing.sign();
  await bob.takes([plain!]);
  await passes(bob, alice, 1);
  alice.dialogue.signing.sign();
  await passes(alice, bob, 1);
  t.same(bob.told, ['text plain', 'signed']);
  alice.sealed.length = 0;
  alice.dialogue.send('text', Buffer.from('deniable'));
  alice.turns();
  await bob.takes(alice.sealed);
  t.match(bob.faults, [{ code: 'out-of-turn' }]);
});

test('a late text is verified and counts, and is neither shown nor forgotten', async (t) => {
  const { alice, bob, clock } = await signedPair();
  say(alice, 'first');
  await passes(alice, bob, 1);
  say(alice, 'late');
  await until('the record', () => (alice.turns(), alice.sealed.length === 1));
  clock.advance(LATE_MS + 1);
  await bob.takes(alice.sealed);
  t.same(bob.told.slice(-1), ['discarded theirs']);
  say(alice, 'third');
  await passes(alice, bob, 1);
  t.same(bob.told.slice(-1), ['signed text third'], 'the third holds on to the second');
  t.same(bob.faults, []);
});

test('declined, and proposed by both at once', async (t) => {
  const { alice, bob } = dialoguePair();
  alice.dialogue.signing.sign();
  t.throws(() => alice.dialogue.signing.sign(), { code: 'not-now' });
  t.throws(() => alice.dialogue.signing.decline(), { code: 'not-now' });
  await passes(alice, bob, 1);
  bob.dialogue.signing.decline();
  await passes(bob, alice, 1);
  t.same(alice.told, ['sign refused']);
  t.notOk(alice.dialogue.signing.signed || bob.dialogue.signing.signed);
  alice.dialogue.signing.sign();
  bob.dialogue.signing.sign();
  alice.turns();
  bob.turns();
  await alice.takes(bob.sealed);
  await bob.takes(alice.sealed);
  t.ok(alice.dialogue.signing.signed && bob.dialogue.signing.signed);
  t.same([alice.faults, bob.faults], [[], []]);
});

test('who leaves signs for what came, once, before the goodbye', async (t) => {
  const { alice, bob } = await signedPair();
  say(alice, 'one');
  await passes(alice, bob, 1);
  let settled = 0;
  bob.dialogue.settle(() => settled++);
  bob.dialogue.settle(() => settled++);
  await until('the end', () => settled === 2);
  bob.dialogue.stop(true);
  bob.turns();
  await alice.takes(bob.sealed);
  t.same(alice.told.slice(-3), ['delivered one', 'receipt 1 0', 'goodbye']);
  t.same(alice.faults, []);
});
