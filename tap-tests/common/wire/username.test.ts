import { test } from 'tap';
import { decode, encode } from '../../../common/bytes/codec.js';
import { bareUsername, checkUsername, isUsername, username, usernamePart } from '../../../common/wire/username.js';

const good = ['a', 'A', '0', '-', 'alice', 'user-2', 'constructor', 'MSGA', 'CON', 'nul', '-'.repeat(16), 'a'.repeat(16)];
const bad = [
  '', 'a'.repeat(17), 'a b', 'a_b', 'a.b', '../x', 'a/b', 'ä', 'а', 'alice\n', '\nalice', 'alice\0', 'a\u202eb',
  '__proto__', 'alice ', 'A\u0041\u0301', '\u{1f600}',
];

test('what is a username', async (t) => {
  for (const name of good) {
    t.ok(isUsername(name), name);
    t.equal(checkUsername(name), name);
    t.equal(decode(username('x'), encode(username('x'), name)), name);
    t.equal(decode(bareUsername('x'), encode(bareUsername('x'), name)), name);
    t.equal(decode(usernamePart('x'), encode(usernamePart('x'), name)), name);
  }
  t.equal(decode(usernamePart('x'), Buffer.from([0])), '', 'the beginning of every name');
});

test('what is not', async (t) => {
  for (const name of bad) {
    t.notOk(isUsername(name), JSON.stringify(name));
    t.throws(() => checkUsername(name), { name: 'UsageError', code: 'bad-name' });
    const raw = Buffer.from(name, 'utf8');
    t.throws(() => decode(bareUsername('x'), raw), { name: 'WireError', code: 'malformed' }, JSON.stringify(name));
    const behindLength = Buffer.concat([Buffer.from([raw.length]), raw]);
    t.throws(() => decode(username('x'), behindLength), { name: 'WireError', code: 'malformed' });
    if (name !== '') t.throws(() => decode(usernamePart('x'), behindLength), { name: 'WireError', code: 'malformed' });
  }
});

test('every byte value on its own', async (t) => {
  const taken = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => {
    try {
      return decode(bareUsername('x'), Buffer.from([byte])) === String.fromCharCode(byte);
    } catch {
      return false;
    }
  });
  t.equal(String.fromCharCode(...taken), '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');
});

test('what a person typed is shown short and escaped', async (t) => {
  t.throws(() => checkUsername(`\u001b[2J${'x'.repeat(500)}`), { message: /^"\\u001b\[2Jx{36}…" is not a username/ });
});
