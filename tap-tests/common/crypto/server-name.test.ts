import { test } from 'tap';
import { parseCertificate } from '../../../common/crypto/certificate.js';
import { addressBytes, isFor, showAddress } from '../../../common/crypto/server-name.js';
import { ext, good, serverExtensions } from '../../support/certificate-maker.js';

test('addresses by value', async (t) => {
  const values: [string, string, string][] = [
    ['127.0.0.1', '7f000001', '127.0.0.1'], ['::', '0'.repeat(32), '::'], ['::1', '1'.padStart(32, '0'), '::1'],
    ['[2001:DB8::a:0]', '20010db800000000000000000000a0000', '2001:db8::a:0'],
    ['2001:db8:0:0:0:0:a:0', '20010db80000000000000000000a0000', '2001:db8::a:0'],
    ['fe80::1%eth0', 'fe800000000000000000000000000001', 'fe80::1'],
    ['::ffff:1.2.3.4', '00000000000000000000ffff01020304', '::ffff:102:304'], ['1:2:3:4:5:6:7::', '00010002000300040005000600070000', '1:2:3:4:5:6:7:0'],
  ];
  for (const [text, hex, shown] of values) {
    if (text === '[2001:DB8::a:0]') t.same(addressBytes(text), addressBytes('2001:db8::a:0'));
    else t.equal(addressBytes(text)?.toString('hex'), hex, text);
    t.equal(showAddress(addressBytes(text)!), shown);
  }
  for (const not of ['localhost', '', '1.2.3', '1.2.3.4.5', '::g', '0x7f.1', '[localhost]', '1:2:3']) t.equal(addressBytes(not), undefined, not);
});

test('hosts', async (t) => {
  const certificate = parseCertificate(good.server({
    extensions: serverExtensions({ names: ext.names({ dns: 'Chat.Example.org' }, { dns: '*.example.net' }, { dns: '10.0.0.1' }, { ip: [10, 0, 0, 2] }) }),
  }));
  for (const yes of ['chat.example.org', 'CHAT.example.org', 'chat.example.org.', '10.0.0.2']) t.ok(isFor(certificate, yes), yes);
  for (const no of ['example.org', 'a.example.net', '*.example.net', '10.0.0.1', '', '.', 'localhost', 'chat.example.org\0']) t.notOk(isFor(certificate, no), no);
});
