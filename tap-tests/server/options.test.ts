import { test } from 'tap';
import { relayLimits } from '../../common/wire/limits.js';
import { limitOptions } from '../../server/limit-options.js';
import { readOptions } from '../../server/options.js';

const read = (...args: string[]) => readOptions(args, () => undefined);

test('defaults', async (t) => {
  const options = await read('8081');
  t.match(options, { port: 8081, host: '127.0.0.1', acceptCertificates: true, log: 'text', logWire: false, authorityNamed: false });
  t.same(options?.limits, relayLimits, 'those of docs/PROTOCOL.md part 6');
  t.match(options?.paths, {
    certificate: 'keys/server/server.pem', privateKey: 'keys/server/server.key', authority: 'keys/server/ca.pem', users: 'keys/users',
  });
});

test('everything said otherwise', async (t) => {
  const options = await read('0', '--host', '::', '--keys', 'k', '--certificate', 'c.pem', '--authority', 'a.pem', '--users', 'u',
    '--private-key', 'p.pem', '--passphrase-file', 'pw', '--no-accept-certificates', '--log', 'json', '--log-wire');
  t.match(options, {
    port: 0, host: '::', paths: { certificate: 'c.pem', privateKey: 'p.pem', authority: 'a.pem', users: 'u' }, authorityNamed: true,
    passphraseFile: 'pw', acceptCertificates: false, log: 'json', logWire: true,
  });
});

test('every limit is an option', async (t) => {
  for (const [limit, { name, unit, min }] of Object.entries(limitOptions)) {
    const value = Math.max(77, min);
    const options = await read('1', `--${name}`, String(value));
    t.equal(options?.limits[limit as keyof typeof limitOptions], unit === 'seconds' ? value * 1000 : value, name);
    for (const bad of ['-1', '0', 'x', '1e99', ...(unit === 'number' ? ['1000.5'] : [])]) {
      await t.rejects(read('1', `--${name}=${bad}`), { code: 'bad-argument', message: new RegExp(`--${name} is`) }, `${name} ${bad}`);
    }
  }
  t.equal((await read('1', '--refusal', '0.25'))?.limits.refusalMs, 250);
});

test('what cannot be done', async (t) => {
  const rows: string[][] = [[], ['x'], ['65536'], ['-1'], ['8081', '8082'], ['0x50'], ['1e3'], ['8081', '--bogus'], ['8081', '--log', 'xml'],
    ['8081', '--host'], ['8081', '--ring']];
  for (const args of rows) {
    await t.rejects(read(...args), { name: 'UsageError', code: 'bad-argument', message: /^[^\n]+$/ }, args.join(' '));
  }
});

test('help', async (t) => {
  let help = '';
  t.equal(await readOptions(['--help'], (text) => (help += text)), undefined);
  for (const { name } of Object.values(limitOptions)) t.match(help, `--${name} `);
  t.match(help, /Network:[^]*Keys and users:[^]*Log, on standard output:[^]*Limits:/);
  t.match(help, /0\.0\.0\.0 or ::/);
});
