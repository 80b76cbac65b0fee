import { test } from 'tap';
import { Queues } from '../../../server/relay/queues.js';

class FakeQueue {
  overflowed = 0;
  constructor(public cells: number) {}
  overflow() {
    this.overflowed++;
  }
}

test('the fullest goes, not the one that came last', async (t) => {
  const queues = new Queues(100);
  const [one, two, three] = [new FakeQueue(40), new FakeQueue(60), new FakeQueue(1)];
  queues.weigh(one);
  queues.weigh(two);
  t.equal(two.overflowed, 0, '100 are allowed');
  queues.weigh(three);
  t.same([one, two, three].map(({ overflowed }) => overflowed), [0, 1, 0]);
  t.equal(queues.total, 41);
});

test('what has drained meanwhile is counted anew before anyone goes', async (t) => {
  const queues = new Queues(100);
  const [one, two] = [new FakeQueue(90), new FakeQueue(50)];
  queues.weigh(one);
  one.cells = 0;
  queues.weigh(two);
  t.same([one.overflowed, two.overflowed], [0, 0]);
  t.equal(queues.total, 50);
  queues.remove(two);
  queues.remove(two);
  t.equal(queues.total, 0);
});
