import { test } from 'tap';
import { withstands } from '../support/attack-field.js';
import { tryLogin } from '../support/attacker/login.js';
import { newPerson } from '../support/attacker/primitives.js';
import { ServerProcess } from '../support/server-process/server-process.js';
import { connect, Scene } from '../support/scene.js';
import { rateDodged } from './live/E8-rate-dodged.js';

/** The default rate, in a window that is shorter. */
const limits = { rateMessages: 10, rateWindowMs: 2_000 };

test('E8: the rate is the user\'s, whatever the connection, and nobody spends from another\'s', async (t) => {
  const server = await ServerProcess.start(t, { limits });
  const { did, saw } = await withstands(t, rateDodged, server.field(t));
  t.comment(`${did}: ${saw}`);
  const { log } = await server.inside();
  t.notOk(log['cut'] ?? log['flood'], 'nobody was cut for it');
  t.equal(log['refused bad-signature'], 8);
});

test('E8: a paste of 50 lines arrives whole, slowly, through real clients, whatever others do', async (t) => {
  const windowMs = 500;
  const users = ['alice', 'bob', 'user3', 'user4'];
  const server = { limits: { rateMessages: 10, rateWindowMs: windowMs } };
  const scene = await Scene.open(t.testdir(), { users, server });
  t.teardown(() => scene.close());
  const [alice, bob] = await scene.chat();
  const [talker, ringer] = [await scene.logIn('user3'), await scene.logIn('user4')];
  await connect(talker, alice);

  const begun = performance.now();
  for (let n = 1; n <= 50; n++) {
    alice.do({ do: 'say', with: 'bob', text: `line ${n}`, id: `${n}` });
    for (const noisy of [bob, talker]) noisy.do({ do: 'say', with: 'alice', text: 'noise' });
  }
  ringer.do({ do: 'chat', with: 'alice' });
  const at = { host: '127.0.0.1', port: scene.server.port };
  const knocks = Promise.all(Array.from({ length: 8 }, () => tryLogin(at, 'alice', { person: newPerson() })));
  for (let n = 1; n <= 50; n++) t.match(await bob.next('message'), { text: `line ${n}` });
  const ms = performance.now() - begun;
  await alice.next('delivered', ({ id }) => id === '50');
  t.ok(ms >= 4 * windowMs, `in no less than the windows that it takes: ${ms.toFixed(0)} ms`);
  t.equal(alice.count('lost') + bob.count('lost'), 0, 'nobody was cut');
  t.same((await knocks).map((each) => each.is === 'refused' && each.code), Array(8).fill(3));
});
