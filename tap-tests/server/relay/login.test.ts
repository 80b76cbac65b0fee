import type { Socket } from 'node:net';
import { test } from 'tap';
import { encode } from '../../../common/bytes/codec.js';
import { initiate, loginTranscript } from '../../../common/crypto/exchange.js';
import { type Suite, rsaSuite, X25519Ephemeral, x25519Suite } from '../../../common/crypto/suite.js';
import { readHandshakeCell } from '../../../common/transport/cells.js';
import { body1, body3 } from '../../../common/wire/bodies.js';
import { writeCell } from '../../../common/wire/cell.js';
import { CELL, relayLimits } from '../../../common/wire/limits.js';
import { login } from '../../../server/relay/login.js';
import { Registry } from '../../../server/relay/registry.js';
import { cn, ed25519, good, NOW, spkiOf, utc } from '../../support/certificate-maker.js';
import { privateIdentity } from '../../../common/crypto/identity.js';
import { line } from '../../support/fake-server.js';
import { connectTo, newIdentity, nextBody, Refused } from '../../support/raw-client.js';
import { ManualClock } from '../../support/manual-clock.js';
import { TestServer } from '../../support/test-server.js';
import { until } from '../../support/until.js';

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(() => 'let in', (error: unknown) => (error instanceof Refused ? error.code : String(error)));

const hello = (username = 'alice', suites: readonly Suite[] = [x25519Suite]) => initiate(loginTranscript(), username, suites).body1;

/** What comes back for these bytes, in the place of M2. */
async function sent(server: TestServer, ...cells: Buffer[]): Promise<unknown> {
  const socket = await connectTo(server.running);
  for (const cell of cells) socket.write(cell);
  try {
    return await codeOf(nextBody(socket, 'M2'));
  } finally {
    socket.destroy();
  }
}

test('both suites, and M4', async (t) => {
  const server = await TestServer.start(t, { limits: { rateMessages: 7, rateWindowMs: 2_000, ringMs: 5_000 } });
  for (const suites of [[x25519Suite], [rsaSuite], [rsaSuite, x25519Suite]]) {
    const alice = await server.login('alice', { suites });
    t.equal(alice.heard[0]!.command, 'welc', 'the first message of the first record');
    const { json } = await alice.expect('welc');
    t.same(JSON.parse(json), { text: 'User Login Complete!', rate: { messages: 7, seconds: 2 }, idle: 1800, ring: 5 });
    alice.say('exit', undefined);
    await alice.gone();
  }
  t.same(server.events('logged-in').map(({ username }) => username), ['alice', 'alice', 'alice']);
});

test('what is no M1', async (t) => {
  const server = await TestServer.start(t);
  const good1 = writeCell('M1', hello());
  const changed = (at: number, value: number) => {
    const cell = Buffer.from(good1);
    cell[at] = value;
    return cell;
  };
  t.equal(await sent(server, good1), 'let in', 'M2 came');
  t.equal(await sent(server, Buffer.from('GET / HTTP/1.1\r\n'.padEnd(CELL))), 1);
  t.equal(await sent(server, changed(4, 1)), 1, 'version 1');
  t.equal(await sent(server, changed(5, 3)), 1, 'M3 first');
  t.equal(await sent(server, changed(6, 0xff)), 1, 'a lying length');
  t.equal(await sent(server, changed(CELL - 1, 1)), 1, 'padding');
  t.equal(await sent(server, writeCell('M1', Buffer.concat([hello(), Buffer.from([0])]))), 1, 'a byte left over');
  const unknown = encode(body1, { username: 'alice', suites: [77, 200], nonce: Buffer.alloc(32) });
  t.equal(await sent(server, writeCell('M1', hello(''))), 8, 'an empty name registers');
  t.equal(await sent(server, writeCell('M1', unknown)), 2, 'no common suite');
  t.equal(server.events('refused').length, 8);
});

test('who may not log in gets one answer, 250 ms after M3 (E7, A13)', async (t) => {
  const server = await TestServer.start(t);
  const rows: [string, () => Promise<unknown>][] = [
    ['unknown name', () => server.login('nobody')],
    ['wrong key', () => server.login('alice', { identity: newIdentity() })],
    ['bad chain', () => server.login('alice', { certificates: [good.user({ notAfter: utc('250101000000Z') })] })],
    ['no certificate at all', () => server.login('alice', { certificates: [Buffer.from('nonsense')] })],
    ['share that does not open', () => server.login('alice', { suites: [badShare(rsaSuite, 256)] })],
    ['share of the wrong length', () => server.login('alice', { suites: [badShare(rsaSuite, 255)] })],
    ['zero point', () => server.login('alice', { suites: [badShare(x25519Suite, 32)] })],
    ['empty share', () => server.login('alice', { suites: [badShare(x25519Suite, 0)] })],
  ];
  const times: number[] = [];
  for (const [name, attempt] of rows) {
    const start = performance.now();
    t.equal(await codeOf(attempt()), 3, name);
    times.push(performance.now() - start);
  }
  t.ok(Math.min(...times) >= 249, 'none is earlier');
  const reasons = server.events('refused').map(({ reason }) => reason);
  t.same(reasons, ['unasked', 'bad-signature', 'bad-certificate', 'bad-certificate', 'bad-share', 'bad-share', 'bad-share', 'bad-share'],
    'the log knows better');
  const alice = await server.login('alice');
  t.equal(alice.heard[0]!.command, 'welc', 'alice is not locked out');
});

const badShare = (suite: Suite, length: number): Suite => ({
  ...suite, share: (publicBytes, random) => ({ ...suite.share(publicBytes, random), share: Buffer.alloc(length) }),
});

test('what is no M3', async (t) => {
  const server = await TestServer.start(t);
  const afterM2 = async (send: (socket: Socket) => void) => {
    const socket = await connectTo(server.running);
    socket.write(writeCell('M1', hello()));
    await nextBody(socket, 'M2');
    send(socket);
    const code = await codeOf(nextBody(socket, 'M2'));
    socket.destroy();
    return code;
  };
  const nobody = encode(body3, { certificates: [], share: Buffer.alloc(32), signature: Buffer.alloc(64) });
  t.equal(await afterM2((socket) => socket.write(writeCell('M1', hello()))), 1);
  t.equal(await afterM2((socket) => socket.write(writeCell('M3', nobody.subarray(1)))), 1);
  t.equal(await afterM2((socket) => socket.write(Buffer.concat([writeCell('M3', nobody), Buffer.alloc(CELL)]))), 1, 'nothing is sent between M3 and M4');
  t.equal(await afterM2((socket) => socket.write(writeCell('M3', nobody))), 3);
});

test('too slow (E2)', async (t) => {
  const clock = new ManualClock();
  const server = await TestServer.start(t, { clock });
  const silent = await connectTo(server.running);
  silent.write(writeCell('M1', hello()).subarray(0, CELL - 1));
  await server.logged('connected', 1);
  clock.advance(4_999);
  t.equal(server.events('refused').length, 0);
  clock.advance(1);
  t.equal(await codeOf(nextBody(silent, 'M2')), 6);

  const later = await connectTo(server.running);
  later.write(writeCell('M1', hello()));
  await nextBody(later, 'M2');
  clock.advance(9_999);
  t.equal(server.events('refused').length, 1);
  clock.advance(1);
  t.equal(await codeOf(nextBody(later, 'M2')), 6);
  await until('both closed', () => silent.destroyed && later.destroyed);
});

test('by certificate; a case-folded name and another key are refused', async (t) => {
  const clock = new ManualClock(NOW.getTime());
  const server = await TestServer.start(t, { clock, limits: { refusalMs: 0 } });
  const pair = ed25519();
  const identity = privateIdentity(pair.privateKey);
  const certificate = (name: string, spki = spkiOf(pair.publicKey)) => [good.user({ subject: cn(name), spki })];
  const user1 = await server.login('user1', { identity, certificates: certificate('user1') });
  t.equal(user1.heard[0]!.command, 'welc');
  t.equal(await codeOf(server.login('user1', { identity })), 4, 'enrolled from now on');
  const login = async (name: string, own: Parameters<TestServer['login']>[1]) => {
    const attempt = codeOf(server.login(name, own));
    await until('the refusal', () => (clock.advance(1), server.events('refused').at(-1)?.['username'] === name));
    return attempt;
  };
  const other = ed25519();
  const otherOwn = { identity: privateIdentity(other.privateKey), certificates: certificate('Bob', spkiOf(other.publicKey)) };
  t.equal(await login('Bob', otherOwn), 3);
  t.equal(await login('user2', { identity: newIdentity(), certificates: certificate('user2') }), 3, 'a certificate without its key');
});

test('a second login is refused; the first is pinged, and closed if it does not answer', async (t) => {
  const clock = new ManualClock();
  const server = await TestServer.start(t, { clock });
  const alice = await server.login('alice');
  await alice.expect('welc');
  t.equal(await codeOf(server.login('alice')), 4);
  const { data } = await alice.expect('ping');
  alice.say('pong', { data });
  await alice.settled();
  clock.advance(5_000);
  t.equal(await codeOf(server.login('alice')), 4, 'it is still there');
  await alice.expect('ping');
  clock.advance(4_999);
  t.equal(await codeOf(server.login('alice')), 4);
  clock.advance(1);
  t.equal((await alice.expect('erro')).code, 10);
  await alice.expect('exit');
  await server.logged('takeover');
  const again = await server.login('alice');
  t.equal(again.heard[0]!.command, 'welc');
});

test('of two logins at once one gets in', async (t) => {
  const server = await TestServer.start(t);
  const results = await Promise.all(Array.from({ length: 5 }, () => codeOf(server.login('alice'))));
  t.same(results.sort(), [4, 4, 4, 4, 'let in']);
});

test('busy: the oldest unfinished handshake is dropped, never a user', async (t) => {
  const server = await TestServer.start(t, { limits: { handshakes: 3 } });
  const alice = await server.login('alice');
  const sockets = [];
  for (let index = 0; index < 4; index++) {
    sockets.push(await connectTo(server.running));
    await server.logged('connected', index + 2);
  }
  t.equal(await codeOf(nextBody(sockets[0]!, 'M2')), 5);
  await alice.settled();
  sockets[1]!.write(writeCell('M1', hello('bob')));
  t.equal(await codeOf(nextBody(sockets[1]!, 'M2')), 'let in');
  for (const socket of sockets) socket.destroy();
});

test('an address that connects too often', async (t) => {
  const server = await TestServer.start(t, { limits: { connectBurst: 3, connectRate: 0.001 } });
  for (let index = 0; index < 3; index++) t.equal(await sent(server, writeCell('M1', hello())), 'let in');
  t.equal(await sent(server, writeCell('M1', hello())), 5);
  const refused = server.events('refused').filter(({ reason }) => reason === 'connects-too-often');
  t.equal(refused.length, 1);
});

test('what is malformed is refused at once, what does not authenticate after 250 ms to the last', async (t) => {
  const clock = new ManualClock();
  const server = await TestServer.start(t, { clock });
  const nobody = encode(body3, { certificates: [], share: Buffer.alloc(32), signature: Buffer.alloc(64) });
  const afterM2 = async (cell3: Buffer) => {
    const socket = await connectTo(server.running);
    t.teardown(() => socket.destroy());
    socket.write(writeCell('M1', hello()));
    await nextBody(socket, 'M2');
    socket.write(cell3);
    return codeOf(nextBody(socket, 'M2'));
  };
  t.equal(await afterM2(writeCell('M3', nobody.subarray(1))), 1, 'the clock stands still');
  const refused = afterM2(writeCell('M3', nobody));
  // The deadlines of M1 and M3 are gone, and the pause is the only timer.
  await until('the pause', () => clock.pending === 1 && server.events('connected').length === 2);
  await new Promise((resolve) => setTimeout(resolve, 20));
  clock.advance(249);
  t.equal(server.events('refused').length, 1);
  clock.advance(1);
  t.equal(await refused, 3);
});

test('a certificate alone, which anybody can have, takes no name', async (t) => {
  const clock = new ManualClock(NOW.getTime());
  const server = await TestServer.start(t, { clock, limits: { refusalMs: 0 } });
  const [old, present] = [ed25519(), ed25519()];
  const certificate = ({ publicKey }: typeof old) => [good.user({ subject: cn('user1'), spki: spkiOf(publicKey) })];
  const attack = codeOf(server.login('user1', { identity: newIdentity(), certificates: certificate(old) }));
  await until('the refusal', () => (clock.advance(1), server.events('refused').length === 1));
  t.equal(await attack, 3);
  const user1 = await server.login('user1', { identity: privateIdentity(present.privateKey), certificates: certificate(present) });
  t.equal(user1.heard[0]!.command, 'welc', 'with another key of the same name');
});

test('M3 has its 10 s, however long M1 took, and the session has no deadline', async (t) => {
  const clock = new ManualClock();
  const server = await TestServer.start(t, { clock });
  const own = server.keys.get('alice')!;
  const slow = { public: own.public, sign: (data: Buffer) => (clock.advance(9_999), own.sign(data)) };
  const alice = await server.login('alice', { identity: slow });
  await alice.expect('welc');
  clock.advance(30_000);
  t.same(await alice.settled(), []);
});

test('a login without M3 leaves no ephemeral key', async (t) => {
  const { client, server: far } = line();
  client.on('error', () => undefined);
  const ephemeral = new X25519Ephemeral();
  const identity = newIdentity();
  const context = {
    limits: relayLimits, clock: new ManualClock(), pool: { take: async () => ephemeral }, identity, certificates: [good.server()],
    registry: new Registry({ users: { users: new Map(), revokedNames: new Set(), revokedFingerprints: new Set() }, authorities: [], acceptCertificates: false }, new ManualClock()),
  };
  const failed = t.rejects(login(far, context, new AbortController(), () => undefined), { code: 'truncated' });
  client.write(writeCell('M1', hello()));
  await readHandshakeCell(client, new AbortController().signal);
  t.notOk(ephemeral.destroyed);
  client.end();
  await failed;
  t.ok(ephemeral.destroyed);
});

test('who has logged in, and who has gone, holds no place', async (t) => {
  const server = await TestServer.start(t, { limits: { handshakes: 2, connectionsPerAddress: 4 } });
  const waiting = await connectTo(server.running);
  await server.logged('connected');
  const alice = await server.login('alice');
  for (let index = 0; index < 6; index++) {
    const gone = await connectTo(server.running);
    await server.logged('connected', index + 3);
    gone.destroy();
    await server.logged('unfinished', index + 1);
  }
  waiting.write(writeCell('M1', hello('bob')));
  t.equal(await codeOf(nextBody(waiting, 'M2')), 'let in', 'nobody needed the place of the oldest');
  t.equal(server.events('refused').length, 0);
  await alice.settled();
  waiting.destroy();
});
