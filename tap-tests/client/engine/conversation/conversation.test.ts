import { test } from 'tap';
import { withoutCertificates } from '../../../../client/engine/conversation/peer-keys.js';
import { rsaSuite, x25519Suite } from '../../../../common/crypto/suite.js';
import { kinds } from '../../../../common/wire/end-to-end.js';
import { RENEW_MS, RENEW_MS_MAX, RENEW_RECORDS } from '../../../../common/wire/limits.js';
import { good } from '../../../support/certificate-maker.js';
import { conversationPair, type Side } from '../../../support/conversation-pair.js';
import { edIdentity } from '../../../support/exchange-pair.js';
import { until } from '../../../support/until.js';

type Pair = ReturnType<typeof conversationPair>;
const both = ({ alice, bob }: Pair) => [alice, bob] as const;
const open = (pair: Pair) => until('both open', () => both(pair).every(({ conversation }) => conversation.open));
const count = (side: Side, what: string) => side.told.filter((line) => line.startsWith(what)).length;
const say = (side: Side, id: string, text = id) => side.conversation.say({ id, bytes: Buffer.from(text) });

for (const suite of [rsaSuite, x25519Suite]) {
  test(`two peers reach an open conversation with ${suite.name} and talk both ways`, async (t) => {
    const pair = conversationPair({ suite });
    await open(pair);
    const { alice, bob, clock } = pair;
    t.same(alice.told, ['pin', `open ${suite.name}`]);
    t.same(bob.told, ['pin', `open ${suite.name}`]);

    say(alice, 'a1', 'hello');
    say(bob, 'b1', 'grüße\nin two lines');
    await until('texts', () => count(alice, 'text') === 1 && count(bob, 'text') === 1);
    t.ok(alice.told.includes('text grüße\nin two lines'));
    t.ok(bob.told.includes('text hello'));
    t.equal(count(alice, 'delivered'), 0);
    clock.advance(1_000);
    await until('receipts', () => count(alice, 'delivered a1') === 1 && count(bob, 'delivered b1') === 1);

    alice.conversation.leave();
    await until('goodbye', () => bob.ended !== undefined);
    t.match(alice.ended, { reason: 'left', by: 'me', unsent: [], unconfirmed: [] });
    t.match(bob.ended, { reason: 'left', by: 'peer' });
    t.equal(clock.pending, 0, 'no timer is left');
  });
}

test('what was read is confirmed also where the reader leaves at once', async (t) => {
  const pair = conversationPair();
  await open(pair);
  say(pair.alice, 'last');
  await until('text', () => count(pair.bob, 'text') === 1);
  pair.bob.conversation.leave();
  await until('ended', () => pair.alice.ended !== undefined);
  t.same(pair.alice.ended?.unconfirmed, []);
  t.ok(pair.alice.told.indexOf('delivered last') < pair.alice.told.indexOf('ended left by peer'));
});

test('no more than 64 texts are without a receipt; the rest waits and is told at the end', async (t) => {
  const pair = conversationPair();
  await open(pair);
  for (let n = 1; n <= 70; n++) say(pair.alice, `${n}`);
  await until('64 texts', () => count(pair.bob, 'text') === 64);
  t.equal(count(pair.alice, 'sent'), 64);
  pair.clock.advance(1_000);
  await until('the rest', () => count(pair.bob, 'text') === 70);
  t.same(pair.bob.told.filter((line) => line.startsWith('text')), Array.from({ length: 70 }, (_, n) => `text ${n + 1}`));
  pair.clock.advance(1_000);
  await until('receipts', () => count(pair.alice, 'delivered') === 70);
  for (let n = 1; n <= 66; n++) say(pair.alice, `again ${n}`);
  await until('64 more', () => count(pair.alice, 'sent') === 134);
  pair.alice.conversation.gone('disconnected');
  t.equal(pair.alice.ended?.unconfirmed.length, 64);
  t.same(pair.alice.ended?.unsent, ['again 65', 'again 66']);
});

test('a relay that lies about a key', async (t) => {
  for (const lie of ['to-caller', 'to-receiver'] as const) {
    const pair = conversationPair({ lie });
    await until('an end', () => pair.alice.ended !== undefined || pair.bob.ended !== undefined);
    t.ok([pair.alice, pair.bob].some(({ failure }) => (failure as { code?: string } | undefined)?.code === 'bad-signature'), lie);
    t.notOk(both(pair).some(({ told }) => told.includes('pin')), 'nothing is pinned');
  }
});

test('dropped, doubled, swapped, changed and reflected records end the conversation with a warning', async (t) => {
  const isRecord = (payload: Buffer) => payload[8] === kinds.record;
  const faults: Record<string, (payload: Buffer, seen: Buffer[]) => Buffer[]> = {
    dropped: (payload, seen) => (seen.length === 1 ? [] : [payload]),
    doubled: (payload) => [payload, payload],
    swapped: (payload, seen) => (seen.length === 1 ? [] : seen.length === 2 ? [payload, seen[0]!] : [payload]),
    changed: (payload) => [Buffer.concat([payload.subarray(0, -1), Buffer.from([payload.at(-1)! ^ 1])])],
    'time changed': (payload) => [Buffer.concat([payload.subarray(0, 9 + 35), Buffer.from([payload[9 + 35]! ^ 1]), payload.subarray(9 + 36)])],
    shortened: (payload) => [payload.subarray(0, -1)],
    'another kind': (payload) => [Buffer.concat([payload.subarray(0, 8), Buffer.from([9]), payload.subarray(9)])],
  };
  for (const [name, fault] of Object.entries(faults)) {
    const pair = conversationPair();
    await open(pair);
    const seen: Buffer[] = [];
    pair.options.relay = (payload, from) => {
      if (from !== 'alice' || !isRecord(payload)) return [payload];
      seen.push(payload);
      return fault(payload, seen);
    };
    say(pair.alice, '1');
    say(pair.alice, '2');
    await until(name, () => pair.bob.ended !== undefined);
    t.match(pair.bob.ended, { reason: 'tampered', by: 'me' }, name);
    t.ok(pair.bob.failure, name);
    t.same(pair.bob.told.filter((line) => line === 'text 2' || line.startsWith('text')).slice(1), [], `${name}: nothing out of order`);
  }
});

test('a record sent back to its sender', async (t) => {
  const pair = conversationPair();
  await open(pair);
  pair.options.relay = (payload, from) => {
    if (from === 'alice') setImmediate(() => pair.alice.conversation.receive(payload.subarray(8)));
    return [];
  };
  say(pair.alice, 'mirror');
  await until('refused', () => pair.alice.ended !== undefined);
  t.equal(pair.alice.ended?.reason, 'tampered');
  t.notOk(pair.alice.told.includes('text mirror'));
});

test('an exchange that is held back ends after 30 s', async (t) => {
  const pair = conversationPair({ relay: (payload, from) => (from === 'bob' ? [] : [payload]) });
  await new Promise(setImmediate);
  pair.clock.advance(29_999);
  t.equal(pair.alice.ended, undefined);
  pair.clock.advance(1);
  t.equal(pair.alice.ended?.reason, 'timed-out');
  t.equal(pair.bob.ended?.reason, 'timed-out');
});

test('late texts are reported on both sides, and only those', async (t) => {
  const pair = conversationPair();
  await open(pair);
  pair.options.hold = true;
  say(pair.alice, 'late');
  await new Promise(setImmediate);
  pair.clock.advance(60_001);
  pair.release();
  await until('discarded', () => count(pair.bob, 'discarded') === 1);
  await until('told', () => count(pair.alice, 'discarded late') === 1);
  t.equal(count(pair.bob, 'text'), 0);
  say(pair.alice, 'in time');
  await until('text', () => count(pair.bob, 'text in time') === 1);
  pair.clock.advance(1_000);
  await until('delivered', () => count(pair.alice, 'delivered in time') === 1);
  t.equal(count(pair.alice, 'delivered late'), 0);
});

for (const suite of [rsaSuite, x25519Suite]) {
  test(`keys are renewed by time and by number of records (${suite.name}), and texts cross it both ways`, async (t) => {
    const pair = conversationPair({ suite });
    await open(pair);
    pair.clock.advance(RENEW_MS);
    say(pair.bob, 'from the receiver');
    say(pair.alice, 'from the caller');
    say(pair.bob, 'and again');
    await until('renewed', () => both(pair).every((side) => count(side, 'renewed') === 1));
    await until('texts', () => count(pair.alice, 'text') === 2 && count(pair.bob, 'text') === 1);

    for (let n = 0; n * 2 < RENEW_RECORDS; n++) {
      say(pair.alice, `a${n}`);
      say(pair.bob, `b${n}`);
      await until('sent', () => count(pair.bob, `text a${n}`) > 0 && count(pair.alice, `text b${n}`) > 0);
      pair.clock.advance(1_000);
    }
    await until('renewed again', () => both(pair).every((side) => count(side, 'renewed') === 2));
    say(pair.alice, 'after');
    await until('text', () => count(pair.bob, 'text after') === 1);
    t.equal(both(pair).some(({ ended }) => ended), false);
  });
}

test('a conversation that was silent for hours goes on, whoever speaks first', async (t) => {
  for (const first of ['alice', 'bob'] as const) {
    const pair = conversationPair();
    await open(pair);
    pair.clock.advance(3 * RENEW_MS_MAX);
    const other = first === 'alice' ? 'bob' : 'alice';
    say(pair[first], 'still there?');
    await until('text', () => count(pair[other], 'text') === 1);
    pair.clock.advance(1_000);
    await until('renewed', () => both(pair).every((side) => count(side, 'renewed') === 1));
    t.equal(both(pair).some(({ ended }) => ended), false, `${first} first`);
  }
});

test('a renewal that is not answered ends the conversation after 60 s', async (t) => {
  const pair = conversationPair();
  await open(pair);
  pair.clock.advance(RENEW_MS);
  let passed = 0;
  pair.options.relay = (payload, from) => (from === 'alice' && passed++ > 0 ? [payload] : from === 'bob' ? [payload] : []);
  say(pair.alice, 'x');
  await new Promise(setImmediate);
  pair.clock.advance(60_000);
  t.equal(pair.alice.ended?.reason, 'tampered');
});

test('certificates are refused between peers, whatever they say', async (t) => {
  const key = edIdentity().public;
  const find = withoutCertificates(key);
  t.equal(find([]), key);
  t.throws(() => find([good.user()]), { name: 'WireError', code: 'malformed' });
});
