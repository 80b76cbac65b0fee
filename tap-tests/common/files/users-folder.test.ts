import { test } from 'tap';
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePem } from '../../../common/bytes/pem.js';
import { publicIdentity } from '../../../common/crypto/identity.js';
import { checkNewName, enrolledNames, looksLike, writeEntry } from '../../../common/files/enrolment.js';
import { entryPath, keysFolder, privateFolderOf } from '../../../common/files/keys-folder.js';
import { nobodyRevoked, readRevoked, type Revocation, writeRevoked } from '../../../common/files/revoked-list.js';
import { readUsers } from '../../../common/files/users-folder.js';
import { ed25519, good, spkiOf } from '../../support/certificate-maker.js';
import { newIdentity } from '../../support/raw-client.js';

const DATE = new Date('2026-02-03');
const newUser = (username: string) => ({ username, identity: publicIdentity(spkiOf(ed25519().publicKey)), certificates: [] as Buffer[] });

test('what is enrolled is read again', async (t) => {
  const dir = t.testdir();
  const alice = newUser('alice');
  await writeEntry(dir, alice, DATE);
  const leaf = good.user({ spki: spkiOf(ed25519().publicKey) });
  await writeEntry(dir, { ...newUser('bob'), certificates: [leaf] }, DATE);
  const { users, problems } = await readUsers(dir, nobodyRevoked);
  t.match(readFileSync(join(dir, 'alice.pem'), 'utf8'), /^name {9}alice\nkey {10}ed25519\nfingerprint {2}([0-9a-f]{4} ){15}[0-9a-f]{4}\nenrolled {5}2026-02-03 by public key\n-----BEGIN PUBLIC KEY/);
  t.same(users.get('alice')?.identity.fingerprint, alice.identity.fingerprint);
  t.same([...users.keys()], ['alice'], "bob's certificate says alice");
  t.match(problems, [/bob.pem.*name of the file/]);
  renameSync(join(dir, 'bob.pem'), join(dir, 'old'));
  await t.rejects(writeEntry(dir, newUser('alice'), DATE), { code: 'name-taken' });
});

test('a damaged entry does not stop the others', async (t) => {
  const dir = t.testdir({ 'carl.pem': 'nonsense', 'a b.pem': '', '.x.pem': '', 'README': '', 'constructor.pem': '', 'big.pem': 'x'.repeat(70_000) });
  await writeEntry(dir, newUser('alice'), DATE);
  const file = readFileSync(join(dir, 'alice.pem'), 'latin1');
  writeFileSync(join(dir, 'cut.pem'), file.slice(0, -30));
  writeFileSync(join(dir, 'key.pem'), ed25519().privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(join(dir, 'two.pem'), writePem('PUBLIC KEY', spkiOf(ed25519().publicKey)) + writePem('PUBLIC KEY', spkiOf(ed25519().publicKey)));
  mkdirSync(join(dir, 'folder.pem'));
  symlinkSync('/dev/zero', join(dir, 'endless.pem'));
  const { users, problems } = await readUsers(dir, nobodyRevoked);
  t.same([...users.keys()], ['alice']);
  t.equal(problems.length, 9);
  for (const name of ['carl', 'a b', 'constructor', 'big', 'cut', 'key', 'two', 'folder', 'endless']) {
    t.ok(problems.some((problem) => problem.includes(`"${name}.pem"`)), name);
  }
});

test('two with one name but for case, or with one key: neither', async (t) => {
  const dir = t.testdir();
  const key = newUser('dora');
  for (const user of [newUser('alice'), newUser('Alice'), newUser('bob'), key, { ...key, username: 'eve' }]) await writeEntry(dir, user, DATE);
  const { users, problems } = await readUsers(dir, nobodyRevoked);
  t.same([...users.keys()], ['bob']);
  t.match(problems.join('\n'), /"Alice.pem" is not used. It differs from alice only in case.\n.*"alice.pem".*Alice.*\n.*same key as eve.*\n.*same key as dora/);
});

test('A19: revoked by name or by key', async (t) => {
  const dir = t.testdir();
  const [alice, bob, carl] = [newUser('alice'), newUser('bob'), newUser('carl')];
  for (const user of [alice, bob, carl]) await writeEntry(dir, user, DATE);
  const fingerprint = bob.identity.fingerprint.toString('hex');
  const date = '2026-01-02';
  const list: Revocation[] = [{ username: 'alice', fingerprint: undefined, date }, { username: 'robert', fingerprint, date }];
  const authority = newIdentity();
  await writeRevoked(join(dir, 'revoked'), { number: 2, list }, authority);
  const { users, revokedNames, revokedFingerprints, problems } =
    await readUsers(dir, await readRevoked(join(dir, 'revoked'), [authority.public]));
  t.same([...users.keys()], ['carl']);
  t.same([...revokedNames], ['alice', 'robert']);
  t.same([...revokedFingerprints], [fingerprint]);
  t.match(problems, [/"alice.pem" is not used. It is revoked/, /"bob.pem" is not used. It is revoked/]);
  await t.rejects(readUsers(join(dir, 'none'), nobodyRevoked), { code: 'bad-file' });
});

test('F3, F3b: names', async (t) => {
  const revoked = { ...nobodyRevoked, list: [{ username: 'zoe', fingerprint: undefined, date: '2026-01-02' }] };
  for (const fine of ['alice', 'MSGA', 'constructor', 'toString', 'hasOwnProperty', 'console', 'com', 'com10', '007', 'a-', 'CONN']) {
    t.doesNotThrow(() => checkNewName(fine, ['bob'], revoked), fine);
  }
  for (const [name, reason] of [
    ['CON', /device/], ['nul', /device/], ['aux', /device/], ['Prn', /device/], ['com1', /device/], ['LPT9', /device/],
    ['-', /hyphen/], ['-'.repeat(16), /hyphen/], ['', /not a username/], ['a b', /not a username/], ['__proto__', /not a username/],
    ['../x', /not a username/], ['аlice', /not a username/], ['x'.repeat(17), /not a username/],
    ['bob', /already enrolled/], ['Bob', /only in case from bob/], ['b0b', /looks like bob/], ['B0B', /looks like bob/],
    ['a1ice', /looks like alice/], ['aIice', /looks like alice/], ['zoe', /revoked on 2026-01-02/], ['ZOE', /only in case from zoe, which is revoked/],
    ['z0e', /looks like zoe/],
  ] as const) {
    t.throws(() => checkNewName(name, ['bob', 'alice'], revoked), { message: reason }, name);
  }
  t.equal(looksLike('IlL1i0Oo'), 'lllllooo');
});

test('F4: no path leaves its folder', async (t) => {
  for (const name of ['..', '../x', 'a/b', 'a\\b', 'a\0', '/etc/passwd', 'a.pem', '']) {
    t.throws(() => entryPath('/users', name), { code: 'bad-name' });
    t.throws(() => privateFolderOf(keysFolder('/k'), name), { code: 'bad-name' });
  }
  t.equal(entryPath('/users', 'alice'), join('/users', 'alice.pem'));
  t.same(await enrolledNames('/nowhere'), []);
});
