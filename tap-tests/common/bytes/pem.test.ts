import { test } from 'tap';
import { readPem, writePem } from '../../../common/bytes/pem.js';

const pem = writePem('PUBLIC KEY', Buffer.alloc(100, 9));

test('blocks come back, with text around them and any line ends', async (t) => {
  t.same(readPem(`name alice\n${pem}\nmore\n${pem}`).map(({ label, der }) => [label, der.length]), [['PUBLIC KEY', 100], ['PUBLIC KEY', 100]]);
  t.same(readPem(pem.replace(/\n/g, '\r\n'))[0]!.der, Buffer.alloc(100, 9));
  t.same(readPem('nothing'), []);
});

test('damage is noticed', async (t) => {
  const lines = pem.split('\n');
  for (const bad of [
    lines.slice(0, -2).join('\n'), lines.slice(1).join('\n'), pem.replace('CQkJ', 'CQ*J'), pem.replace('CQkJ', 'CQk'),
    pem.replace('END PUBLIC', 'END PRIVATE'), pem + lines[0], '-----BEGIN X-----\n-----END X-----',
    '-----BEGIN X-----\nAB==\n-----END X-----', `${lines[0]}\n${pem}`,
  ]) t.throws(() => readPem(bad), { code: 'malformed' }, bad.slice(0, 80));
});
