import { test } from 'tap';
import { Pacer } from '../../../client/engine/pacer.js';
import { ManualClock } from '../../support/manual-clock.js';

test('peers who are due a receipt all the time do not silence the person', async (t) => {
  const clock = new ManualClock();
  const pacer = new Pacer(clock, 10, 5_000);
  const sent: string[] = [];
  const receipt = () => pacer.submit('control', () => (sent.push('receipt'), receipt()));
  for (let peer = 0; peer < 10; peer++) receipt();
  for (let n = 1; n <= 5; n++) pacer.submit('text', () => sent.push(`text ${n}`));
  for (let seconds = 0; seconds < 20; seconds++) clock.advance(1_000);
  t.same(sent.filter((each) => each !== 'receipt'), [1, 2, 3, 4, 5].map((n) => `text ${n}`));
});
