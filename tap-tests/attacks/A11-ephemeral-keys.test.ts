import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test, type Test } from 'tap';
import { decode } from '../../common/bytes/codec.js';
import { answer, initiate, loginTranscript } from '../../common/crypto/exchange.js';
import type { Identity, PublicIdentity } from '../../common/crypto/identity.js';
import { WorkerKeyMaker } from '../../common/crypto/rsa-key-maker.js';
import { rsaSuite, type Suite, suites, x25519Suite } from '../../common/crypto/suite.js';
import { readHandshakeCell } from '../../common/transport/cells.js';
import { body2, refusal } from '../../common/wire/bodies.js';
import { isRefusalCell, readCell, writeCell } from '../../common/wire/cell.js';
import { SHARED_KEY_MS } from '../../common/wire/limits.js';
import { certificatesIn, makeKeysFolder, PASSPHRASE } from '../support/authority.js';
import { FsWatch } from '../support/fs-watch.js';
import { ManualClock } from '../support/manual-clock.js';
import { Program } from '../support/program.js';
import { type Address, connectTo, nextBody } from '../support/raw-client.js';
import { Scene } from '../support/scene.js';
import { TestServer } from '../support/test-server.js';
import { until } from '../support/until.js';

/** A login up to M2: the ephemeral key in it, and how to go on. */
async function half(at: Address, server: PublicIdentity, username: string, offered: readonly Suite[] = [rsaSuite]) {
  const socket = await connectTo(at);
  const { body1, expecting } = initiate(loginTranscript(), username, offered);
  socket.write(writeCell('M1', body1));
  const received = await nextBody(socket, 'M2');
  const { suite, ephemeralKey } = decode(body2, received);
  return {
    suite, key: ephemeralKey.toString('hex'), leave: () => socket.destroy(),
    /** M3. @returns 0 for M4, or the code of the refusal */
    async finish(identity: Identity): Promise<number> {
      const { body3 } = await answer(expecting, received, { identity, certificates: [] }, () => server);
      socket.write(writeCell('M3', body3));
      const cell = await readHandshakeCell(socket, AbortSignal.timeout(10_000));
      socket.destroy();
      return isRefusalCell(cell) ? decode(refusal, readCell(cell, ['refusal']).body).code : 0;
    },
  };
}

/** Real RSA keys, each made when the test says so. */
function heldMaker(t: Test): { letOne(): void } {
  const { prototype } = WorkerKeyMaker;
  const { make } = prototype;
  const waiting: (() => void)[] = [];
  let leave = 0;
  prototype.make = async function held() {
    if (leave > 0) leave--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    return make.call(this);
  };
  t.teardown(() => void (prototype.make = make));
  return {
    letOne() {
      const next = waiting.shift();
      if (next) next();
      else leave++;
    },
  };
}

test('A11: when the pool is empty, one RSA key serves for ten seconds, and is gone after twenty', async (t) => {
  const maker = heldMaker(t);
  const clock = new ManualClock();
  const limits = { poolKeys: 1, helloMs: 600_000, proofMs: 600_000, refusalMs: 0 };
  const server = await TestServer.start(t, { users: ['alice', 'bob', 'user3'], limits, clock });
  const begin = (name: string, offered?: readonly Suite[]) =>
    half(server.running, server.identity.public, name, offered);
  maker.letOne();
  const first = await begin('alice');
  clock.advance(SHARED_KEY_MS - 1);
  const second = await begin('bob');
  t.equal(second.key, first.key, 'a burst shares the newest key');
  const other = await begin('user3', [rsaSuite, x25519Suite]);
  t.equal(other.suite, x25519Suite.id, 'one who offers both does not share it');
  other.leave();

  clock.advance(1);
  const waiting = begin('user3');
  await server.logged('pool-empty');
  maker.letOne();
  const third = await waiting;
  t.not(third.key, first.key, 'after ten seconds nobody begins with it');
  clock.advance(SHARED_KEY_MS - 1);
  t.equal(await second.finish(server.keys.get('bob')!), 0, 'who began before may finish');
  clock.advance(1);
  let refused: number | undefined;
  void first.finish(server.keys.get('alice')!).then((code) => (refused = code));
  await until('the refusal', () => {
    clock.advance(0);
    return refused !== undefined;
  });
  t.equal(refused, 3, 'after twenty it opens nothing any more');
  third.leave();
});

test('A11: a key is used once where the pool has others', async (t) => {
  const server = await TestServer.start(t, { limits: { poolKeys: 1 } });
  const seen: string[] = [];
  for (const suite of [...suites, x25519Suite, x25519Suite, x25519Suite]) {
    const login = await half(server.running, server.identity.public, 'alice', [suite]);
    seen.push(login.key);
    login.leave();
  }
  t.equal(new Set(seen).size, seen.length, `${seen.length} handshakes`);
});

/** Every file below a folder, with a hash of what is in it. */
function contents(folder: string): Map<string, string> {
  const hash = (name: string) => createHash('sha256').update(readFileSync(join(folder, name))).digest('hex');
  return new Map(readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => basename(name) !== '.lock' && statSync(join(folder, name)).isFile()).map((name) => [name, hash(name)]));
}

test('A11: no ephemeral key is on disk, and none comes back after a kill', async (t) => {
  const dir = t.testdir({ watch: {}, keys: {} });
  const keys = await makeKeysFolder(join(dir, 'keys'), { users: ['alice', 'bob'] });
  const [leaf] = await certificatesIn(keys.server.chain);
  const before = contents(keys.root);
  const used: Set<string>[] = [];
  for (const run of [1, 2]) {
    const watch = new FsWatch(join(dir, 'watch'), `run-${run}`);
    const server = new Program('server', ['0', '--keys', keys.root, '--log', 'json', '--pool', '2'], watch.env);
    t.teardown(() => server.stop());
    const at = await server.event('listening') as unknown as Address;
    const seen = new Set<string>();
    for (const suite of [rsaSuite, rsaSuite, rsaSuite, rsaSuite, x25519Suite, x25519Suite]) {
      // The last ones are in the middle of their handshake when the server dies.
      seen.add((await half(at, leaf!.publicKey, 'alice', [suite])).key);
    }
    server.child.kill('SIGKILL');
    await server.ended();
    t.ok(watch.paths.some((path) => path.endsWith('server.key')), 'the watch saw what was read');
    const changes = watch.calls.filter(({ change }) => change);
    const places = changes.flatMap(({ paths }) => paths);
    const ofLock = /\/users\/(\.lock(\.next)?|\.\.lock(\.next)?\.[0-9a-f]{12}\.tmp)$/;
    t.same(places.filter((path) => !ofLock.test(path)), [], 'a server writes nothing but its lock');
    t.same(changes.flatMap(({ data = [] }) => data).filter((data) => !/^\d+ \d+ \d+\n$/.test(data)), []);
    t.same(contents(keys.root), before);
    used.push(seen);
  }
  t.ok(used[0]!.size >= 3 && used[1]!.size >= 3, `${used[0]!.size} and ${used[1]!.size} keys`);
  t.same([...used[0]!].filter((key) => used[1]!.has(key)), [], 'none of the first run is in the second');
});

test('A11: a client that is killed in a chat leaves nothing but its pins', async (t) => {
  const dir = t.testdir({ watch: {}, keys: {} });
  const scene = await Scene.open(join(dir, 'keys'));
  t.teardown(() => scene.close());
  const before = contents(scene.keys.root);
  const watch = new FsWatch(join(dir, 'watch'));
  const bob = await scene.logIn('bob');
  const at = ['127.0.0.1', String(scene.server.port), '--json', '--user', 'alice', '--keys', scene.keys.root];
  const alice = new Program('client', at, { MESSAGEAPP_PASSPHRASE: PASSPHRASE, ...watch.env });
  t.teardown(() => alice.stop());
  alice.type({ do: 'chat', with: 'bob' });
  await bob.next('request');
  bob.do({ do: 'accept', with: 'alice' });
  await alice.event('chat');
  alice.type({ do: 'say', with: 'bob', text: 'a secret' });
  await bob.next('message');
  alice.child.kill('SIGKILL');
  await alice.ended();

  const written = watch.calls.flatMap(({ data }) => data ?? []);
  t.equal(written.length, 1);
  t.match(JSON.parse(written[0]!), { version: 1, pins: [{ username: 'bob', fingerprint: /^[0-9a-f]{64}$/ }] });
  const after = contents(scene.keys.root);
  t.same([...after.keys()].filter((name) => !before.has(name)), [join('private', 'alice', 'known-keys.json')]);
  for (const [name, hash] of before) t.equal(after.get(name), hash, name);
});
