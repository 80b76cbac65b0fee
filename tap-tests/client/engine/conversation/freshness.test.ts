import { test } from 'tap';
import { Freshness } from '../../../../client/engine/conversation/freshness.js';
import { ManualClock } from '../../../support/manual-clock.js';

const HOUR = 3_600_000;

test('a record that took 60 s longer than the fastest so far is late, by one more', async (t) => {
  const clock = new ManualClock();
  const freshness = new Freshness(clock);
  const arrives = (after: number, sealedAt: number) => {
    clock.advance(after);
    return freshness.late(sealedAt);
  };
  const start = clock.wall();
  t.notOk(arrives(500, start), 'the first is the measure');
  t.notOk(arrives(60_000, start), 'exactly 60 s');
  t.ok(arrives(1, start));
  t.notOk(arrives(0, start + 60_000));
  t.notOk(arrives(1_000, start + 61_500), 'a faster one sets the measure anew');
  t.ok(arrives(59_602, start + 61_100), 'and counts for those behind it');
});

for (const skew of [-HOUR, HOUR, -1_000 * HOUR]) {
  test(`a clock that differs by ${skew / HOUR} h loses nothing, and hides nothing`, async (t) => {
    const clock = new ManualClock();
    const freshness = new Freshness(clock);
    for (let n = 0; n < 10; n++) {
      clock.advance(10 * 60_000);
      t.notOk(freshness.late(clock.wall() + skew - 200));
    }
    t.ok(freshness.late(clock.wall() + skew - 60_300));
  });
}

test('B8: everything an hour late from the second record on', async (t) => {
  const clock = new ManualClock();
  const freshness = new Freshness(clock);
  t.notOk(freshness.late(clock.wall()));
  clock.advance(HOUR);
  for (let n = 0; n < 3; n++) t.ok(freshness.late(clock.wall() - HOUR));
});

/** A clock whose two times a test moves apart. */
function twoTimes() {
  const at = { now: 1_000, wall: 1_700_000_000_000 };
  const clock = { now: () => at.now, wall: () => at.wall, after: () => ({ cancel: () => undefined }) };
  return { at, freshness: new Freshness(clock) };
}

test('the time of sealing is whole ms since 1970 and never goes back', async (t) => {
  const { at, freshness } = twoTimes();
  const first = freshness.sealing();
  t.equal(first, at.wall);
  at.now += 10.4;
  at.wall -= HOUR;
  t.equal(freshness.sealing(), first + 10, 'a clock that was set back');
  at.wall += 3 * HOUR;
  t.equal(freshness.sealing(), first + 2 * HOUR, 'a computer that slept');
  at.wall -= HOUR;
  at.now += 5;
  t.equal(freshness.sealing(), first + 2 * HOUR + 5);
});

test('own clocks that are set do not make others late', async (t) => {
  const { at, freshness } = twoTimes();
  let theirs = 1_600_000_000_000;
  const arrives = (ms: number) => {
    at.now += ms;
    at.wall += ms;
    theirs += ms;
    return freshness.late(theirs);
  };
  t.notOk(arrives(0));
  at.wall += HOUR;
  t.notOk(arrives(1_000));
  at.wall -= 5 * HOUR;
  t.notOk(arrives(1_000));
  t.ok(freshness.late(theirs - 60_001));
});
