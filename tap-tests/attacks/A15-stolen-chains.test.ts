import { test } from 'tap';
import { suites } from '../../common/crypto/suite.js';
import { RENEW_ANSWER_MS, RENEW_MS, RENEW_MS_MAX, RENEW_RECORDS_MAX } from '../../common/wire/limits.js';
import { type } from '../support/attacker/conversation.js';
import type { Body } from '../support/attacker/switchboard.js';
import { told } from '../support/corrupt-scene.js';
import { isRenewal, robbed } from '../support/robbed-chat.js';

for (const suite of suites) {
  test(`A15: without it the caller ends in a minute, the receiver in an hour and one (${suite.name})`, async (t) => {
    const { corrupt, clock, alice, bob, say, resealer, inject, from } = await robbed(t, suite);
    resealer.strips = (record) => isRenewal(record.type);
    corrupt.board.onLeave = () => false;
    await corrupt.pass(RENEW_MS - clock.now());
    await say(alice, bob, 'at half an hour');
    const stripped = resealer.read.filter((record) => isRenewal(record.type));
    t.same(stripped.map((record) => record.type), [type.renewal1]);
    await say(bob, alice, 'in the meantime');
    await corrupt.pass(RENEW_ANSWER_MS - 1);
    t.notOk(told(alice, from[0]).some((line) => line.startsWith('left')), 'not yet');
    clock.advance(1);
    await alice.next('left');
    t.same(told(alice, from[0]), [
      'delivered bob 2', 'message bob in the meantime', 'delivered bob 3', 'warning bob timed-out',
      'left bob tampered by me',
    ]);

    t.same(told(bob, from[1]).at(-1), 'delivered alice 3', 'nobody tells bob');
    await corrupt.pass(RENEW_MS_MAX - clock.now() - 1);
    const last = [['a ms before the hour', 1], ['at the hour', RENEW_ANSWER_MS], ['a minute later', 1]] as const;
    for (const [text, after] of last) {
      inject(text);
      t.match(await bob.next('message'), { text }, 'the attack is a real one: it speaks in the name of alice');
      await corrupt.pass(after);
    }
    inject('too late');
    await bob.next('left');
    t.same(told(bob, from[1]).slice(-3), [
      'message alice a minute later', 'warning alice timed-out', 'left alice tampered by me',
    ]);
  });
}

test('A15: nor do more than 2,000 records pass without a renewal', async (t) => {
  const { corrupt, bob, inject, resealer, from } = await robbed(t);
  resealer.strips = (record) => isRenewal(record.type);
  const already = corrupt.board.passed.length - 3;
  for (let n = already; n < RENEW_RECORDS_MAX - 1; n += 1) inject(`${n}`);
  await corrupt.settled();
  t.equal(told(bob, from[1]).at(-1), `message alice ${RENEW_RECORDS_MAX - 2}`);
  inject('the 2,000th');
  await bob.next('left');
  t.same(told(bob, from[1]).slice(-2), ['warning alice timed-out', 'left alice tampered by me unconfirmed 2']);
});

test('A15: a receiver to whom nothing comes does not speak for ever under the old keys', async (t) => {
  const { corrupt, alice, bob, resealer } = await robbed(t);
  const kept: Body[] = [];
  corrupt.board.onBody = (body) => {
    resealer.open(body);
    kept.push(body);
    return [];
  };
  await corrupt.pass(3 * RENEW_MS_MAX);
  bob.do({ do: 'say', with: 'alice', text: 'still there?' });
  await corrupt.pass(RENEW_ANSWER_MS);
  bob.do({ do: 'say', with: 'alice', text: 'within the minute' });
  await corrupt.pass(1);
  bob.do({ do: 'say', with: 'alice', text: 'not under these keys' });
  await corrupt.settled();
  t.same(resealer.texts('bob'), ['after', 'still there?', 'within the minute']);
  t.same([alice.count('left'), bob.count('left'), bob.count('sent')], [0, 0, 4], 'the last waits');

  corrupt.board.onBody = resealer.listen;
  for (const body of kept) corrupt.board.deliver(body);
  await alice.next('message', ({ text }) => text === 'not under these keys');
  t.same([alice.count('renewed'), bob.count('renewed')], [1, 1], 'for the renewal');
  t.same(resealer.texts('bob'), ['after', 'still there?', 'within the minute']);
});
