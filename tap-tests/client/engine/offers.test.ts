import { test } from 'tap';
import { Offers } from '../../../client/engine/offers.js';
import { ManualClock } from '../../support/manual-clock.js';

function setting() {
  const clock = new ManualClock();
  const called: string[] = [];
  const offers = new Offers(clock, (peer) => called.push(`${peer} ${clock.now()}`));
  return { clock, called, offers };
}

test('a lost chat is offered when there is a connection again', async (t) => {
  const { called, offers } = setting();
  offers.online();
  t.same(called, []);
  offers.add('bob');
  offers.add('alice');
  offers.online();
  t.same(called, ['bob 0', 'alice 0']);
});

test('who is not back is called again after growing pauses, for ten minutes', async (t) => {
  const { clock, called, offers } = setting();
  offers.add('bob');
  offers.online();
  for (let again = 0; again < 100 && called.length > again; again++) {
    offers.absent('bob');
    clock.advance(60_000);
  }
  const times = called.map((line) => Number(line.split(' ')[1]));
  t.same(times.slice(0, 6), [0, 2_000, 64_000, 128_000, 196_000, 272_000]);
  t.ok(times.at(-1)! <= 600_000);
  t.equal(clock.pending, 0);
  offers.online();
  t.equal(called.length, times.length, 'and it is forgotten');
});

test('pauses do not grow beyond a minute', async (t) => {
  const { clock, called, offers } = setting();
  offers.add('bob');
  for (let again = 0; again < 8; again++) {
    offers.absent('bob');
    const before = clock.now();
    while (called.length <= again) clock.advance(1_000);
    t.equal(clock.now() - before, Math.min(60_000, 2_000 * 2 ** again));
  }
});

test('an answer settles it, also while a call waits', async (t) => {
  const { clock, called, offers } = setting();
  offers.add('bob');
  offers.absent('bob');
  offers.settle('bob');
  clock.advance(600_000);
  offers.online();
  offers.absent('bob');
  offers.settle('nobody');
  t.same(called, []);
  t.equal(clock.pending, 0);
});

test('without a connection nobody is called, and the next one begins anew', async (t) => {
  const { clock, called, offers } = setting();
  offers.add('bob');
  offers.absent('bob');
  offers.offline();
  clock.advance(10_000);
  t.same(called, []);
  offers.online();
  t.same(called, ['bob 10000']);
});

test('cleared: no timer is left', async (t) => {
  const { clock, offers, called } = setting();
  offers.add('bob');
  offers.absent('bob');
  offers.clear();
  t.equal(clock.pending, 0);
  offers.online();
  t.same(called, []);
});
