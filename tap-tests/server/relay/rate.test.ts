import { test } from 'tap';
import { Rates } from '../../../server/relay/rate.js';
import { ManualClock } from '../../support/manual-clock.js';

function rates(rateMessages = 3, rateWindowMs = 5_000) {
  const clock = new ManualClock();
  return { clock, rates: new Rates({ rateMessages, rateWindowMs }, clock) };
}

test('so many messages in any window', async (t) => {
  const { clock, rates: rate } = rates();
  for (const pause of [0, 1_000, 1_000]) {
    clock.advance(pause);
    t.equal(rate.wait('alice'), 0);
    rate.count('alice');
  }
  t.equal(rate.wait('alice'), 3_000, 'until the first is 5 s old');
  t.equal(rate.wait('bob'), 0, "bob's budget is his own");
  clock.advance(2_999);
  t.equal(rate.wait('alice'), 1);
  clock.advance(1);
  t.equal(rate.wait('alice'), 0);
  rate.count('alice');
  t.equal(rate.wait('alice'), 1_000, 'the window slides');
});

test('no window of 5 s holds more than the limit, whatever is tried', async (t) => {
  const { clock, rates: rate } = rates(10);
  const sent: number[] = [];
  for (let step = 0; step < 5_000; step++) {
    clock.advance((step * 7_919) % 97);
    if (rate.wait('alice') > 0) continue;
    rate.count('alice');
    sent.push(clock.now());
  }
  t.ok(sent.length > 100);
  t.ok(sent.every((at, index) => index < 10 || at - sent[index - 10]! >= 5_000));
});

test('names that sent nothing for a window are forgotten', async (t) => {
  const { clock, rates: rate } = rates();
  for (let index = 0; index < 10_000; index++) {
    rate.count(`user${index}`);
    clock.advance(10);
  }
  t.ok(rate.size <= 1_010, `${rate.size} names for 500 in any 5 s`);
});

test('what other names do gives nobody a new budget', async (t) => {
  const { rates: rate } = rates();
  for (let index = 0; index < 3; index++) rate.count('alice');
  for (let index = 0; index < 1_000; index++) rate.count(`user${index}`);
  t.equal(rate.wait('alice'), 5_000);
});
