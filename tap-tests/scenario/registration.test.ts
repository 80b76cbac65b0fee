import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { writeCell } from '../../common/wire/cell.js';
import { main } from '../../keys/main.js';
import { passphraseFile, testIo } from '../support/authority.js';
import { Program } from '../support/program.js';

const PASSWORD = 'several words are good';

interface Place {
  readonly keys: string;
  readonly server: Program;
  /** alice's own machine, which has nothing but the authority's certificate. */
  client(name: string, env: Record<string, string>, ...args: (string | { port: number })[]): Program;
  readonly port: number;
}

async function place(t: Test, ...options: string[]): Promise<Place> {
  const dir = t.testdir();
  const keys = join(dir, 'keys');
  await main(['user', 'bob', '--keys', keys], testIo());
  const server = new Program('server', ['0', '--keys', keys, '--log', 'json', '--pool', '1', ...options]);
  t.teardown(() => server.stop());
  const { port } = await server.event('listening');
  const file = await passphraseFile(dir);
  const client = (name: string, env: Record<string, string>, ...args: (string | { port: number })[]) => {
    const [to] = args.filter((each) => typeof each !== 'string');
    const others = args.filter((each) => typeof each === 'string');
    const own = ['--keys', join(dir, 'own'), '--user', name, '--passphrase-file', file, ...others];
    return new Program('client', ['127.0.0.1', String(to?.port ?? port), ...own], env);
  };
  return { keys, server, client, port };
}

async function invitation(keys: string): Promise<string> {
  const io = testIo();
  await main(['invite', '--keys', keys], io);
  return io.printed[0]!;
}

test('with an invitation, and then logged in like anybody', async (t) => {
  const { keys, server, client } = await place(t, '--registration', 'invite');
  const authority = ['--authority', join(keys, 'authority', 'ca.pem')];
  const code = await invitation(keys);
  t.match(code, /^([0-9a-hjkmnp-tv-z]{5}-){3}[0-9a-hjkmnp-tv-z]{5}$/);
  const [stored] = await readdir(join(keys, 'users', 'invitations'));
  t.match(stored, /^[0-9a-f]{64}$/, 'of the code only its hash');

  const without = client('alice', {}, '--register', ...authority);
  t.equal(await without.ended(), 2);
  t.match(without.error, /--invitation CODE/);
  const wrong = client('alice', {}, '--register', ...authority, '--invitation', '00000-00000-00000-00000');
  t.equal(await wrong.ended(), 4);
  t.match(wrong.error, /The invitation is not valid/);
  const taken = client('b0b', {}, '--register', ...authority, '--invitation', code);
  t.equal(await taken.ended(), 4);
  t.match(taken.error, /The name b0b is taken, or looks like one that is/);
  t.notOk(existsSync(join(keys, '..', 'own', 'private', 'alice')), 'nothing is left of what failed');
  t.notOk(existsSync(join(keys, '..', 'own', 'private', 'b0b')));

  const typed = code.toUpperCase().replaceAll('0', 'O');
  const account = ['--invitation', typed, '--email', 'alice@example.org', '--set-password'];
  const alice = client('alice', { MESSAGEAPP_PASSWORD: PASSWORD }, '--register', ...authority, ...account);
  t.equal(await alice.ended(), 0, alice.error);
  t.match(alice.out, /alice is registered[^]*Log in: node client 127.0.0.1 \d+ --user alice/);
  t.match(await server.event('registered'), { username: 'alice' });
  const own = join(keys, '..', 'own', 'private', 'alice');
  t.same((await readdir(own)).sort(), ['ca.pem', 'key.pem']);
  t.equal((await stat(join(own, 'key.pem'))).mode & 0o777, 0o600);
  t.same((await readdir(join(keys, 'users'))).sort(), ['.lock', 'alice.password', 'alice.pem', 'bob.pem', 'invitations']);
  t.match(await readFile(join(keys, 'users', 'alice.pem'), 'utf8'), /^e-mail {7}alice@example.org$/m);
  t.same(await readdir(join(keys, 'users', 'invitations')), [], 'it is used up');

  for (const reads of [false, true]) {
    if (reads) server.child.kill('SIGHUP');
    if (reads) await server.event('reloaded');
    const login = client('alice', { MESSAGEAPP_PASSWORD: PASSWORD }, '--json');
    login.type({ do: 'exit' });
    await login.event('ready');
    t.equal(await login.ended(), 0);
    const guess = client('alice', { MESSAGEAPP_PASSWORD: 'wrong' }, '--json');
    t.match(await guess.event('closed'), { status: 4 });
  }
  const again = client('user3', {}, '--register', ...authority, '--invitation', code);
  t.equal(await again.ended(), 4, 'once');
});

test('for a program: an event says what came of it, before the exit status', async (t) => {
  const { keys, server, client } = await place(t, '--registration', 'invite');
  const register = (name: string, code: string) =>
    client(name, {}, '--register', '--json', '--authority', join(keys, 'authority', 'ca.pem'), '--invitation', code);
  const wrong = register('alice', '00000-00000-00000-00000');
  t.match(await wrong.event('error'), { code: 'unasked', text: /The invitation is not valid/ });
  t.match(await wrong.event('closed'), { status: 4, text: /The invitation is not valid/ });
  t.equal(await wrong.ended(), 4);
  const code = await invitation(keys);
  const taken = register('b0b', code);
  t.match(await taken.event('error'), { code: 'name-taken', time: Number });
  t.equal(await taken.ended(), 4);
  const alice = register('alice', code);
  const { fingerprint } = await alice.event('registered');
  const folder = join(keys, '..', 'own', 'private', 'alice');
  t.equal(await alice.ended(), 0);
  t.match(alice.events, [{ event: 'registered', user: 'alice', folder }, { event: 'closed', status: 0 }]);
  const login = client('alice', {}, '--json');
  login.type({ do: 'exit' });
  t.match(await login.event('ready'), { fingerprint });
  t.equal(await login.ended(), 0);
  const again = register('alice', code);
  t.equal(await again.ended(), 2);
  t.equal(again.out, '', 'wrong usage is no event');
  t.match(again.error, /There is a key of alice already/);
  server.child.kill('SIGTERM');
  await server.ended();
  const nowhere = register('user3', code);
  t.match(await nowhere.event('error'), { code: 'cannot-connect' });
  t.match(await nowhere.event('closed'), { status: 3 });
  t.equal(await nowhere.ended(), 3);
});

/** Somebody on the way, who hands on what the client says, and says "busy" in the server's place when it has asked. */
async function between(t: Test, port: number): Promise<number> {
  const CELLS = 3;
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) socket.on('error', () => undefined);
    let left = CELLS * 4096;
    near.on('data', (data: Buffer) => {
      far.write(data);
      left -= data.length;
      if (left <= 0) near.end(writeCell('refusal', Buffer.from([0, 5])));
    });
    far.on('data', (data: Buffer) => left > 0 && near.write(data));
    near.on('close', () => far.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

test('a refusal that anybody can have made, behind the request, does not take the key with it', async (t) => {
  const { keys, server, client, port } = await place(t, '--registration', 'open');
  const alice = client('alice', {}, '--register', '--authority', join(keys, 'authority', 'ca.pem'), { port: await between(t, port) });
  await server.event('registered');
  t.equal(await alice.ended(), 4);
  t.match(alice.error, /busy[^]*may be registered all the same/);
  const login = client('alice', {}, '--json');
  login.type({ do: 'exit' });
  await login.event('ready');
  t.equal(await login.ended(), 0);
});

test('open, and closed', async (t) => {
  const open = await place(t, '--registration', 'open');
  const authority = ['--authority', join(open.keys, 'authority', 'ca.pem')];
  const alice = open.client('alice', {}, '--register', ...authority);
  t.equal(await alice.ended(), 0, alice.error);
  const again = open.client('alice', {}, '--register', ...authority);
  t.equal(await again.ended(), 2);
  t.match(again.error, /There is a key of alice already/);
  const nobody = open.client('user3', {}, '--register');
  t.equal(await nobody.ended(), 2);
  t.match(nobody.error, /Say whom you believe: --authority FILE/);
});

test('closed, unless said', async (t) => {
  const { keys, client } = await place(t);
  const alice = client('alice', {}, '--register', '--authority', join(keys, 'authority', 'ca.pem'));
  t.equal(await alice.ended(), 4);
  t.match(alice.error, /This server lets nobody register/);
});

test('to a server that the authority does not vouch for nothing is said', async (t) => {
  const { client } = await place(t, '--registration', 'open');
  const other = join(t.testdirName, 'other');
  await main(['init', '--keys', other], testIo());
  const alice = client('alice', {}, '--register', '--authority', join(other, 'authority', 'ca.pem'));
  t.equal(await alice.ended(), 4);
  t.notOk(existsSync(join(t.testdirName, 'own')));
});
