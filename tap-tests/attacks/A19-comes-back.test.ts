import { rm } from 'node:fs/promises';
import { test, type Test } from 'tap';
import { privateIdentity } from '../../common/crypto/identity.js';
import { entryPath, privateFolderOf } from '../../common/files/keys-folder.js';
import { readPrivateKey } from '../../common/files/private-key.js';
import { main } from '../../keys/main.js';
import { PASSPHRASE, testIo } from '../support/authority.js';
import { authorityIn, type CertifiedUser } from '../support/authority-key.js';
import { ed25519 } from '../support/certificate-maker.js';
import { RawClient } from '../support/raw-client.js';
import { Scene, type SceneOptions } from '../support/scene.js';
import { writeSignedRevoked } from '../support/signed-revoked.js';

/** A server on a real folder of keys, and its authority in the hands of somebody who certifies whatever is wanted. */
async function open(t: Test, options: SceneOptions = {}) {
  const dir = t.testdir();
  const scene = await Scene.open(dir, options);
  t.teardown(() => scene.close());
  const authority = await authorityIn(scene.keys);
  const login = (name: string, own: CertifiedUser) => RawClient.login(scene.server, name, authority.server, own);
  return {
    scene, authority, login,
    keys: (...args: string[]) => main([...args, '--keys', dir], testIo()),
    /** The private key that `node keys user` made. */
    keyOf: (name: string) => readPrivateKey(privateFolderOf(scene.keys, name).key, async () => PASSPHRASE),
    refused: async (how: string, name: string, own: CertifiedUser) => {
      await t.rejects(login(name, own), { code: 3 }, `${name}, ${how}: refused`);
    },
    cut: async (how: string, user: RawClient) => {
      t.equal((await user.expect('erro')).code, 14, `${user.username}, ${how}: told, and closed`);
      await user.gone();
    },
  };
}

for (const enrol of ['key', 'certificate'] as const) {
  test(`A19: bob, enrolled by ${enrol} and revoked, tries to come back`, async (t) => {
    const { scene, authority, login, keys, keyOf, refused, cut } = await open(t, { enrol });
    const old = await keyOf('bob');
    const bare = { identity: privateIdentity(old), certificates: [] };
    const attempts: [string, string, CertifiedUser][] = [
      ...['bob', 'Bob', 'BOB', 'bOb'].flatMap((name): [string, string, CertifiedUser][] => [
        ['his key', name, bare],
        ['a certificate of his key', name, authority.user(name, old)],
        ['a certificate of a new key', name, authority.user(name)],
      ]),
      ['his key under another name', 'robert', authority.user('robert', old)],
      ["another's certificate", 'bob', authority.user('alice', old)],
    ];
    const bob = await login('bob', bare);
    await keys('revoke', 'bob');
    await scene.server.reload();
    await cut('revoked', bob);
    await Promise.all(attempts.map(([how, name, own]) => refused(how, name, own)));
    await scene.restart();
    await Promise.all(attempts.map(([how, name, own]) => refused(`${how}, the server started anew`, name, own)));
    for (const name of ['bob', 'Bob', 'b0b']) {
      await t.rejects(keys('user', name), { code: /revoked|name-taken/ }, `enrolling ${name}`);
    }
    const other = await login('robert', authority.user('robert'));
    t.ok(await other.expect('welc'), 'another name with a key of its own: the certificates were not the reason');
    other.socket.destroy();
  });
}

test('A19: one who had only a certificate, and is revoked', async (t) => {
  const { scene, authority, login, keys, refused, cut } = await open(t);
  const own = authority.user('user3');
  const user3 = await login('user3', own);
  await t.rejects(keys('revoke', 'user3'), { code: 'no-key', message: /--force/ });
  await keys('revoke', 'user3', '--force');
  await scene.server.reload();
  await cut('revoked', user3);
  await refused('the same certificate', 'user3', own);
  await refused('another certificate', 'user3', authority.user('user3'));
  await refused('another case', 'User3', authority.user('User3'));
});

test('A19: a key that is revoked under another name', async (t) => {
  const { scene, authority, login, refused, cut } = await open(t, { users: ['alice'] });
  const key = ed25519().privateKey;
  const own = authority.user('user3', key);
  const user3 = await login('user3', own);
  const fingerprint = own.identity.public.fingerprint.toString('hex');
  await writeSignedRevoked(scene.keys, 1, [{ username: 'user4', fingerprint }]);
  await scene.server.reload();
  await cut('the key is revoked', user3);
  await refused('the same certificate', 'user3', own);
  await refused('another certificate of the key', 'user5', authority.user('user5', key));
});

test('A19: "Bob" beside "bob"', async (t) => {
  const { scene, authority, login, keys, keyOf, refused, cut } = await open(t, { users: ['alice', 'bob'] });
  await refused('a certificate, bob not being there', 'Bob', authority.user('Bob'));
  const bob = await login('bob', { identity: privateIdentity(await keyOf('bob')), certificates: [] });
  await refused('a certificate, bob being there', 'Bob', authority.user('Bob'));
  bob.socket.destroy();

  const early = await login('Dan', authority.user('Dan'));
  await refused('the name is held by a certificate', 'dan', authority.user('dan'));
  await keys('user', 'dan');
  await scene.server.reload();
  await cut('who came before the one that is enrolled', early);
  await refused('the name is enrolled now', 'Dan', authority.user('Dan'));
  const dan = await login('dan', { identity: privateIdentity(await keyOf('dan')), certificates: [] });
  t.ok(await dan.expect('welc'));
  dan.socket.destroy();
});

for (const acceptCertificates of [true, false]) {
  test(`A19: an entry is taken away by hand, accepting certificates: ${acceptCertificates}`, async (t) => {
    const { scene, authority, login, keyOf, refused, cut } = await open(t, { server: { acceptCertificates } });
    const old = await keyOf('bob');
    const bare = { identity: privateIdentity(old), certificates: [] };
    const bob = await login('bob', bare);
    await rm(entryPath(scene.keys.users, 'bob'));
    await scene.server.reload();
    await cut('no longer enrolled', bob);
    await refused('his key', 'bob', bare);
    await refused('another case', 'Bob', bare);
    if (!acceptCertificates) {
      await refused('a certificate of his key', 'bob', authority.user('bob', old));
      return refused('a certificate of a new key', 'bob', authority.user('bob'));
    }
    // Whom the authority vouches for is enrolled by that: to keep somebody out is to revoke, not to take an entry away.
    const again = await login('bob', authority.user('bob', old));
    t.ok(await again.expect('welc'));
    await refused('his certificate under another case', 'Bob', authority.user('Bob', old));
    again.socket.destroy();
  });
}
