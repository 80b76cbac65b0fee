import { test } from 'tap';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCertificate } from '../../common/crypto/certificate.js';
import { verifyServerChain, verifyUserChain } from '../../common/crypto/chain.js';
import { privateIdentity } from '../../common/crypto/identity.js';
import { readPrivateKey } from '../../common/files/private-key.js';
import { keysFolder, privateFolderOf } from '../../common/files/keys-folder.js';
import { makeFolder } from '../../common/files/folder-aside.js';
import { main } from '../../keys/main.js';
import { usersIn } from '../../keys/revoked.js';
import { PASSPHRASE, certificatesIn, makeKeysFolder, passphraseFile, testIo } from '../support/authority.js';
import { ed25519 } from '../support/certificate-maker.js';

const ask = async () => PASSPHRASE;

test('one user, from nothing', async (t) => {
  const dir = t.testdir();
  const io = testIo();
  t.equal(await main(['user', 'alice', '--keys', dir], io), 0);
  const keys = keysFolder(dir);
  const authorities = await certificatesIn(keys.authority.certificate);
  const chain = (await certificatesIn(keys.server.chain)).map(({ der }) => der);
  for (const serverName of ['localhost', '127.0.0.1', '::1']) t.ok(verifyServerChain(chain, { authorities, serverName, now: new Date() }));
  const own = privateFolderOf(keys, 'alice');
  t.same(readdirSync(own.folder).sort(), ['ca.pem', 'key.pem']);
  const { users, problems } = await usersIn(keys);
  t.same(users.get('alice')!.identity.spki, privateIdentity(await readPrivateKey(own.key, ask)).public.spki);
  t.same(problems, []);
  t.ok(await readPrivateKey(keys.authority.key, ask), "the authority's key is under the same passphrase");
  t.ok(await readPrivateKey(keys.server.key), "the server's is under none");
  const text = io.printed.join('\n');
  t.match(text, /passphrase is the one just given for the user[^]*node keys init/);
  t.match(text, /private key is not under a passphrase/);
  t.notMatch(text + io.complained(), PASSPHRASE);
});

test('by certificate, of either kind', async (t) => {
  for (const type of ['ed25519', 'rsa'] as const) {
    const keys = await makeKeysFolder(t.testdir(), { users: ['alice'], enrol: 'certificate', type });
    const authorities = await certificatesIn(keys.authority.certificate);
    const { users } = await usersIn(keys);
    const own = verifyUserChain(users.get('alice')!.certificates, { authorities, username: 'alice', now: new Date() });
    t.equal(own.publicKey.kind, type);
    t.equal(own.serial.length, 16);
    if (type === 'rsa') t.equal(own.publicKey.spki.length, 422, '3072 bits');
    execFileSync('openssl', ['verify', '-purpose', 'sslclient', '-CAfile', keys.authority.certificate, privateFolderOf(keys, 'alice').certificate]);
  }
});

test('an authority of RSA, with a name and a passphrase of its own', async (t) => {
  const dir = t.testdir();
  const env = { MESSAGEAPP_PASSPHRASE: PASSPHRASE, MESSAGEAPP_AUTHORITY_PASSPHRASE: 'another passphrase' };
  await main(['init', '--keys', dir, '--type', 'rsa', '--name', "Alice's (test)", '--days', '30'], testIo(env));
  await t.rejects(main(['init', '--keys', dir], testIo(env)), { code: 'exists' });
  await t.rejects(main(['user', 'bob', '--enrol', 'certificate', '--keys', dir], testIo()), { code: 'wrong-passphrase', message: /--authority-passphrase-file/ });
  t.notOk(existsSync(join(dir, 'users', 'bob.pem')), 'a failure leaves nothing');
  t.same(existsSync(join(dir, 'private')) ? readdirSync(join(dir, 'private')) : [], []);
  const file = await passphraseFile(dir, 'another passphrase');
  await main(['user', 'bob', '--enrol', 'certificate', '--keys', dir, '--authority-passphrase-file', file], testIo());
  await main(['server', '--keys', dir, '--host', 'example.org', '--host', '[2001:db8::1]', '--days', '7'], testIo(env));
  const keys = keysFolder(dir);
  const [authority] = await certificatesIn(keys.authority.certificate);
  t.equal(authority!.subject.text, "CN=Alice's (test)");
  const [server] = await certificatesIn(keys.server.chain);
  t.ok(verifyServerChain([server!.der], { authorities: [authority!], serverName: '2001:DB8::1', now: new Date() }));
  t.match((server!.notAfter.getTime() - server!.notBefore.getTime()) / 86_400_000, 7);
  await t.rejects(main(['server', '--keys', dir], testIo(env)), { code: 'exists', message: /--force/ });
  await main(['server', '--keys', dir, '--force', '--protect'], testIo(env));
  await t.rejects(readPrivateKey(keys.server.key), { code: 'no-passphrase' });
  t.ok(await readPrivateKey(keys.server.key, ask));
  t.same(readdirSync(dir).filter((name) => name.startsWith('.')), []);
});

test('names that cannot be, before anything is asked or made', async (t) => {
  const dir = t.testdir();
  const none = testIo({});
  for (const [name, code] of [['CON', 'bad-name'], ['a_b', 'bad-name'], ['../x', 'bad-name'], ['x'.repeat(17), 'bad-name']] as const) {
    await t.rejects(main(['user', name, '--keys', dir], none), { code }, name);
  }
  await t.rejects(main(['user', '--keys', dir, '--', '-x'], none), { code: /bad-name|bad-argument/ });
  t.same(readdirSync(dir), []);
  await makeKeysFolder(dir, { users: ['alice', '007'] });
  t.ok(existsSync(join(dir, 'users', '007.pem')), 'a name of digits stays one');
  for (const name of ['alice', 'Alice', 'a1ice', 'OO7']) await t.rejects(main(['user', name, '--keys', dir], none), { code: 'name-taken' }, name);
});

test('A19: revoked for good, by name and by key', async (t) => {
  const dir = t.testdir();
  const keys = await makeKeysFolder(dir, { enrol: 'certificate' });
  const publicPem = join(dir, 'bob.pem');
  writeFileSync(publicPem, readFileSync(join(keys.users, 'bob.pem')));
  await main(['revoke', 'bob', '--keys', dir], testIo());
  t.notOk(existsSync(join(keys.users, 'bob.pem')));
  const { users, revokedNames, revokedFingerprints } = await usersIn(keys);
  t.same([[...users.keys()], [...revokedNames], revokedFingerprints.size], [['alice'], ['bob'], 1]);
  for (const again of [['user', 'bob'], ['enrol', 'bob', publicPem], ['revoke', 'bob']]) {
    await t.rejects(main([...again, '--keys', dir], testIo()), { code: 'revoked' }, again.join(' '));
  }
  await t.rejects(main(['user', 'Bob', '--keys', dir], testIo()), { code: 'name-taken', message: /only in case from bob, which is revoked/ });
  const { publicKey } = parseCertificate((await certificatesIn(publicPem))[0]!.der);
  writeFileSync(publicPem, `-----BEGIN PUBLIC KEY-----\n${publicKey.spki.toString('base64')}\n-----END PUBLIC KEY-----\n`);
  await t.rejects(main(['enrol', 'robert', publicPem, '--keys', dir], testIo()), { code: 'revoked', message: /key in .* was revoked/ });
  await t.rejects(main(['revoke', 'carl', '--keys', dir], testIo()), { code: 'no-key', message: /--force/ });
  t.equal(await main(['revoke', 'carl', '--force', '--keys', dir], testIo()), 0);
});

test('a key made elsewhere', async (t) => {
  const dir = t.testdir();
  const keys = await makeKeysFolder(dir, { users: ['alice'] });
  const file = join(dir, 'public.pem');
  writeFileSync(file, ed25519().publicKey.export({ type: 'spki', format: 'pem' }));
  t.equal(await main(['enrol', 'bob', file, '--keys', dir], testIo({})), 0);
  t.ok((await usersIn(keys)).users.has('bob'));
  await t.rejects(main(['enrol', 'carl', file, '--keys', dir], testIo({})), { code: 'name-taken', message: /is bob's already/ });
  await t.rejects(main(['enrol', 'carl', keys.server.chain, '--keys', dir], testIo({})), { code: 'bad-certificate', message: /clientAuth/ });
  await t.rejects(main(['enrol', 'carl', keys.server.key, '--keys', dir], testIo({})), { code: 'bad-file', message: /private key/ });
});

test('whoever is enrolled has no password that a registration which was killed has left', async (t) => {
  const dir = t.testdir();
  const { users } = await makeKeysFolder(dir, { users: ['user3'] });
  const file = join(dir, 'public.pem');
  writeFileSync(file, ed25519().publicKey.export({ type: 'spki', format: 'pem' }));
  for (const name of ['alice', 'bob']) writeFileSync(join(users, `${name}.password`), 'somebody else has said it');
  await main(['user', 'alice', '--keys', dir], testIo());
  await main(['enrol', 'bob', file, '--keys', dir], testIo());
  t.same(readdirSync(users).filter((each) => each.endsWith('.password')), []);
});

test('a run that was cut short is completed by the next', async (t) => {
  const dir = t.testdir();
  const keys = await makeKeysFolder(dir, { users: ['alice'] });
  const before = readFileSync(privateFolderOf(keys, 'alice').key, 'latin1');
  rmSync(join(keys.users, 'alice.pem'));
  await t.rejects(main(['user', 'alice', '--keys', dir], testIo({ MESSAGEAPP_PASSPHRASE: 'a wrong passphrase' })), { code: 'wrong-passphrase' });
  await main(['user', 'alice', '--keys', dir, '--enrol', 'certificate'], testIo());
  t.equal(readFileSync(privateFolderOf(keys, 'alice').key, 'latin1'), before, 'the key is the same');
  t.ok(existsSync(privateFolderOf(keys, 'alice').certificate));
  renameSync(keys.server.folder, join(dir, '.gone'));
  t.equal(await main(['server', '--keys', dir], testIo()), 0);
});

test('show', async (t) => {
  const dir = t.testdir();
  const io = testIo({});
  await main(['show', '--keys', dir], io);
  t.match(io.printed.join('\n'), /none; make it: node keys init/);
  await makeKeysFolder(dir, { enrol: 'certificate' });
  await main(['revoke', 'bob', '--keys', dir], testIo());
  const after = testIo({});
  await main(['list', '--keys', dir], after);
  const text = after.printed.join('\n');
  t.match(text, /goes to the server's machine/);
  t.match(text, /names {8}localhost, 127.0.0.1, ::1/);
  t.match(text, /alice {13}ed25519 {2}by certificate {2}[0-9a-f]{64}/);
  t.match(text, /bob {15}revoked 20/);
  const one = testIo({});
  await main(['show', 'alice', '--keys', dir], one);
  t.match(one.printed.join('\n'), /alice: ed25519, enrolled by certificate\n {2}fingerprint [^]*subject {6}CN=alice/);
  await t.rejects(main(['show', 'carl', '--keys', dir], one), { code: 'no-key' });
});

test('what was typed wrongly is one clear sentence', async (t) => {
  const dir = t.testdir();
  for (const [argv, message] of [
    [[], /^Say what to do: init, server, user, enrol, show or list, passwd, invite, export or/], [['frob'], /Unknown argument: frob/], [['user'], /need at least 1/],
    [['user', 'alice', '--typo'], /Unknown argument: typo/], [['user', 'alice', '--type', 'dsa'], /Invalid values.*type/],
    [['user', 'alice', '--days', '0'], /1 to 36500/], [['user', 'alice', '--days', 'x'], /1 to 36500/], [['user', 'alice', '--keys'], /Not enough arguments/],
    [['user', 'alice', '--keys', 'a', '--keys', 'b'], /--keys was given twice/], [['user', 'alice', 'bob'], /Unknown argument: bob/],
    [['init', '--name', 'a/CN=b', '--keys', dir], /The authority's name has/],
  ] as const) {
    await t.rejects(main([...argv], testIo()), { code: 'bad-argument', message }, argv.join(' '));
    await t.rejects(main([...argv], testIo()), { message: /^[^\n]{1,200}$/ });
  }
  for (const host of ['*.example.org', 'a,DNS:b', 'a b', '', '1.2.3.4%x', 'x\ny', '-a', 'fe80::1%eth0']) {
    await t.rejects(main(['server', '--keys', dir, '--host', host], testIo()), { code: /bad-host|bad-argument/ }, host);
  }
  t.same(readdirSync(dir), []);
  const io = testIo();
  t.equal(await main(['--help'], io), 0);
  t.match(io.printed.join('\n'), /node keys user alice/);
});

test('without a terminal and without a passphrase, nothing is made', async (t) => {
  const dir = t.testdir();
  await t.rejects(main(['user', 'alice', '--keys', dir], testIo({})), { code: 'no-passphrase' });
  t.same(readdirSync(dir), []);
});

test('no folder of ours is left in the temporary one', async (t) => {
  const mine = (name: string) => name.startsWith('messageapp-') && existsSync(join(tmpdir(), name, 'extensions.cnf'));
  await makeKeysFolder(t.testdir(), { users: ['alice'] });
  t.ok(readdirSync(tmpdir()).filter(mine).length <= 2, 'at most those of tests beside this one');
});

test('a key made elsewhere gets no name that could not be, or could be mistaken', async (t) => {
  const dir = t.testdir();
  await makeKeysFolder(dir, { users: ['alice'] });
  const file = join(dir, 'public.pem');
  writeFileSync(file, ed25519().publicKey.export({ type: 'spki', format: 'pem' }));
  for (const [name, code] of [['Alice', 'name-taken'], ['a1ice', 'name-taken'], ['CON', 'bad-name'], ['a_b', 'bad-name']] as const) {
    await t.rejects(main(['enrol', name, file, '--keys', dir], testIo({})), { code }, name);
  }
  t.same(readdirSync(keysFolder(dir).users), ['alice.pem']);
});

test('serial numbers cannot be foreseen', async (t) => {
  const dir = t.testdir();
  const keys = await makeKeysFolder(dir, { enrol: 'certificate' });
  const { users } = await usersIn(keys);
  const serials = [...users.values()].map(({ certificates }) => parseCertificate(certificates[0]!).serial.toString('hex'));
  t.equal(new Set(serials).size, 2);
  for (const serial of serials) t.ok(new Set(serial).size > 4, serial);
});

test('a folder that cannot be filled leaves nothing, and the one before it', async (t) => {
  const dir = t.testdir({ old: { file: 'kept' } });
  const failing = async (aside: string) => {
    writeFileSync(join(aside, 'secret'), 'half');
    throw new Error('full');
  };
  for (const name of ['new', 'old']) await t.rejects(makeFolder(join(dir, name), failing), { message: 'full' });
  t.same(readdirSync(dir), ['old']);
  t.same(readdirSync(join(dir, 'old')), ['file']);
});
