import { test } from 'tap';
import { addressGroup } from '../../../server/relay/address.js';

const same: [string, string][] = [
  ['192.0.2.1', '::ffff:192.0.2.1'],
  ['192.0.2.1', '::ffff:c000:201'],
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
  ['2001:db8::1', '2001:0DB8:0:0:1::'],
  ['fe80::1%eth0', 'fe80::2%eth1'],
  ['::1', '::2'],
];
const different: [string, string][] = [
  ['192.0.2.1', '192.0.2.2'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.2'],
  ['2001:db8:1:2::1', '2001:db8:1:3::1'],
  ['::1', '::ffff:0.0.0.1'],
];

test('what counts as one address', async (t) => {
  for (const [one, other] of same) t.equal(addressGroup(one), addressGroup(other), `${one} and ${other}`);
  for (const [one, other] of different) t.not(addressGroup(one), addressGroup(other), `${one} and ${other}`);
});
