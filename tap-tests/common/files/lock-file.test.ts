import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, statSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { tryLock } from '../../../common/files/lock-file.js';

const inode = (folder: string) => String(statSync(folder).ino);
const startOf = async (pid: number) => {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19]!;
};

test('one has it, until it is given back', async (t) => {
  const dir = t.testdir();
  const path = join(dir, '.lock');
  const unlock = await tryLock(path);
  if (typeof unlock === 'number') throw new Error('it is free');
  t.equal(await readFile(path, 'latin1'), `${process.pid} ${await startOf(process.pid)} ${inode(dir)}\n`);
  t.equal(await tryLock(path), process.pid);
  await unlock();
  t.same(await readdir(dir), []);
});

test('that of a process which is gone, of another one with its number, or of no process at all', async (t) => {
  const { pid: gone } = spawnSync(process.execPath, ['-e', '']);
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  t.teardown(() => other.kill('SIGKILL'));
  await once(other, 'spawn');
  const lock = (content: (folder: string) => string) => {
    const dir = t.testdir({ '.lock': '' });
    return writeFile(join(dir, '.lock'), content(inode(dir))).then(() => join(dir, '.lock'));
  };
  const started = await startOf(other.pid!);
  for (const content of [
    (folder: string) => `${gone} ${started} ${folder}\n`, (folder: string) => `${gone} - ${folder}\n`,
    (folder: string) => `${other.pid} ${Number(started) - 1} ${folder}\n`, () => `${other.pid} ${started} 1\n`,
    () => '', () => 'nonsense', () => '-1 - 1\n', () => '0', () => '1e9', () => 'x'.repeat(100),
  ]) {
    const path = await lock(content);
    const unlock = await tryLock(path);
    t.type(unlock, 'function', content('folder'));
    if (typeof unlock === 'function') await unlock();
    t.same(await readdir(join(path, '..')), [], content('folder'));
  }
  for (const start of [started, '-']) {
    t.equal(await tryLock(await lock((folder) => `${other.pid} ${start} ${folder}\n`)), other.pid, 'one that is alive');
  }
});

test('of several that find an old one, one gets it, and no other lock is left', async (t) => {
  const names = Array.from({ length: 20 }, (_, at) => `${at}`);
  const root = t.testdir(Object.fromEntries(names.map((name) => [name, { '.lock': 'old' }])));
  for (const dir of names.map((name) => join(root, name))) {
    const all = await Promise.all(Array.from({ length: 12 }, () => tryLock(join(dir, '.lock'))));
    t.equal(all.filter((each) => typeof each === 'function').length, 1);
    t.same(await readdir(dir), ['.lock']);
  }
});

test('one that was killed while it took over a lock is no hindrance; if that happened again and again, it is said', async (t) => {
  const dir = t.testdir({ '.lock': 'old', '.lock.next': 'old', '.lock.next.next': 'old' });
  const unlock = await tryLock(join(dir, '.lock'));
  t.type(unlock, 'function');
  t.same(await readdir(dir), ['.lock']);
  const again = t.testdir({ '.lock': '', '.lock.next': '', '.lock.next.next': '', '.lock.next.next.next': '' });
  await t.rejects(tryLock(join(again, '.lock')), { code: 'not-now', message: /Remove .*next/ });
});

test('a copy of the folder is not locked', async (t) => {
  const dir = t.testdir({ users: {} });
  const unlock = await tryLock(join(dir, 'users', '.lock'));
  cpSync(join(dir, 'users'), join(dir, 'copy'), { recursive: true });
  const other = await tryLock(join(dir, 'copy', '.lock'));
  for (const each of [unlock, other]) {
    t.type(each, 'function');
    if (typeof each === 'function') await each();
  }
});
