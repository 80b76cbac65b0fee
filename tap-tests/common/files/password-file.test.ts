import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { hashPassword } from '../../../common/crypto/password.js';
import { parsePassword, passwordText, readPasswords, writePassword } from '../../../common/files/password-file.js';
import { hex, vector } from '../../support/vector.js';

const cost = { N: 2 ** 14, r: 8, p: 1 };
interface Hash {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: string;
  readonly hash: string;
}

const good = () => hashPassword(Buffer.from('secret'), cost);

test('what is written is read', async (t) => {
  const folder = t.testdir();
  const password = await good();
  await writePassword(folder, 'alice', password);
  const path = join(folder, 'alice.password');
  t.equal((await stat(path)).mode & 0o777, 0o600);
  t.same(parsePassword(await readFile(path, 'latin1')), password);
  const problems: string[] = [];
  t.same(await readPasswords(folder, ['alice.password', 'alice.pem', '.alice.password.0123456789ab.tmp'], problems),
    new Map([['alice', password]]));
  t.same(problems, []);
});

test('the words of the file', async (t) => {
  const { N, r, p, salt, hash } = vector<{ hashes: readonly [Hash] }>('password').hashes[0];
  const text = passwordText({ cost: { N, r, p }, salt: hex(salt), hash: hex(hash) });
  t.match(text, /^scrypt 131072 8 1 AAECAwQFBgcICQoLDA0ODw== [A-Za-z0-9+/]{43}=\n$/);
  t.same(parsePassword(text).cost, { N, r, p });
});

test('a damaged one: its user cannot log in, the others can', async (t) => {
  const password = await good();
  const folder = t.testdir({ 'bob.password': passwordText(password), 'user3.password': 'x'.repeat(201) });
  const [, ...parts] = passwordText(password).trimEnd().split(' ');
  const [salt, hash] = parts.slice(3) as [string, string];
  const wrong = [
    '', 'scrypt', 'secret', `scrypt 1048576 8 1 ${salt} ${hash}`, `scrypt 131072 32 1 ${salt} ${hash}`,
    `scrypt 16384 8 5 ${salt} ${hash}`, `scrypt 16383 8 1 ${salt} ${hash}`, `scrypt 8192 8 1 ${salt} ${hash}`,
    `scrypt 016384 8 1 ${salt} ${hash}`, `scrypt 16384 0 1 ${salt} ${hash}`, `scrypt 16384 8 0 ${salt} ${hash}`,
    `bcrypt 16384 8 1 ${salt} ${hash}`, `scrypt 16384 8 1 ${hash} ${salt}`, `scrypt 16384 8 1 ${salt} ${hash}\n\n`,
    `scrypt 16384 8 1 ${salt} ${hash} more`, `scrypt 16384 8 1 ${salt.replace(/.==$/, 'B==')} ${hash}`,
  ];
  for (const text of wrong) {
    await writeFile(join(folder, 'alice.password'), text);
    const problems: string[] = [];
    const read = await readPasswords(folder, ['alice.password', 'bob.password'], problems);
    t.equal(read.get('alice'), 'damaged', text);
    t.same(read.get('bob'), password);
    t.match(problems, [/^alice cannot log in: .*node keys passwd/]);
  }
  await chmod(join(folder, 'bob.password'), 0o600);
  const problems: string[] = [];
  t.equal((await readPasswords(folder, ['user3.password'], problems)).get('user3'), 'damaged', 'too long');
});
