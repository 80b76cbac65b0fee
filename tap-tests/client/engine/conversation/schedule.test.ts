import { test } from 'tap';
import { RenewalSchedule } from '../../../../client/engine/conversation/schedule.js';
import { ManualClock } from '../../../support/manual-clock.js';

function setting() {
  const clock = new ManualClock();
  const schedule = new RenewalSchedule(clock);
  const count = (records: number) => {
    for (let n = 0; n < records; n++) schedule.count();
  };
  return { clock, schedule, count };
}

test('due at 1,000 records or 30 minutes, whichever is first', async (t) => {
  const byCount = setting();
  byCount.count(999);
  t.notOk(byCount.schedule.due);
  byCount.count(1);
  t.ok(byCount.schedule.due);

  const byTime = setting();
  byTime.clock.advance(30 * 60_000 - 1);
  t.notOk(byTime.schedule.due);
  byTime.clock.advance(1);
  t.ok(byTime.schedule.due);
  byTime.schedule.completed();
  t.notOk(byTime.schedule.due);
});

test('overdue at 2,000 records', async (t) => {
  const { schedule, count } = setting();
  count(1_999);
  t.notOk(schedule.overdue);
  count(1);
  t.ok(schedule.overdue);
  schedule.completed();
  t.notOk(schedule.overdue);
  count(1_999);
  t.notOk(schedule.overdue, 'counted from the last one');
});

test('overdue at 60 minutes where the peer still sends, with a minute for the renewal itself', async (t) => {
  const { clock, schedule } = setting();
  clock.advance(60 * 60_000 - 1);
  t.notOk(schedule.overdue);
  clock.advance(5 * 3_600_000);
  t.notOk(schedule.overdue, 'the first record after a long silence may begin it');
  clock.advance(60_000);
  t.notOk(schedule.overdue);
  clock.advance(1);
  t.ok(schedule.overdue);
});

test('a completed renewal begins the time anew, also the minute', async (t) => {
  const { clock, schedule } = setting();
  clock.advance(3 * 3_600_000);
  t.notOk(schedule.overdue);
  schedule.completed();
  clock.advance(60 * 60_000);
  t.notOk(schedule.overdue);
  clock.advance(60_001);
  t.ok(schedule.overdue);
});
