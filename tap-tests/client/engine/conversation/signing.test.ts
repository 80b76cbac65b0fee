import { join } from 'node:path';
import { test } from 'tap';
import { SIGN_ANSWER_MS } from '../../../../client/engine/conversation/signing.js';
import { Transcripts } from '../../../../client/transcript/transcripts.js';
import { TranscriptCheck } from '../../../../client/verify/check.js';
import { checkFile } from '../../../../client/verify/read-lines.js';
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
async function signedPair(transcripts?: Transcripts) {
  const pair = dialoguePair(undefined, transcripts);
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

/** alice has proposed, and says something at once. */
async function asked() {
  const pair = dialoguePair();
  const { alice, bob } = pair;
  for (const side of [alice, bob]) side.dialogue.start();
  say(alice, 'before');
  alice.dialogue.signing.sign();
  say(alice, 'behind 1', 'behind 2');
  await passes(alice, bob, 2);
  return pair;
}

test('what is said behind one\'s own proposal waits for the answer, and is never sent unsigned', async (t) => {
  const { alice, bob, clock } = await asked();
  t.same(bob.told, ['sign request', 'text before']);
  say(bob, 'theirs');
  await passes(bob, alice, 1);
  t.same(alice.told, ['sent before', 'text theirs']);
  bob.dialogue.signing.sign();
  await passes(bob, alice, 1);
  await passes(alice, bob, 2);
  t.same(bob.told.slice(-2), ['signed text behind 1', 'signed text behind 2']);
  clock.advance(SIGN_ANSWER_MS);
  t.notOk(alice.told.includes('sign unanswered'));
  t.same([alice.faults, bob.faults], [[], []]);
});

test('declined: what waited is given back, and what is said then is as before', async (t) => {
  const { alice, bob } = await asked();
  bob.dialogue.signing.decline();
  await passes(bob, alice, 1);
  t.same(alice.told.slice(1), ['sign refused', 'not signed behind 1', 'not signed behind 2']);
  say(alice, 'again');
  await passes(alice, bob, 1);
  t.equal(bob.told.at(-1), 'text again');
});

test('no answer: what waited is given back; one who wants to wait longer does, and an answer still counts', async (t) => {
  const { alice, bob, clock } = await asked();
  clock.advance(SIGN_ANSWER_MS);
  const givenBack = ['sign unanswered', 'not signed behind 1', 'not signed behind 2'];
  t.same(alice.told.slice(1), givenBack);
  say(alice, 'plain');
  await passes(alice, bob, 1);
  t.equal(bob.told.at(-1), 'text plain', 'now it is known that it is not signed');
  alice.dialogue.signing.sign();
  alice.turns();
  t.equal(alice.sealed.length, 0, 'nothing more is to be proposed');
  say(alice, 'held');
  t.throws(() => alice.dialogue.signing.sign(), { code: 'not-now' });
  clock.advance(SIGN_ANSWER_MS);
  t.same(alice.told.slice(-2), ['sign unanswered', 'not signed held']);
  bob.dialogue.signing.sign();
  await passes(bob, alice, 1);
  t.equal(alice.told.at(-1), 'signed');
  t.same([alice.faults, bob.faults], [[], []]);
});

test('who leaves while the other is asked is told what was not sent, and nothing is waited for any more', async (t) => {
  const { alice, clock } = await asked();
  t.same(alice.dialogue.left(), { unsent: ['behind 1', 'behind 2'], unconfirmed: ['before'] });
  alice.dialogue.stop(false);
  clock.advance(SIGN_ANSWER_MS);
  t.notOk(alice.told.includes('sign unanswered'));
});

test('a late text is verified and counts, and is neither shown nor forgotten', async (t) => {
  const transcripts = new Transcripts(t.testdir());
  const { alice, bob, clock } = await signedPair(transcripts);
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
  t.same([alice.faults, bob.faults], [[], []]);
  for (const side of [alice, bob]) side.dialogue.stop(false);
  await transcripts.settle();
  const check = new TranscriptCheck();
  await checkFile(join(t.testdirName, 'alice-0123456789abcdef.jsonl'), check);
  t.same([check.fault, check.entries.map(({ is }) => is)], [undefined, ['text', 'late', 'text']]);
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
