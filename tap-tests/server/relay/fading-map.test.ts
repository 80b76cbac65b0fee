import { test } from 'tap';
import { FadingMap } from '../../../server/relay/fading-map.js';

test('a million keys that go stale leave a map of the size in use (E4)', async (t) => {
  let now = 0;
  const map = new FadingMap(() => ({ at: now }), ({ at }) => now - at >= 1_000);
  let most = 0;
  for (now = 0; now < 1_000_000; now++) {
    map.of(`key ${now}`);
    most = Math.max(most, map.size);
  }
  t.ok(most <= 2_010, `${most} entries for 1000 in use`);
});

test('an entry in use stays', async (t) => {
  const map = new FadingMap<{ used: boolean }>(() => ({ used: false }), ({ used }) => !used);
  const entry = map.of('__proto__');
  entry.used = true;
  for (let index = 0; index < 100; index++) map.of(`key ${index}`);
  t.equal(map.of('__proto__'), entry);
  t.equal(map.peek('constructor'), undefined);
  t.ok(map.size <= 10, `${map.size} entries`);
});
