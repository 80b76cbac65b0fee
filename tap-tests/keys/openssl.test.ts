import { test } from 'tap';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../keys/main.js';
import { testIo } from '../support/authority.js';

const CANARY = 'canary-passphrase-4711';
const real = execFileSync('sh', ['-c', 'command -v openssl']).toString().trim();
const path = process.env['PATH'];

/** Puts a program in the place of openssl, for one test after another. */
function instead(dir: string, script: string): void {
  writeFileSync(join(dir, 'openssl'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  process.env['PATH'] = `${dir}:${path}`;
}

test('F5: the passphrase is in no argument and no environment of openssl, nor is a private key in clear', async (t) => {
  t.teardown(() => (process.env['PATH'] = path));
  process.env['MESSAGEAPP_PASSPHRASE'] = CANARY;
  t.teardown(() => delete process.env['MESSAGEAPP_PASSPHRASE']);
  const bin = t.testdir({ bin: {}, keys: {} });
  const seen = join(bin, 'seen');
  instead(join(bin, 'bin'), `{ echo "call: $*"; env; for f; do case $f in /*) cat "$f" 2>/dev/null;; esac; done; } >>${seen}; exec ${real} "$@"`);
  const io = testIo({ MESSAGEAPP_PASSPHRASE: CANARY });
  await main(['user', 'alice', '--enrol', 'certificate', '--keys', join(bin, 'keys')], io);
  const text = readFileSync(seen, 'latin1');
  t.equal(text.match(/^call: x509/gm)?.length, 3, 'the authority, the server, alice');
  t.match(text, /-passin fd:3/);
  t.notMatch(text, CANARY);
  t.notMatch(text, /BEGIN PRIVATE KEY/);
  t.notMatch(io.printed.join('\n') + io.complained(), CANARY);
});

test('no openssl, an old one, another one, one that fails', async (t) => {
  t.teardown(() => (process.env['PATH'] = path));
  const dir = t.testdir({ bin: {}, keys: {} });
  const keys = join(dir, 'keys');
  const init = () => main(['init', '--keys', keys], testIo());
  process.env['PATH'] = join(dir, 'bin');
  await t.rejects(init(), { code: 'no-openssl', message: /was not found. Install it: apt-get install openssl .*brew install openssl/ });
  for (const [version, shown] of [['OpenSSL 1.1.1w  11 Sep 2023', /is OpenSSL 1.1.1w/], ['LibreSSL 3.3.6', /is LibreSSL 3.3.6; 3.0 or later is needed/]] as const) {
    instead(join(dir, 'bin'), `echo '${version}'`);
    await t.rejects(init(), { code: 'no-openssl', message: shown });
  }
  instead(join(dir, 'bin'), 'test $1 = version && echo OpenSSL 3.0.0 && exit; printf "no \\033[2J such thing\\nmore\\n" >&2; exit 1');
  await t.rejects(init(), { code: 'openssl-failed', message: /^openssl could not make the certificate: no \\u\{1b\}\[2J such thing$/ });
  t.same(readdirSync(keys), [], 'nothing is left half-made');
});
