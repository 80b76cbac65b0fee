import { test } from 'tap';
import { hashPassword, matches, passwordBytes, passwordCost } from '../../../common/crypto/password.js';
import { scryptHash } from '../../../common/crypto/node.js';
import { keyBehindPassword } from '../../../common/transport/single-record.js';
import { Secret } from '../../../common/crypto/secret.js';
import { hex, vector } from '../../support/vector.js';

const cost = { N: 2 ** 14, r: 8, p: 1 };

test('scrypt is that of RFC 7914, part 12', async (t) => {
  const made = await scryptHash(Buffer.from('pleaseletmein'), Buffer.from('SodiumChloride'), cost, 64);
  t.equal(made.toString('hex'), '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2'
    + 'd5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887');
});

test('what the protocol says', async (t) => {
  t.same(passwordCost, { N: 131_072, r: 8, p: 1 });
  const stored = await hashPassword(Buffer.from('correct horse'), cost);
  t.equal(stored.salt.length, 16);
  t.equal(stored.hash.length, 32);
  t.ok(await matches(Buffer.from('correct horse'), stored));
  t.notOk(await matches(Buffer.from('correct horsf'), stored));
  t.notOk(await matches(Buffer.from('correct horse '), stored));
  t.notSame((await hashPassword(Buffer.from('correct horse'), cost)).salt, stored.salt, 'never the same salt');
});

test('bytes of a password', async (t) => {
  t.same(passwordBytes('e\u0301').bytes, passwordBytes('\u00e9').bytes, 'two keyboards, one letter');
  t.equal(passwordBytes('x'.repeat(200)).bytes.length, 200);
  t.throws(() => passwordBytes('x'.repeat(201)), { code: 'no-passphrase' });
  t.throws(() => passwordBytes(''), { code: 'no-passphrase' });
});

interface Vectors {
  readonly keys: readonly { readonly key: string; readonly behind: string }[];
  readonly hashes: readonly {
    readonly password: string; readonly bytes: string; readonly salt: string; readonly hash: string;
    readonly N: number; readonly r: number; readonly p: number;
  }[];
}

test('hashes that another implementation made', async (t) => {
  for (const { password, bytes, salt, hash, ...cost } of vector<Vectors>('password').hashes) {
    t.same(passwordBytes(password).bytes, hex(bytes));
    t.same(cost, passwordCost);
    t.ok(await matches(hex(bytes), { cost, salt: hex(salt), hash: hex(hash) }), password);
  }
});

test('the key behind a password', async (t) => {
  for (const { key, behind } of vector<Vectors>('password').keys) {
    const before = new Secret(hex(key));
    t.same(keyBehindPassword(before).bytes, hex(behind));
    t.ok(before.wiped);
  }
});
