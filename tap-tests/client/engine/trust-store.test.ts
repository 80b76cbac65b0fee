import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { type Pin, TrustStore } from '../../../client/engine/trust-store.js';

const pin = (username: string, digit = 'a', compared = false): Pin =>
  ({ server: 'relay', username, fingerprint: digit.repeat(64), compared, since: '2027-01-01T00:00:00.000Z' });

test('a pin is found by server and name, and survives a new start', async (t) => {
  const path = join(t.testdir(), 'known-keys.json');
  const store = await TrustStore.open(path);
  t.equal(store.find('relay', 'bob'), undefined);
  await store.put(pin('bob'));
  await store.put({ ...pin('bob', 'b'), server: 'another' });
  const again = await TrustStore.open(path);
  t.same(again.find('relay', 'bob'), pin('bob'));
  t.equal(again.find('another', 'bob')?.fingerprint, 'b'.repeat(64));
  t.equal(again.find('relay', 'Bob'), undefined);
  t.equal(again.find('Relay', 'bob'), undefined);
});

test('a new pin takes the place of the old one', async (t) => {
  const path = join(t.testdir(), 'known-keys.json');
  const store = await TrustStore.open(path);
  await store.put(pin('bob'));
  await store.put(pin('bob', 'c', true));
  t.same((await TrustStore.open(path)).find('relay', 'bob'), pin('bob', 'c', true));
  t.equal(JSON.parse(await readFile(path, 'utf8')).pins.length, 1);
});

test('the file is for its owner only, and nothing lies beside it', async (t) => {
  const dir = t.testdir();
  const path = join(dir, 'known-keys.json');
  const store = await TrustStore.open(path);
  await store.put(pin('bob'));
  t.equal((await stat(path)).mode & 0o777, 0o600);
  await chmod(path, 0o644);
  await store.put(pin('alice'));
  t.equal((await stat(path)).mode & 0o777, 0o600, 'also where it was not');
  t.same(await readdir(dir), ['known-keys.json']);
});

test('pins that are put at the same time are all kept, and the last word counts', async (t) => {
  const path = join(t.testdir(), 'known-keys.json');
  const store = await TrustStore.open(path);
  await Promise.all([...Array.from({ length: 20 }, (_, n) => store.put(pin(`user${n}`))), store.put(pin('user0', 'd'))]);
  const again = await TrustStore.open(path);
  for (let n = 1; n < 20; n++) t.ok(again.find('relay', `user${n}`));
  t.equal(again.find('relay', 'user0')?.fingerprint, 'd'.repeat(64));
});

test('a damaged file is not forgotten without a word, and not written over', async (t) => {
  const dir = t.testdir();
  const entry = JSON.stringify(pin('bob'));
  const damaged = {
    empty: '', 'not JSON': '{"version":1,"pins":[', null: 'null', array: '[]', 'no pins': '{"version":1}', 'another version': '{"version":2,"pins":[]}',
    'pins are none': '{"version":1,"pins":{}}', 'a name that is none': `{"version":1,"pins":[${entry.replace('bob', 'b b')}]}`,
    'a short fingerprint': `{"version":1,"pins":[${entry.replace('aaaa', '')}]}`, 'in capitals': `{"version":1,"pins":[${entry.replace('aaaa', 'AAAA')}]}`,
    'compared is none': `{"version":1,"pins":[${entry.replace('false', '"false"')}]}`, 'a null among them': `{"version":1,"pins":[${entry},null]}`,
  };
  for (const [name, text] of Object.entries(damaged)) {
    const path = join(dir, `${name}.json`);
    await writeFile(path, text);
    await t.rejects(TrustStore.open(path), { name: 'UsageError', code: 'bad-file', message: /damaged/ }, name);
    t.equal(await readFile(path, 'utf8'), text);
  }
});

test('a file that cannot be read or written', async (t) => {
  const dir = t.testdir();
  await mkdir(join(dir, 'folder'));
  await t.rejects(TrustStore.open(join(dir, 'folder')), { code: 'bad-file', message: /EISDIR/ });
  const store = await TrustStore.open(join(dir, 'nowhere', 'known-keys.json'));
  await t.rejects(store.put(pin('bob')), { code: 'ENOENT' });
  await mkdir(join(dir, 'nowhere'));
  await store.put(pin('alice'));
  t.ok((await TrustStore.open(join(dir, 'nowhere', 'known-keys.json'))).find('relay', 'alice'), 'the next one is tried again');
});

test('unknown keys of an entry are dropped, also those with a meaning elsewhere', async (t) => {
  const path = join(t.testdir(), 'known-keys.json');
  await writeFile(path, `{"version":1,"pins":[{"__proto__":{"evil":1},"more":2,${JSON.stringify(pin('bob')).slice(1)}]}`);
  const found = (await TrustStore.open(path)).find('relay', 'bob')!;
  t.same(Object.keys(found).sort(), Object.keys(pin('bob')).sort());
  t.equal((found as { evil?: number }).evil, undefined);
});

test('in memory nothing is written', async (t) => {
  const store = TrustStore.inMemory();
  await store.put(pin('bob'));
  t.ok(store.find('relay', 'bob'));
});
