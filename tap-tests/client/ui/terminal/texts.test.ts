import t from 'tap';
import { palette } from '../../../../client/ui/terminal/palette.js';
import { render } from '../../../../client/ui/terminal/row.js';
import { PATIENCE_MS, Texts } from '../../../../client/ui/terminal/texts.js';
import { leftBy } from '../../../support/fake-engine.js';
import { ManualClock } from '../../../support/manual-clock.js';

t.test('texts that take long are spoken of once, and again when they are there', async (t) => {
  const clock = new ManualClock();
  const said: string[] = [];
  const texts = new Texts(clock, (rows) => said.push(...rows.flatMap((row) => render(row, Infinity, palette(false))).map((row) => row.slice(8))));
  const quick = texts.add('bob', 'quick');
  clock.advance(1_000);
  const [one, two] = [texts.add('bob', 'one'), texts.add('bob', 'two')];
  clock.advance(1_000);
  texts.take({ event: 'delivered', with: 'bob', id: quick });
  clock.advance(PATIENCE_MS);
  t.same(said.splice(0), ['2 of your texts are not delivered to bob yet.']);
  clock.advance(60_000);
  t.same(said, []);
  texts.take({ event: 'delivered', with: 'bob', id: one });
  t.same(said, []);
  texts.take({ event: 'delivered', with: 'bob', id: two });
  t.same(said.splice(0), ['Delivered to bob now.']);
  t.equal(texts.waiting, 0);

  const lost = texts.add('bob', 'lost');
  t.equal(texts.textOf(lost), 'lost');
  texts.take(leftBy('bob'));
  t.equal(texts.textOf(lost), undefined);
  const refused = texts.add('bob', 'refused');
  texts.take({ event: 'error', code: 'too-long', text: '', with: 'bob', id: refused });
  const late = texts.add('bob', 'late');
  texts.take({ event: 'discarded', with: 'bob', id: late });
  clock.advance(60_000);
  t.same(said, []);
  t.equal(clock.pending, 0);
});
