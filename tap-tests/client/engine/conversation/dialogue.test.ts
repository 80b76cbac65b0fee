import { test } from 'tap';
import { counterBytes } from '../../../../common/crypto/ratchet.js';
import { RENEW_MS, RENEW_MS_MAX, RENEW_RECORDS } from '../../../../common/wire/limits.js';
import { type DialogueSide, dialoguePair } from '../../../support/dialogue-pair.js';

const say = (side: DialogueSide, ...texts: string[]) =>
  texts.forEach((text) => side.dialogue.say({ id: text, bytes: Buffer.from(text) }));
const lines = (side: DialogueSide, what: string) => side.told.filter((line) => line.startsWith(what));

test('what keeps order goes before texts, and a ticket sends one record', async (t) => {
  const { alice, bob } = dialoguePair();
  say(alice, 'one', 'two');
  alice.dialogue.send('discarded', counterBytes(9n));
  alice.turn();
  t.equal(alice.sealed.length, 1);
  alice.turns();
  t.equal(alice.sealed.length, 3);
  t.same(alice.told, ['sent one', 'sent two']);
  await bob.takes(alice.sealed, 1);
  t.match(bob.faults, [{ code: 'malformed' }], 'the first was the one about what was not sent');
});

test('a receipt is due a second after the first text, and covers all that was shown until it is sealed', async (t) => {
  const { alice, bob, clock } = dialoguePair();
  say(alice, 'one', 'two');
  alice.turns();
  await bob.takes(alice.sealed);
  clock.advance(999);
  bob.turns();
  t.equal(bob.sealed.length, 0);
  clock.advance(1);
  say(alice, 'three');
  alice.turns();
  await bob.takes(alice.sealed);
  bob.turns();
  await alice.takes(bob.sealed);
  t.same(lines(alice, 'delivered'), ['delivered one', 'delivered two', 'delivered three']);
  t.equal(alice.faults.length, 0);
});

test('a receipt that waits for the rate is the only one: none follows with nothing in it', async (t) => {
  const { alice, bob, clock } = dialoguePair();
  say(alice, 'one');
  alice.turns();
  await bob.takes(alice.sealed);
  clock.advance(1_000);
  say(alice, 'two');
  alice.turns();
  await bob.takes(alice.sealed);
  bob.turns();
  clock.advance(5_000);
  bob.turns();
  await alice.takes(bob.sealed);
  t.same(alice.faults, [], 'a receipt that falls back would end the conversation');
  t.same(lines(alice, 'delivered'), ['delivered one', 'delivered two']);
});

test('a late text is never in a receipt, also where a receipt waits already', async (t) => {
  const { alice, bob, clock } = dialoguePair();
  say(alice, 'one');
  alice.turns();
  await bob.takes(alice.sealed);
  clock.advance(1_000);
  say(alice, 'late');
  alice.turns();
  clock.advance(60_001);
  say(alice, 'in time');
  alice.turns();
  await bob.takes(alice.sealed);
  t.same(bob.told, ['text one', 'discarded theirs', 'text in time']);
  bob.turns();
  await alice.takes(bob.sealed);
  t.same(alice.faults, []);
  t.ok(alice.told.includes('discarded late'));
  t.same(lines(alice, 'delivered'), ['delivered one', 'delivered in time']);
});

test('who leaves says first which texts came too late', async (t) => {
  const { alice, bob, clock } = dialoguePair();
  say(alice, 'one', 'late');
  alice.turns();
  await bob.takes(alice.sealed, 1);
  clock.advance(60_001);
  say(alice, 'in time');
  alice.turns();
  await bob.takes(alice.sealed);
  bob.dialogue.stop(true);
  bob.turns();
  await alice.takes(bob.sealed);
  t.notOk(alice.told.includes('delivered late'));
  t.ok(alice.told.includes('discarded late'));
  t.equal(alice.told.at(-1), 'goodbye');
});

test('who leaves between type 18 and type 19 says goodbye', async (t) => {
  const { alice, bob, clock } = dialoguePair();
  clock.advance(RENEW_MS);
  say(alice, 'x');
  alice.turns();
  await bob.takes(alice.sealed);
  bob.turns();
  await alice.takes(bob.sealed);
  alice.turns();
  alice.dialogue.stop(true);
  t.doesNotThrow(() => alice.turns());
  await bob.takes(alice.sealed);
  t.same(bob.faults, []);
  t.equal(bob.told.at(-1), 'goodbye');
});

test('types that are not known are told, and nothing else', async (t) => {
  const { alice, bob } = dialoguePair();
  alice.dialogue.send('goodbye', Buffer.alloc(0));
  alice.turns();
  await bob.takes(alice.sealed);
  t.same(bob.told, ['goodbye']);
  t.same(bob.faults, []);
});

test('a text that is not UTF-8, and receipts and reports of what was not sent', async (t) => {
  const wrong: [Parameters<DialogueSide['dialogue']['send']>[0], Buffer][] = [
    ['text', Buffer.from([0xff])], ['receipt', counterBytes(0n)], ['receipt', Buffer.alloc(15)],
    ['discarded', counterBytes(0n)], ['discarded', Buffer.alloc(0)], ['receipt', counterBytes(2n ** 127n)],
  ];
  for (const [type, content] of wrong) {
    const { alice, bob } = dialoguePair();
    alice.dialogue.send(type, content);
    alice.turns();
    await bob.takes(alice.sealed);
    t.match(bob.faults, [{ code: 'malformed' }], `${type} ${content.length}`);
    t.same(bob.told, []);
  }
});

test('a renewal that is due goes before what is sent next, and begins also where one only reads', async (t) => {
  const writing = dialoguePair();
  writing.clock.advance(RENEW_MS);
  say(writing.alice, 'x');
  writing.alice.turn();
  await writing.bob.takes(writing.alice.sealed, 1);
  t.same(writing.bob.told, [], 'it is not the text');
  writing.bob.turns();
  t.equal(writing.bob.sealed.length, 1, 'type 17');

  const reading = dialoguePair();
  reading.clock.advance(RENEW_MS);
  say(reading.bob, 'y');
  reading.bob.turns();
  await reading.alice.takes(reading.bob.sealed);
  reading.alice.turns();
  await reading.bob.takes(reading.alice.sealed, 1);
  reading.bob.turns();
  t.equal(reading.bob.sealed.length, 1, 'type 17');
  t.same([...reading.alice.faults, ...reading.bob.faults], []);
});

test('records of both directions count for a renewal', async (t) => {
  const { alice, bob } = dialoguePair();
  say(bob, 'one');
  bob.turns();
  await alice.takes(bob.sealed);
  for (let n = 1; n < RENEW_RECORDS; n++) alice.dialogue.send('receipt', counterBytes(0n));
  alice.turns();
  t.equal(alice.sealed.length, RENEW_RECORDS - 1);
  alice.dialogue.send('receipt', counterBytes(0n));
  alice.turns();
  t.equal(alice.sealed.length, RENEW_RECORDS + 1, 'type 16 before the next');
});

test('a peer that lets no renewal complete is heard for an hour and a minute, and no longer', async (t) => {
  const { alice, bob, clock } = dialoguePair();
  clock.advance(RENEW_MS_MAX);
  say(bob, 'one');
  bob.turns();
  await alice.takes(bob.sealed);
  t.same(alice.told, ['text one']);
  clock.advance(60_001);
  bob.dialogue.send('goodbye', Buffer.alloc(0));
  bob.turns();
  await alice.takes(bob.sealed);
  t.same(alice.told, ['text one']);
  t.match(alice.faults.at(-1), { code: 'timed-out' });
});

test('a goodbye with something in it', async (t) => {
  const { alice, bob } = dialoguePair();
  alice.dialogue.send('goodbye', Buffer.from('x'));
  alice.turns();
  await bob.takes(alice.sealed);
  t.match(bob.faults, [{ code: 'malformed' }]);
  t.same(bob.told, []);
});

test('in the end the keys are gone: at once, behind the goodbye, or after 30 s without leave to say it', async (t) => {
  for (const end of ['cut', 'said', 'unsaid'] as const) {
    const { alice, bob, clock } = dialoguePair();
    say(bob, 'one');
    bob.turns();
    alice.dialogue.stop(end !== 'cut');
    if (end === 'unsaid') clock.advance(30_000);
    alice.turns();
    t.equal(alice.sealed.length, end === 'said' ? 1 : 0, end);
    t.throws(() => alice.dialogue.open(bob.sealed[0]!), { message: /wiped/ }, end);
    t.equal(clock.pending, 0);
  }
});
