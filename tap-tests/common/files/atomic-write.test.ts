import { test } from 'tap';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../../../common/files/atomic-write.js';

test('writes, replaces, and leaves nothing else', async (t) => {
  const dir = t.testdir();
  const path = join(dir, 'file');
  const umask = process.umask(0o077);
  t.teardown(() => process.umask(umask));
  await writeAtomically(path, 'one', { mode: 0o644 });
  t.equal(statSync(path).mode & 0o777, 0o644, 'whatever the umask');
  await writeAtomically(path, 'two');
  t.equal(readFileSync(path, 'utf8'), 'two');
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.same(readdirSync(dir), ['file']);
});

test('exclusive: of many at once one wins, and the file is whole', async (t) => {
  const dir = t.testdir();
  const path = join(dir, 'file');
  const results = await Promise.allSettled(['a', 'b', 'c', 'd'].map((c) => writeAtomically(path, c.repeat(10_000), { exclusive: true })));
  t.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
  t.match(readFileSync(path, 'utf8'), /^(a{10000}|b{10000}|c{10000}|d{10000})$/);
  t.same(readdirSync(dir), ['file']);
});

test('a failure leaves the old file and nothing aside', async (t) => {
  const dir = t.testdir({ file: { inside: 'a folder cannot be replaced' } });
  await t.rejects(writeAtomically(join(dir, 'file'), 'x'));
  t.same(readdirSync(dir), ['file']);
  await t.rejects(writeAtomically(join(dir, 'none', 'file'), 'x'), { code: 'ENOENT' });
});
