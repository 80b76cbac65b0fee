import { test } from 'tap';
import { readOptions, type SoakOptions } from '../../bench/soak/options.js';
import { soakPicture } from '../../bench/soak/picture.js';
import { failures, page } from '../../bench/soak/report.js';
import { soak, type SoakReport } from '../../bench/soak/soak.js';
import { Numbered, Tally } from '../../bench/soak/tally.js';

test('what is lost, doubled, out of order or changed is counted', async (t) => {
  const tally = new Tally();
  const [from, to] = [new Numbered(tally), new Numbered(tally)];
  const [one, two, three, four] = [from.next(), from.next(), from.next(), from.next()];
  to.take(one);
  t.match(tally, { received: 1, lost: 3, doubled: 0, outOfOrder: 0, changed: 0 });
  to.take(one);
  t.match(tally, { received: 1, doubled: 1, outOfOrder: 0 }, 'doubled');
  to.take(three);
  t.match(tally, { received: 2, doubled: 1, outOfOrder: 1 }, 'one was skipped');
  to.take(two);
  t.match(tally, { received: 2, doubled: 2 }, 'and is no new text when it comes late');
  to.take(`${four}!`);
  t.match(tally, { received: 3, changed: 1, lost: 1 });
  t.equal(tally.takeLatencies().length, 3);
});

test('a short soak: nothing lost, nobody disturbed, everything given back', { timeout: 90_000 }, async (t) => {
  const options: SoakOptions = {
    minutes: 0.06, active: 20, idle: 30, every: 1, attacks: true, rows: ['E3b', 'E5'], svg: undefined, json: false, help: false,
  };
  const report = await soak(options, () => undefined);
  t.same(failures(report), []);
  t.ok(report.texts.sent > 40 && report.texts.received === report.texts.sent, `${report.texts.sent} texts`);
  t.ok(report.timeline.length >= 3 && report.gauges.full.descriptors >= report.gauges.empty.descriptors + 50);
  t.same([...new Set(report.shots.map(({ row }) => row))].sort(), ['E3b', 'E5'], 'both attacks were tried');
  t.match(page(report), /lost 0, doubled 0, out of order 0/);
  t.match(soakPicture(report), /^<svg [^]*<\/svg>\n$/);
  t.notMatch(soakPicture(report), /NaN|undefined/);

  const bad: SoakReport = {
    ...report,
    texts: { ...report.texts, lost: 1, doubled: 2 },
    disturbances: { 'lost it': 3 },
    shots: [{ row: 'E9', title: 'cuts', held: false, saw: 'a ghost', from: 0, to: 1 }],
    gauges: { ...report.gauges, left: { ...report.gauges.left, descriptors: report.gauges.empty.descriptors + 4, faults: 1 } },
  };
  t.same(failures(bad), [
    '1 texts lost', '2 texts doubled', 'honest users were disturbed: lost it (3×)', 'E9 cuts: a ghost',
    '4 descriptors did not come back', 'the relay logged 1 faults of its own',
  ]);
  t.match(page(bad), /NOT well:\n {2}1 texts lost/);
});

test('options', async (t) => {
  t.match(readOptions([]), { minutes: 10, active: 1000, idle: 4000, attacks: true });
  t.match(readOptions(['--active', '7', '--no-attacks']), { active: 6, attacks: false });
  for (const wrong of [['--minutes', '0'], ['--active', 'x'], ['--what'], ['--idle', '-1']]) {
    t.throws(() => readOptions(wrong), { code: 'bad-argument' }, wrong.join(' '));
  }
});
