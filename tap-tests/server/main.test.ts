import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { type KeysFolder, privateFolderOf } from '../../common/files/keys-folder.js';
import { readPrivateKey } from '../../common/files/private-key.js';
import { privateIdentity } from '../../common/crypto/identity.js';
import { main as keysMain } from '../../keys/main.js';
import { certificatesIn, makeKeysFolder, PASSPHRASE, testIo } from '../support/authority.js';
import { type Address, RawClient } from '../support/raw-client.js';
import { moduleFile } from '../support/root.js';
import { until } from '../support/until.js';

const start = moduleFile('server/start');

/** `node server …` from its source, in a process of its own. */
class Run {
  out = '';
  err = '';
  status: number | null | undefined;
  readonly child: ChildProcess;

  constructor(t: Test, ...args: string[]) {
    this.child = spawn(process.execPath, [...process.execArgv, start, ...args], { env: { ...process.env, MESSAGEAPP_PASSPHRASE: PASSPHRASE } });
    this.child.stdout!.on('data', (data) => (this.out += data));
    this.child.stderr!.on('data', (data) => (this.err += data));
    this.child.on('close', (status) => (this.status = status));
    t.teardown(() => this.child.kill('SIGKILL'));
  }

  async ended(): Promise<number | null> {
    await until(`the end of the server, which said ${this.out}${this.err}`, () => this.status !== undefined, 30_000);
    return this.status!;
  }

  async said(event: string): Promise<Record<string, unknown>> {
    const line = () => this.out.split('\n').find((each) => each.startsWith(`{"event":"${event}"`) && each.endsWith('}'));
    await until(`${event} from the server, which said ${this.out}${this.err}`, () => line() !== undefined, 30_000);
    return JSON.parse(line()!) as Record<string, unknown>;
  }
}

async function login(keys: KeysFolder, name: string, at: Address): Promise<RawClient> {
  const [leaf] = await certificatesIn(keys.server.chain);
  const key = await readPrivateKey(privateFolderOf(keys, name).key, async () => PASSPHRASE);
  return RawClient.login(at, name, leaf!.publicKey, { identity: privateIdentity(key) });
}

test('serves, reads users again on SIGHUP, survives the reader of its log, ends on SIGTERM', async (t) => {
  const dir = t.testdir();
  const keys = await makeKeysFolder(dir);
  const server = new Run(t, '0', '--keys', dir, '--log', 'json', '--pool', '1');
  const { host, port } = await server.said('listening') as { host: string; port: number };
  t.match(server.out, /^\{"event":"listening","host":"127\.0\.0\.1","port":\d+,"time"/);
  const at = { host, port };
  const [alice, bob] = [await login(keys, 'alice', at), await login(keys, 'bob', at)];
  await keysMain(['revoke', 'bob', '--keys', dir], testIo());
  server.child.kill('SIGHUP');
  t.equal((await bob.expect('erro')).code, 14);
  await server.said('reloaded');
  server.child.stdout!.destroy();
  alice.say('ping', { data: Buffer.from('1') });
  await alice.expect('pong');
  alice.say('chat', { username: 'bob' });
  await alice.expect('erro');
  server.child.kill('SIGTERM');
  t.equal((await alice.expect('erro')).code, 13);
  t.equal(await server.ended(), 0);
});

test('SIGINT lets clients go, a second one does not wait for them', async (t) => {
  const dir = t.testdir();
  const keys = await makeKeysFolder(dir, { users: ['alice'] });
  for (const [times, status] of [[1, 0], [2, 130]] as const) {
    const server = new Run(t, '0', '--keys', dir, '--pool', '1');
    await until('listening', () => server.out.includes('\n'), 30_000);
    const [, port] = /^MessageApp relay listening on 127\.0\.0\.1:(\d+) [^\n]+\n/.exec(server.out) ?? [];
    const alice = await login(keys, 'alice', { host: '127.0.0.1', port: Number(port) });
    if (times === 2) alice.socket.pause();
    server.child.kill('SIGINT');
    await until('closing', () => / closing sessions=1\n/.test(server.out));
    if (times === 2) server.child.kill('SIGINT');
    t.equal(await server.ended(), status);
    t.match(server.out, / logged-out username=alice reason=closing\n/);
    alice.socket.destroy();
  }
});

test('what cannot be done is one sentence and a status', async (t) => {
  const dir = t.testdir({ empty: {} });
  const keys = await makeKeysFolder(join(dir, 'k'), { users: ['alice'] });
  const taken = createServer().listen(0, '127.0.0.1');
  await until('listening', () => taken.listening);
  t.teardown(() => taken.close());
  const { port } = taken.address() as { port: number };
  await writeFile(join(dir, 'bad.pem'), 'nonsense');
  const rows: [string[], number, RegExp][] = [
    [['x'], 2, /is not a port/],
    [['0', '--keys', join(dir, 'empty')], 2, /node keys/],
    [['0', '--keys', join(dir, 'k'), '--private-key', privateFolderOf(keys, 'alice').key], 2, /is not that of the certificate/],
    [['0', '--keys', join(dir, 'k'), '--certificate', join(dir, 'bad.pem')], 2, /certificate/i],
    [['0', '--keys', join(dir, 'k'), '--authority', join(dir, 'missing.pem')], 2, /does not exist/],
    [[String(port), '--keys', join(dir, 'k')], 3, /in use/],
  ];
  const runs = rows.map(([args]) => args);
  for (const [index, args] of runs.entries()) {
    const run = new Run(t, ...args);
    t.equal(await run.ended(), rows[index]![1], args.join(' '));
    t.match(run.err, rows[index]![2]);
    t.match(run.err, /^messageapp: [^\n]+\n$/);
  }
});
