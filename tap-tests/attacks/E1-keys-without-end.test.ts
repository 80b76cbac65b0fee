import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { test } from 'tap';
import { moduleFile } from '../support/root.js';

/**
 * Node 20 stands still for ever where it collects a key that was just made while it holds its lock, as it does in an
 * export to JWK: one in some ten thousand handshakes, and the relay hears nobody any more. A small young generation
 * makes that a matter of a second.
 */
const MAKE = `
  const { X25519Ephemeral } = await import(process.argv[1]);
  for (let made = 0; made < 20_000; made++) new X25519Ephemeral();
`;

test('E1: the keys of a flood are made without standing still', async (t) => {
  const suite = pathToFileURL(moduleFile('common/crypto/suite')).href;
  const args = [...process.execArgv, '--max-semi-space-size=1', '--input-type=module', '--eval', MAKE, suite];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  t.teardown(() => child.kill('SIGKILL'));
  const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const [status, signal] = await once(child, 'exit');
  clearTimeout(late);
  t.same([status, signal], [0, null], 'all of them were made');
});
