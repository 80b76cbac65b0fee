import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { makeEd25519Pair } from '../../../common/crypto/node.js';
import { makeInvitation, takeInvitation } from '../../../common/files/invitations.js';
import { TrustError } from '../../../common/errors.js';
import { type Accounts, AccountFiles } from '../../../server/library.js';
import { login, tryLogin } from '../../support/attacker/login.js';
import { type Person, personWith } from '../../support/attacker/primitives.js';
import { atTheDesk, regi, type Request } from '../../support/attacker/register.js';
import { erroCode, message, type Session } from '../../support/attacker/session.js';
import { newIdentity } from '../../support/raw-client.js';
import { TestServer } from '../../support/test-server.js';
import { until } from '../../support/until.js';

const someone = (): Person => personWith(makeEd25519Pair().privateKey);
const nextWeek = new Date(Date.now() + 7 * 86_400_000);

interface Place {
  readonly server: TestServer;
  readonly users: string;
}

async function start(t: Test, mode: 'invite' | 'open' = 'open', limits = {}): Promise<Place> {
  const users = join(t.testdir(), 'users');
  await mkdir(users);
  const registration = { mode, accounts: new AccountFiles(users) };
  return { server: await TestServer.start(t, { users: ['bob'], limits, registration }), users };
}

async function desk(server: TestServer, person = someone()): Promise<Session> {
  const session = await atTheDesk(server.address, person);
  if (typeof session === 'number') throw new Error(`refused with ${session}`);
  await session.expect('regi');
  return session;
}

/** What the server says to one request. */
async function answer(session: Session, request: Request): Promise<'regd' | number> {
  session.say(regi(request));
  const either = () => session.heard.find(({ command }) => command === 'regd' || command === 'erro');
  await until('an answer', () => either() !== undefined || session.fault !== undefined);
  if (!either()) throw session.fault;
  const heard = either()!;
  session.heard.length = 0;
  return heard.command === 'regd' ? 'regd' : erroCode(heard);
}

test('in, without a restart, and the same after reading anew', async (t) => {
  const { server, users } = await start(t);
  const alice = someone();
  const session = await desk(server, alice);
  t.equal(await answer(session, { email: 'alice@example.org' }), 'regd');
  await session.gone();
  t.match(server.events('registered'), [{ username: 'alice' }]);
  t.match(await readFile(join(users, 'alice.pem'), 'utf8'), /^e-mail {7}alice@example\.org$/m);
  const logged = await login(server.address, 'alice', { person: alice });
  logged.say(message('exit'));
  await logged.gone();
  const other = await tryLogin(server.address, 'alice', { person: someone() });
  t.match(other, { is: 'refused', code: 3 }, 'the name is bound to its key');
});

test('names (F3)', async (t) => {
  const { server, users } = await start(t, 'open', { registrations: 1_000 });
  await writeFile(join(users, 'Alice.pem'), 'damaged: the name is taken all the same');
  for (const name of ['user4', 'l0ng']) server.revoke(name);
  await server.running.reload();
  const wrong = [
    'alice', 'ALICE', 'Alice', 'A1ice', 'a-'.slice(0, 1) + 'lice', 'bob', 'BOB', 'user4', 'USER4', 'IoNg', '-x', 'con', 'COM1',
    'server', 'Admin', 'r00t', 'root', 'system', 'MessageApp', 'everyone', 'a11', 'AIl',
  ];
  for (let at = 0; at < wrong.length; at += 3) {
    const session = await desk(server);
    for (const name of wrong.slice(at, at + 3)) t.equal(await answer(session, { name }), 18, name);
    session.line.socket.destroy();
  }
  t.same((await readdir(users)).sort(), ['Alice.pem'], 'nothing was written');
  const key = await desk(server, server.person('bob'));
  t.equal(await answer(key, { name: 'user3' }), 18, "bob's key under another name");
  t.equal(await answer(key, { name: 'user5' }), 18);
});

test('what is malformed', async (t) => {
  const { server, users } = await start(t, 'open', { registrations: 1_000 });
  const requests: Request[] = [
    { name: '' }, { name: '../alice' }, { name: 'a b' }, { name: 'x'.repeat(17) }, { name: Buffer.from('al\0ce') },
    { email: 'alice' },
    { email: 'a@b@c' }, { email: 'a@b\nc' }, { email: '\u202e@b' }, { email: `${'a'.repeat(99)}@b` },
    { email: Buffer.from([0xff, 0x40, 0x41]) }, { invitation: 'x'.repeat(33) }, { invitation: 'a\nb' },
    { password: 'x'.repeat(201) },
  ];
  for (const request of requests) {
    const session = await desk(server);
    t.equal(await answer(session, request), 12, JSON.stringify(request));
    await session.gone();
  }
  const [other, two] = [await desk(server), await desk(server)];
  other.say(message('ping'));
  t.equal(erroCode(await other.expect('erro')), 12);
  two.say(regi({}), regi({ name: 'user3' }));
  t.equal(erroCode(await two.expect('erro')), 12);
  const four = await desk(server);
  for (const expected of [18, 18, 18]) t.equal(await answer(four, { name: 'root' }), expected);
  await four.gone();
  t.same(await readdir(users), []);
});

test('the handshake', async (t) => {
  const { server } = await start(t);
  const alice = someone();
  t.equal(await atTheDesk(server.address, alice, { spki: someone().spki }), 3, "another's key");
  const since = performance.now();
  const noKeys = [Buffer.alloc(44), Buffer.alloc(600, 0x30), Buffer.concat([someone().spki, Buffer.alloc(1)])];
  for (const spki of noKeys) t.equal(await atTheDesk(server.address, alice, { spki }), 3, 'no key');
  t.ok(performance.now() - since > noKeys.length * 240, 'and not sooner than any other refusal');
  t.equal(await atTheDesk(server.address, alice, { faults: { signature: (made) => Buffer.alloc(made.length) } }), 3);
  const closed = await TestServer.start(t);
  t.equal(await atTheDesk(closed.address, alice), 8);
});

test('invitations: once, by one, until their end', async (t) => {
  const { server, users } = await start(t, 'invite', { registrations: 1_000 });
  const invitation = await makeInvitation(users, nextWeek);
  const old = await makeInvitation(users, new Date(Date.now() - 1));
  const first = await desk(server);
  t.equal(await answer(first, { name: 'bob', invitation: '' }), 19, 'who has none cannot ask for names');
  t.equal(await answer(first, { invitation: old }), 19);
  t.equal(await answer(first, { name: 'bob', invitation }), 18, 'and it is given back');
  const several = await Promise.all([1, 2, 3, 4].map(() => desk(server)));
  const heard = await Promise.all(several.map((each, at) => answer(each, { name: `user${at}`, invitation })));
  t.same(heard.map(String).sort(), ['19', '19', '19', 'regd']);
  t.same((await readdir(join(users, 'invitations'))).length, 1, 'the one that has ended lies about');
});

test('a password is hashed only for whoever may register as it stands', async (t) => {
  const said: unknown[] = [];
  const accounts: Accounts = {
    check: async ({ username, invitation }) => {
      said.push(['check', username, invitation]);
      if (invitation === 'none') throw new TrustError('unasked', 'not valid');
    },
    enrol: async ({ username, password }) => void said.push(['enrol', username, password?.hash.length]),
  };
  const server = await TestServer.start(t, { users: [], registration: { mode: 'invite', accounts } });
  const session = await desk(server);
  t.equal(await answer(session, { invitation: 'none', password: 'secret' }), 19);
  t.same(said, [['check', 'alice', 'none']], 'and nothing was made for it');
  t.equal(await answer(session, { invitation: 'one', password: 'secret' }), 'regd');
  t.same(said.slice(1), [['check', 'alice', 'one'], ['enrol', 'alice', 32]]);
});

test('looking at an invitation does not use it up', async (t) => {
  const users = t.testdir({ 'bob.pem': '' });
  const accounts = new AccountFiles(users);
  const invitation = await makeInvitation(users, nextWeek);
  const old = await makeInvitation(users, new Date(Date.now() - 1));
  const asked: string[] = [];
  const check = (username: string, code: string | undefined) =>
    accounts.check({ username, invitation: code }, () => void asked.push(username));
  for (const code of ['', 'x', old]) await t.rejects(check('bob', code), { code: 'unasked' }, 'before the name');
  for (const code of [invitation, undefined]) await t.rejects(check('B0b', code), { code: 'name-taken' });
  t.same(asked, []);
  for (let time = 0; time < 2; time++) await check('alice', invitation);
  t.same(asked, ['alice', 'alice']);
  const account = { username: 'alice', identity: newIdentity().public, email: '', password: undefined, invitation };
  const taken = new TrustError('name-taken', 'by somebody who was quicker');
  await t.rejects(accounts.enrol(account, () => {
    throw taken;
  }), taken);
  await t.resolves(check('alice', invitation), 'it is given back');
  await accounts.enrol(account, () => undefined);
  await t.rejects(check('user3', invitation), { code: 'unasked' }, 'enrolling does');
});

test('several for one name: one gets it', async (t) => {
  const { server, users } = await start(t);
  const several = await Promise.all([1, 2, 3, 4].map(() => desk(server)));
  const heard = await Promise.all(several.map((each) => answer(each, { name: 'alice', password: 'secret' })));
  t.same(heard.map(String).sort(), ['18', '18', '18', 'regd']);
  t.same((await readdir(users)).sort(), ['alice.password', 'alice.pem']);
});

test('limits: of an address in an hour, and of time', async (t) => {
  const { server } = await start(t, 'open', { registrations: 2, passwordMs: 400 });
  const one = await desk(server);
  t.equal(await answer(one, { name: 'root' }), 18);
  t.equal(await answer(one, { name: 'root' }), 18);
  t.equal(await answer(one, {}), 8);
  await one.gone();
  const slow = await desk(server);
  t.equal(erroCode(await slow.expect('erro')), 10);
  await slow.gone();
});

test('a password that a killed run has left is nobody\'s', async (t) => {
  const { server, users } = await start(t);
  await writeFile(join(users, 'alice.password'), 'scrypt');
  t.equal(await answer(await desk(server), {}), 'regd');
  t.same(await readdir(users), ['alice.pem']);
});

test('a code is read as people write it', async (t) => {
  const users = t.testdir();
  const code = await makeInvitation(users, nextWeek, (length) => Buffer.alloc(length, 1));
  t.equal(code, '11111-11111-11111-11111');
  t.equal(await takeInvitation(users, '1111-../../bob', new Date()), undefined);
  t.ok(await takeInvitation(users, ' IlLi1 11111-1111111111', new Date()));
  t.equal(await takeInvitation(users, code, new Date()), undefined);
  const old = await makeInvitation(users, new Date(Date.now() - 1));
  t.equal(await takeInvitation(users, old, new Date()), undefined, 'ended');
  const another = await makeInvitation(users, nextWeek);
  const taken = await Promise.all([1, 2, 3, 4].map(() => takeInvitation(users, another, new Date())));
  t.equal(taken.filter(Boolean).length, 1, 'two servers, one code');
});

test('who says more behind the last word, and does not go, is not waited for', async (t) => {
  const { server } = await start(t);
  const session = await desk(server);
  session.line.write(Buffer.concat([session.seal([regi({})]), Buffer.from('x')]));
  await until('regd', () => session.heard.some(({ command }) => command === 'regd'));
  t.equal(server.events('registered').length, 1);
  const late = new Promise<string>((resolve) => setTimeout(() => resolve('late'), 5_000).unref());
  t.equal(await Promise.race([server.running.close().then(() => 'closed'), late]), 'closed');
});
