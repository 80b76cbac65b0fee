import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test, type Test } from 'tap';
import { privateIdentity } from '../../common/crypto/identity.js';
import { x25519Suite } from '../../common/crypto/suite.js';
import { type KeysFolder, privateFolderOf } from '../../common/files/keys-folder.js';
import { readPrivateKey } from '../../common/files/private-key.js';
import { writeCell } from '../../common/wire/cell.js';
import { roles } from '../../common/wire/commands.js';
import { certificatesIn, makeKeysFolder, PASSPHRASE } from '../support/authority.js';
import { cn, ed25519, good, spkiOf } from '../support/certificate-maker.js';
import { FsWatch } from '../support/fs-watch.js';
import { KnowingRelay, serverOf } from '../support/knowing-relay.js';
import { Program } from '../support/program.js';
import { ROOT } from '../support/root.js';
import { type Address, connectTo, RawClient } from '../support/raw-client.js';
import { until } from '../support/until.js';

/** Names as they would be in a path. Each has `zq7` in it, which is in no path of its own. */
const names = [
  '../zq7', '..\\zq7', '/zq7/passwd', '\\\\zq7\\share', 'C:\\zq7', 'zq7/../..', 'zq7\0.pem', '%2e%2e%2fzq7', '~zq7',
  'file:///zq7', 'zq7'.repeat(80),
];
/** A name that a user may have. */
const ordinary = 'zq7';
const bytes = (name: string) => Buffer.from(name, 'latin1');
const vec8 = (name: string) => Buffer.concat([Buffer.from([name.length]), bytes(name)]);
const ask = async () => PASSPHRASE;

/** Looks for the package.json of the program that it is in. */
const YARGS = realpathSync(join(ROOT, 'node_modules/yargs'));
const isLoading = (path: string) =>
  path.startsWith('file:') || path.includes('node_modules') || YARGS.startsWith(path.replace(/package\.json$/, ''));

/** The calls of a program that is not just being loaded. */
const calls = (watch: FsWatch) => watch.calls.filter(({ paths }) => !paths.some(isLoading));

function checkPaths(t: Test, watch: FsWatch, allowed: RegExp): void {
  const paths = calls(watch).flatMap((call) => call.paths);
  t.ok(paths.length > 0, `${paths.length} paths were seen`);
  t.same(paths.filter((path) => /zq7/i.test(path)), [], 'none has in it what a peer sent');
  t.same(paths.filter((path) => !allowed.test(path)), [], 'there are no others than those of the program itself');
}

async function identityOf(keys: KeysFolder, name: string) {
  return privateIdentity(await readPrivateKey(privateFolderOf(keys, name).key, ask));
}

test('F4: a server to which everything that looks like a path is sent', async (t) => {
  const dir = t.testdir({ watch: {}, keys: {} });
  const keys = await makeKeysFolder(`${dir}/keys`, { users: ['alice'], enrol: 'certificate' });
  const watch = new FsWatch(`${dir}/watch`);
  const options = ['--keys', keys.root, '--log', 'json', '--pool', '1', '--connect-burst', '1000'];
  const server = new Program('server', ['0', ...options], watch.env);
  t.teardown(() => server.stop());
  const at = await server.event('listening') as unknown as Address;
  await server.event('users');
  const [leaf] = await certificatesIn(keys.server.chain);
  const identity = await identityOf(keys, 'alice');
  const login = () => RawClient.login(at, 'alice', leaf!.publicKey, { identity });
  const before = calls(watch).length;

  for (const name of names) {
    const socket = await connectTo(at);
    socket.resume();
    socket.end(writeCell('M1', Buffer.concat([vec8(name), Buffer.from([1, x25519Suite.id]), randomBytes(32)])));
    await once(socket, 'close');
  }
  for (const command of ['chat', 'cach', 'acpt', 'refu', 'list', 'frwd', 'exch', 'fly!']) {
    for (const name of names.slice(0, command === 'chat' ? names.length : 2)) {
      const alice = await login();
      const payload = command === 'list' ? Buffer.concat([vec8(name), vec8(name)]) : bytes(name);
      alice.socket.write(alice.seal({ command, payload }));
      await alice.gone();
    }
  }
  const alice = await login();
  for (const command of ['chat', 'cach', 'acpt', 'refu'] as const) alice.say(command, { username: ordinary });
  alice.say('list', { prefix: ordinary, after: ordinary });
  alice.say('frwd', { conversation: bytes('../zq7/x').toString('hex'), body: bytes('../zq7') });
  await alice.settled();
  await Promise.all([...names, ordinary].map(async (name) => {
    const { publicKey, privateKey } = ed25519();
    const foreign = good.user({ subject: cn(name), issuer: cn('../zq7'), spki: spkiOf(publicKey) });
    const own = { identity: privateIdentity(privateKey), certificates: [foreign] };
    await t.rejects(RawClient.login(at, ordinary, leaf!.publicKey, own), { code: 3 });
  }));
  t.same(calls(watch).slice(before), [], 'no peer makes a server touch a file');

  server.child.kill('SIGHUP');
  await server.event('reloaded');
  const lock = '\\.lock(\\.next)?|\\.\\.lock(\\.next)?\\.[0-9a-f]{12}\\.tmp';
  const ofUsers = `users(/(alice\\.pem|revoked|${lock}))?`;
  checkPaths(t, watch, new RegExp(`^/proc/\\d+/stat$|/keys/(server/(server\\.pem|server\\.key|ca\\.pem)|${ofUsers})$`));
  alice.socket.destroy();
});

test('F4: a client whose relay and peer send everything that looks like a path', async (t) => {
  const dir = t.testdir({ watch: {}, keys: {} });
  const keys = await makeKeysFolder(`${dir}/keys`, { users: ['alice'] });
  const { public: identity } = await identityOf(keys, 'alice');
  const alice = { username: 'alice', identity };
  const watch = new FsWatch(`${dir}/watch`);
  const start = async (peer: string) => {
    const relay = await KnowingRelay.start(await serverOf(keys), peer);
    const at = ['127.0.0.1', String(relay.port), '--user', 'alice', '--keys', keys.root, '--suite', 'x25519'];
    const env = { MESSAGEAPP_PASSPHRASE: PASSPHRASE, ...watch.env };
    const client = new Program('client', [...at, '--json', '--reconnect', '0'], env);
    t.teardown(() => {
      client.stop();
      relay.close();
    });
    await relay.login(alice, x25519Suite);
    await client.event('ready');
    return { relay, client };
  };

  const { relay, client } = await start(ordinary);
  const calling = relay.call(alice, x25519Suite);
  await client.event('request');
  client.type({ do: 'accept', with: ordinary });
  await calling;
  await client.event('chat');
  for (const name of names) {
    relay.say(name.replace('\0', ''));
    relay.session.say('erro', { code: 1, about: bytes(`chat${name}`.slice(0, 20)), text: name });
    await client.event('message');
  }
  client.type({ do: 'compared', with: ordinary });
  await client.event('safety-number');
  for (const name of names) client.type({ do: 'chat', with: name }, { do: 'verify', with: name });
  client.type({ do: 'leave', with: ordinary }, { do: 'exit' });
  await client.event('left');

  const conversation = bytes('../zq7/x');
  const attempts = names.slice(0, 2).flatMap((name): [string, Buffer][] => [
    ['reqt', bytes(name)],
    ['pubk', Buffer.concat([conversation, Buffer.from([roles.caller]), vec8(name), Buffer.from([0, 0, 1, 0])])],
    ['list', Buffer.concat([Buffer.from([0]), bytes(`${name}\n`)])],
  ]);
  await Promise.all(attempts.map(async ([command, payload]) => {
    const other = await start('bob');
    other.relay.session.stream.write(other.relay.session.seal({ command, payload }));
    t.match(await other.client.event('closed'), { status: 5 }, `${command}: that is no relay`);
  }));
  const own = String.raw`(key|ca|certificate)\.pem|\.?known-keys\.json(\.[0-9a-f]{12}\.tmp)?`;
  checkPaths(t, watch, new RegExp(String.raw`/keys/private/alice(/(${own}))?$|/(client|dist)/|\.tap/`));
  const renamed = calls(watch).filter(({ call }) => call === 'rename').map(({ paths }) => basename(paths[1]!));
  t.ok(renamed.includes('known-keys.json'), 'the peer was pinned all the same');
});

test('F4: the watch itself sees a path that the program does build', async (t) => {
  const dir = t.testdir();
  const watch = new FsWatch(dir);
  const keys = new Program('keys', ['show', 'zq7', '--keys', dir], watch.env);
  t.teardown(() => keys.stop());
  await keys.ended();
  await until('the calls', () => watch.paths.some((path) => path.endsWith('/users/zq7.pem')));
  t.pass('what the person asked for');
});
