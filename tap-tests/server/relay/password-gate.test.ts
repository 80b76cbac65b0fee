import { test, type Test } from 'tap';
import { hashPassword } from '../../../common/crypto/password.js';
import { u8, vec8 } from '../../support/attacker/bytes.js';
import { login, tryLogin } from '../../support/attacker/login.js';
import { erroCode, message, type Session } from '../../support/attacker/session.js';
import { TestServer } from '../../support/test-server.js';
import { until } from '../../support/until.js';

const PASSWORD = 'correct horse';
const stored = hashPassword(Buffer.from(PASSWORD), { N: 2 ** 14, r: 8, p: 1 });

async function start(t: Test, limits = {}): Promise<TestServer> {
  const server = await TestServer.start(t, { limits });
  server.passwords.set('alice', await stored);
  await server.running.reload();
  return server;
}

/** Through the handshake: the server asks. */
async function atTheGate(server: TestServer, name = 'alice'): Promise<Session> {
  const outcome = await tryLogin(server.address, name, { person: server.person(name) });
  if (outcome.is !== 'logged in') throw new Error(outcome.is);
  return outcome.session;
}

async function dismissed(session: Session): Promise<number> {
  const code = erroCode(await session.expect('erro'));
  await session.expect('exit');
  await session.gone();
  return code;
}

test('the right one, and everything as before', async (t) => {
  const server = await start(t);
  const alice = await atTheGate(server);
  await alice.sayPassword(PASSWORD);
  await alice.expect('welc');
  await alice.settled();
  const bob = await login(server.address, 'bob', { person: server.person('bob') });
  t.ok(bob, 'who has none is not asked');
  alice.say(message('exit'));
  await alice.gone();
  t.equal(server.events('logged-in').length, 2);
});

test('a wrong one: erro 20, and nobody is logged in before', async (t) => {
  const server = await start(t);
  const waiting = await atTheGate(server);
  const alice = await atTheGate(server);
  await alice.sayPassword('wrong');
  t.equal(await dismissed(alice), 20);
  t.match(await server.logged('refused'), { username: 'alice', reason: 'not-authenticated' });
  await waiting.sayPassword(PASSWORD);
  await waiting.expect('welc');
  t.equal(server.events('logged-in').length, 1, 'the name was claimed by the one with the password');
});

test('anything else is malformed', async (t) => {
  const server = await start(t);
  const others: [string, (session: Session) => void][] = [
    ['a command', (session) => session.say(message('list', Buffer.concat([vec8(''), vec8('')])))],
    ['an empty password', (session) => session.say(message('pass', vec8('')))],
    ['201 bytes', (session) => session.say(message('pass', vec8('x'.repeat(201))))],
    ['more behind it', (session) => session.say(message('pass', Buffer.concat([vec8('x'), u8(0)])))],
    ['two of them', (session) => session.say(message('pass', vec8(PASSWORD)), message('pass', vec8(PASSWORD)))],
    ['a command in the same record', (session) => session.say(message('pass', vec8(PASSWORD)), message('ping'))],
    ['two cells', (session) => session.line.write(session.seal([message('pass', vec8(PASSWORD))], undefined, 2))],
    ['another counter', (session) => session.sayWrongly({ counter: 1n }, message('pass', vec8(PASSWORD)))],
    ['another name', (session) => session.sayWrongly({ username: 'bob' }, message('pass', vec8(PASSWORD)))],
    ['another key', (session) => session.sayWrongly({ key: Buffer.alloc(32) }, message('pass', vec8(PASSWORD)))],
  ];
  for (const [what, say] of others) {
    const alice = await atTheGate(server);
    await alice.expect('pass');
    say(alice);
    alice.behindPassword();
    t.equal(await dismissed(alice), 12, what);
  }
  const early = await atTheGate(server);
  await early.expect('pass');
  const first = early.seal([message('pass', vec8(PASSWORD))]);
  early.behindPassword();
  early.line.write(Buffer.concat([first, early.seal([message('ping')])]));
  t.equal(await dismissed(early), 12, 'a command behind it, before welc');
  t.equal(server.events('logged-in').length, 0);
});

test('behind it both directions have other keys', async (t) => {
  const server = await start(t);
  const alice = await atTheGate(server);
  await alice.expect('pass');
  alice.say(message('pass', vec8(PASSWORD)));
  await until('something that does not open', () => alice.fault !== undefined);
  alice.line.socket.destroy();
  const other = await atTheGate(server);
  await other.sayPassword(PASSWORD);
  await other.expect('welc');
  other.sayWrongly({ key: Buffer.alloc(32) }, message('ping'));
  t.equal(erroCode(await other.expect('erro')), 12);
});

test('nobody is waited for without end', async (t) => {
  const server = await start(t, { passwordMs: 50 });
  const alice = await atTheGate(server);
  await alice.expect('pass');
  alice.behindPassword();
  t.equal(await dismissed(alice), 10);
});

test('guessing is slowed, here alone', async (t) => {
  const server = await start(t);
  const started = performance.now();
  for (let count = 0; count < 2; count++) {
    const guess = await atTheGate(server);
    await guess.sayPassword(`guess ${count}`);
    t.equal(await dismissed(guess), 20);
  }
  t.ok(performance.now() - started >= 999, 'the second one waited');
  const rest = await Promise.all(Array.from({ length: 8 }, () => atTheGate(server)));
  for (const each of rest) await each.sayPassword('guess');
  await until('too many wait', () => rest.some(({ errors }) => errors.includes(8)));
  for (const each of rest) each.line.socket.destroy();
  const from = '127.0.0.2';
  const elsewhere = await tryLogin(server.address, 'alice', { person: server.person('alice'), from });
  if (elsewhere.is !== 'logged in') throw new Error(elsewhere.is);
  const before = performance.now();
  await elsewhere.session.sayPassword(PASSWORD);
  await elsewhere.session.expect('welc');
  t.ok(performance.now() - before < 900, 'alice is not locked out by somebody else');
});

test('revoked, damaged, taken: while the person types', async (t) => {
  const server = await start(t);
  const alice = await atTheGate(server);
  await alice.expect('pass');
  server.revoke('alice');
  await server.running.reload();
  alice.say(message('pass', vec8(PASSWORD)));
  await alice.gone();
  t.match(server.events('refused').at(-1), { reason: 'revoked' });
  server.passwords.set('bob', 'damaged');
  await server.running.reload();
  t.match(await tryLogin(server.address, 'bob', { person: server.person('bob') }), { is: 'refused', code: 3 });
  t.equal(server.events('logged-in').length, 0);
});

test('the second login of a name', async (t) => {
  const server = await start(t);
  const first = await atTheGate(server);
  const second = await atTheGate(server);
  for (const each of [first, second]) await each.sayPassword(PASSWORD);
  await until('one is in', () => [first, second].some(({ heard }) => heard.some(({ command }) => command === 'welc')));
  await server.logged('refused');
  t.match(server.events('refused'), [{ reason: 'already-logged-in' }]);
  t.equal(server.events('logged-in').length, 1);
});
