import { inspect } from 'node:util';
import { test } from 'tap';
import { Secret } from '../../../common/crypto/secret.js';

const bytes = () => Buffer.from('this must be seen by nobody', 'latin1');

test('it shows itself nowhere', async (t) => {
  const secret = new Secret(bytes());
  const shown = [
    `${secret}`, String(secret), JSON.stringify({ secret }), JSON.stringify([secret]), inspect(secret),
    inspect({ deep: { secret } }, { depth: 9, showHidden: true }), `key: ${[secret].join()}`, Object.keys(secret).join(),
    inspect(new Error('with a secret', { cause: secret })), JSON.stringify(Object.entries(secret)),
  ];
  const canaries = [bytes().toString(), bytes().toString('hex'), bytes().toString('base64'), bytes().join(','), bytes().join(', ')];
  for (const text of shown) t.notOk(canaries.some((canary) => text.includes(canary)), text);
  t.equal(`${secret}`, '[secret]');
  t.equal(JSON.stringify(secret), '"[secret]"');
  t.equal(inspect({ secret }), '{ secret: [secret] }');
});

test('wiping overwrites the bytes themselves, and nothing can use them afterwards', async (t) => {
  const own = bytes();
  const secret = new Secret(own);
  t.equal(secret.bytes, own, 'not a copy');
  t.notOk(secret.wiped);
  secret.wipe();
  t.ok(own.every((byte) => byte === 0));
  t.ok(secret.wiped);
  t.throws(() => secret.bytes, { message: /wiped secret/ });
  t.doesNotThrow(() => secret.wipe(), 'twice is once');
  t.equal(inspect(secret), '[secret]');
});
