import { test } from 'tap';
import { RecordSealer } from '../../common/crypto/record-key.js';
import { Secret } from '../../common/crypto/secret.js';
import { RECORDS_PER_KEY } from '../../common/wire/limits.js';
import { recordCapacity } from '../../common/wire/record.js';
import { conversationPair, type Side } from '../support/conversation-pair.js';
import { Scene } from '../support/scene.js';
import { SealingWatch } from '../support/sealing-watch.js';
import { until } from '../support/until.js';

const count = (side: Side, what: string) => side.told.filter((line) => line.startsWith(what)).length;

test('B1: between peers, over thousands of records both ways and renewals', async (t) => {
  const watch = new SealingWatch(t);
  const pair = conversationPair();
  const both = [pair.alice, pair.bob];
  await until('open', () => both.every(({ conversation }) => conversation.open));
  const bytes = Buffer.from('the same text each time');
  for (let round = 1; round <= 35; round++) {
    for (const { conversation } of both) for (let n = 0; n < 60; n++) conversation.say({ id: 'x', bytes });
    await until('texts', () => both.every((side) => count(side, 'text') === round * 60));
    pair.clock.advance(1_000);
    await until('receipts', () => both.every((side) => count(side, 'delivered') === round * 60));
  }
  t.ok(both.every((side) => count(side, 'renewed') >= 3), `${count(pair.alice, 'renewed')} renewals`);
  t.ok(watch.records('inner') > 4_200, `${watch.records('inner')} records`);
  t.same(watch.twice, []);
  t.equal(watch.keys, watch.records('inner'), 'each record has a key of its own');
  pair.alice.conversation.leave();
});

test('B1: both layers with a real relay, over a connection that breaks', async (t) => {
  const watch = new SealingWatch(t);
  const scene = await Scene.open(t.testdir(), { server: { limits: { rateMessages: 1_000_000, outgoingCalls: 10_000 } } });
  t.teardown(() => scene.close());
  const [alice, bob] = await scene.chat();
  const chatter = async (from: number) => {
    for (let n = from; n < from + 250; n++) {
      alice.do({ do: 'chat', with: `nobody${n}` });
      bob.do({ do: 'chat', with: `nobody${n}` });
      await until('errors', () => alice.count('error') > n && bob.count('error') > n);
    }
    for (const [one, other] of [[alice, bob], [bob, alice]] as const) {
      const before = other.count('message');
      for (let n = 0; n < 20; n++) one.do({ do: 'say', with: other.name, text: 'the same text each time' });
      await until('texts', () => other.count('message') === before + 20);
    }
  };
  await chatter(0);
  await scene.restart();
  await Promise.all([alice.next('ready'), bob.next('ready')]);
  await until('who is asked', () => alice.count('request') === 1 || bob.count('request') === 2);
  const [asked, asking] = alice.count('request') === 1 ? [alice, bob] : [bob, alice];
  asked.do({ do: 'accept', with: asking.name });
  await until('the chat again', () => alice.count('chat') === 2 && bob.count('chat') === 2);
  await chatter(250);
  t.ok(watch.records('outer') > 1_600, `${watch.records('outer')} records of the outer layer`);
  t.ok(watch.records('inner') > 80, `${watch.records('inner')} records between peers`);
  t.equal(watch.keys - watch.records('inner'), 8, 'two connections of two users with two directions each');
  t.same(watch.twice, []);
});

test('B1: 100,000 records over a change of the key of the outer layer', async (t) => {
  const watch = new SealingWatch(t);
  const plaintext = Buffer.alloc(recordCapacity(1), 1);
  for (const direction of [1, 2]) {
    const sealer = new RecordSealer('alice', new Secret(Buffer.alloc(32, direction)), RECORDS_PER_KEY - 25_000n);
    for (let n = 0; n < 50_000; n++) sealer.seal(plaintext);
  }
  t.equal(watch.records('outer'), 100_000);
  t.equal(watch.keys, 4);
  t.same(watch.twice, []);
});

test('B1: the watch itself sees a pair that comes twice', async (t) => {
  const watch = new SealingWatch(t);
  for (let n = 0; n < 2; n++) new RecordSealer('alice', new Secret(Buffer.alloc(32, 1))).seal(Buffer.alloc(recordCapacity(1)));
  t.equal(watch.twice.length, 1);
});
