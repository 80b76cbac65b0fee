import { once } from 'node:events';
import { chmod, copyFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { keysFolder, privateFolderOf } from '../../common/files/keys-folder.js';
import { makeKeysFolder, PASSPHRASE } from '../support/authority.js';
import { Program } from '../support/program.js';

const env = { MESSAGEAPP_PASSPHRASE: PASSPHRASE };

/** A sentence on standard error, the status that is documented, and no stack trace. */
async function fails(t: Test, name: 'client' | 'server' | 'keys', args: readonly string[], status: number, says: RegExp, more: Record<string, string> = env): Promise<void> {
  const program = new Program(name, args, more);
  t.teardown(() => program.stop());
  const given = `node ${name} ${args.join(' ')}`;
  t.equal(await program.ended(), status, given);
  const told = program.error + program.out;
  t.match(told, says, given);
  t.notMatch(told, /\n\s+at |node:internal/, `${given}: no stack trace`);
}

test('what is asked for wrongly', async (t) => {
  const folder = t.testdir();
  await makeKeysFolder(folder, { users: ['alice'] });
  const at = ['--keys', folder, '--json', '--user'];
  await fails(t, 'client', [], 2, /node client HOST PORT/);
  await fails(t, 'client', ['127.0.0.1', '99999'], 2, /not a port/);
  await fails(t, 'client', ['127.0.0.1', 'x'], 2, /not a port/);
  await fails(t, 'client', ['127.0.0.1', '8081', '--fast'], 2, /fast/);
  await fails(t, 'client', ['127.0.0.1', '8081', '--json'], 2, /--user/);
  await fails(t, 'client', ['127.0.0.1', '8081', '--suite', 'rot13'], 2, /--suite/);
  await fails(t, 'client', ['127.0.0.1', '8081', ...at, 'seventeen-letters'], 2, /not a username/);
  await fails(t, 'client', ['127.0.0.1', '8081', ...at, 'a.b'], 2, /not a username/);
  await fails(t, 'client', ['127.0.0.1', '8081', ...at, 'bob'], 2, /node keys user/);
  await fails(t, 'client', ['127.0.0.1', '8081', ...at, 'alice'], 2, /passphrase/i, { MESSAGEAPP_PASSPHRASE: 'wrong one' });
  await fails(t, 'client', ['127.0.0.1', '8081', ...at, 'alice'], 2, /--passphrase-file/, {});
  await fails(t, 'server', [], 2, /port is missing/);
  await fails(t, 'server', ['70000'], 2, /port/i);
  await fails(t, 'server', ['0', '--keys', join(folder, 'nothing')], 2, /node keys/);
  await fails(t, 'keys', ['user', 'a.b', '--keys', folder], 2, /not a username/);
  await fails(t, 'keys', ['fly'], 2, /fly/);
});

test('help says it, and ends with 0', async (t) => {
  for (const name of ['client', 'server', 'keys'] as const) {
    const program = new Program(name, ['--help']);
    t.equal(await program.ended(), 0);
    t.match(program.out, /--keys/);
    t.equal(program.error, '');
  }
});

test('key files that are damaged, or open to others', async (t) => {
  const folder = t.testdir();
  const keys = await makeKeysFolder(folder, { users: ['alice'] });
  const { key } = privateFolderOf(keys, 'alice');
  const args = ['127.0.0.1', '8081', '--keys', folder, '--json', '--user', 'alice'];
  await chmod(key, 0o644);
  await fails(t, 'client', args, 2, /chmod 600/);
  await chmod(key, 0o600);
  await writeFile(key, 'garbage');
  await fails(t, 'client', args, 2, /key/);
});

test('servers that are not there, not this one, or none at all', async (t) => {
  const folder = t.testdir({ other: {} });
  await makeKeysFolder(folder, { users: ['alice'] });
  const other = await makeKeysFolder(join(folder, 'other'), { users: ['alice'] });
  const at = ['--keys', folder, '--json', '--user', 'alice'];

  const silent = createServer((socket) => void socket.on('error', () => undefined).resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'.padEnd(5000, ' '))).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port: garbage } = silent.address() as AddressInfo;
  await fails(t, 'client', ['127.0.0.1', String(garbage), ...at], 3, /does not speak this protocol/);
  silent.close();
  await once(silent, 'close');
  await fails(t, 'client', ['127.0.0.1', String(garbage), ...at], 3, /Nothing listens/);
  await fails(t, 'client', ['no-such-host.invalid', '8081', ...at], 3, /not known|does not answer|no way/);

  const server = new Program('server', ['0', '--keys', other.root, '--log', 'json', '--pool', '1']);
  t.teardown(() => server.stop());
  const port = String((await server.event('listening'))['port']);
  await fails(t, 'client', ['127.0.0.1', port, ...at], 4, /certificate/, env);
  await fails(t, 'client', ['127.0.0.1', port, ...at, '--server-name', 'example.org'], 4, /certificate/);
  await copyFile(other.server.authority, privateFolderOf(keysFolder(folder), 'alice').authority);
  await fails(t, 'client', ['127.0.0.1', port, ...at, '--suite', 'x25519'], 4, /does not accept this name with this key/);
  await fails(t, 'server', [port, '--keys', folder], 3, /port|use/i);
  await fails(t, 'server', ['0', '--keys', other.root], 1, /server/i);
});
