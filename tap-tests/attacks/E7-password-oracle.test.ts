import { test } from 'tap';
import { hashPassword } from '../../common/crypto/password.js';
import { makeEd25519Pair } from '../../common/crypto/node.js';
import { tryLogin } from '../support/attacker/login.js';
import { type Person, personWith } from '../support/attacker/primitives.js';
import { TestServer } from '../support/test-server.js';

/** E7: who asks without the right key learns neither who is enrolled nor who has a password. */
test('a wrong name, a wrong key, and a wrong key of one who has a password', async (t) => {
  const server = await TestServer.start(t, { users: ['alice', 'bob'] });
  server.passwords.set('alice', await hashPassword(Buffer.from('secret'), { N: 2 ** 14, r: 8, p: 1 }));
  await server.running.reload();
  const stranger = personWith(makeEd25519Pair().privateKey);
  const times: Record<string, number[]> = { alice: [], bob: [], user3: [] };
  for (let round = 0; round < 6; round++) {
    for (const name of Object.keys(times)) {
      const started = performance.now();
      t.match(await tryLogin(server.address, name, { person: stranger }), { is: 'refused', code: 3 }, name);
      times[name]!.push(performance.now() - started);
    }
  }
  const quickest = Object.values(times).map((each) => Math.min(...each));
  t.ok(Math.min(...quickest) >= 249, 'none is earlier than the refusal');
  t.ok(Math.max(...quickest) - Math.min(...quickest) < 40, `${quickest.map(Math.round)} ms`);
});

test('only who has the key is asked, and a guess says no more than yes or no', async (t) => {
  const server = await TestServer.start(t, { users: ['alice', 'bob'] });
  server.passwords.set('alice', await hashPassword(Buffer.from('secret'), { N: 2 ** 14, r: 8, p: 1 }));
  await server.running.reload();
  const guess = async (password: string, from: string, person: Person = server.person('alice')) => {
    const outcome = await tryLogin(server.address, 'alice', { person, from });
    if (outcome.is !== 'logged in') throw new Error(outcome.is);
    const started = performance.now();
    await outcome.session.sayPassword(password);
    const { payload } = await outcome.session.expect('erro');
    return { payload, ms: performance.now() - started };
  };
  const guesses = ['s', 'secre', 'secret ', 'x'.repeat(200)];
  const heard = [];
  for (const [at, password] of guesses.entries()) heard.push(await guess(password, `127.0.1.${at + 1}`));
  for (const { payload } of heard) t.same(payload, heard[0]!.payload);
  const times = heard.map(({ ms }) => ms);
  t.ok(Math.max(...times) - Math.min(...times) < 200, `${times.map(Math.round)} ms: no guess is nearer than another`);
});
