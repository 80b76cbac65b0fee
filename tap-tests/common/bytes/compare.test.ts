import { test } from 'tap';
import { sameStart } from '../../../common/bytes/compare.js';

test('as many bytes as are asked for, and not one more', async (t) => {
  const [one, other] = [Buffer.from('abcdef'), Buffer.from('abcxyz')];
  t.ok(sameStart(one, other, 3));
  t.notOk(sameStart(one, other, 4));
  t.ok(sameStart(one, other, 0));
  t.notOk(sameStart(Buffer.from('xbc'), Buffer.from('abc'), 3), 'the first counts');
});
