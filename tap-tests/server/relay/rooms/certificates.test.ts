import { test } from 'tap';
import { privateIdentity } from '../../../../common/crypto/identity.js';
import { cn, ed25519, good, NOW, spkiOf, utc } from '../../../support/certificate-maker.js';
import { ManualClock } from '../../../support/manual-clock.js';
import type { RawClient } from '../../../support/raw-client.js';
import { RelayRoom } from '../../../support/relay-room.js';
import { TestServer } from '../../../support/test-server.js';

const NOTHING = Buffer.alloc(0);

async function asked(client: RawClient, ...names: string[]) {
  client.say('cert', { names });
  const answers = [];
  for (const name of new Set(names)) {
    const answer = await client.expect('cert');
    if (answer.name !== name) throw new Error(`${answer.name} instead of ${name}`);
    answers.push(answer);
  }
  return answers;
}

test('keys of users who are online, offline, unknown and revoked', async (t) => {
  const server = await TestServer.start(t, { users: ['alice', 'bob', 'user3', 'user4'] });
  const alice = await server.login('alice');
  await server.login('bob');
  server.revoke('user4');
  await server.running.reload();
  const key = (name: string) => server.keys.get(name)!.public.spki;
  const answers = await asked(alice, 'bob', 'user3', 'user4', 'nobody', 'alice', 'Bob', 'bob');
  t.same(answers, [
    { name: 'bob', certificates: [], spki: key('bob') }, { name: 'user3', certificates: [], spki: key('user3') },
    { name: 'user4', certificates: [], spki: NOTHING }, { name: 'nobody', certificates: [], spki: NOTHING },
    { name: 'alice', certificates: [], spki: key('alice') }, { name: 'Bob', certificates: [], spki: NOTHING },
  ]);
  t.same(await alice.settled(), [], 'one for each name, however often it stands there');
});

test('a user by certificate: with it, also when offline, as long as it is valid', async (t) => {
  const clock = new ManualClock(NOW.getTime());
  const server = await TestServer.start(t, { clock, users: ['alice'], limits: { idleMs: 1e9, silenceMs: 1e9 } });
  const pair = ed25519();
  const spki = spkiOf(pair.publicKey);
  const certificates = [good.user({ subject: cn('bob'), spki, notAfter: utc('270602000000Z') })];
  const alice = await server.login('alice');
  t.same(await asked(alice, 'bob'), [{ name: 'bob', certificates: [], spki: NOTHING }], 'who never came is not known');
  const bob = await server.login('bob', { identity: privateIdentity(pair.privateKey), certificates });
  const known = [{ name: 'bob', certificates, spki }];
  t.same(await asked(alice, 'bob'), known);
  bob.socket.destroy();
  await server.logged('logged-out');
  t.same(await asked(alice, 'bob'), known);
  const end = new Date('2027-06-02T00:00:00Z').getTime();
  clock.advance(end - clock.wall());
  t.same(await asked(alice, 'bob'), known);
  clock.advance(1_000);
  t.same(await asked(alice, 'bob'), [{ name: 'bob', certificates: [], spki: NOTHING }], 'its certificate is over');
});

test('who is enrolled by certificate is added, and changes its room', async (t) => {
  const clock = new ManualClock(NOW.getTime());
  const scene = await RelayRoom.start(t, ['alice'], {}, { clock });
  const { server, book } = scene;
  await scene.gather('alice');
  const pair = ed25519();
  const identity = privateIdentity(pair.privateKey);
  const certificates = [good.user({ subject: cn('user5'), spki: spkiOf(pair.publicKey) })];
  server.keys.set('user5', identity);
  const user5 = await server.login('user5', { identity, certificates });
  await user5.expect('welc');
  await scene.write('add', 'alice', 'user5');
  await user5.expect('invt');
  user5.say('join', { room: 'lab', next: 0 });
  await user5.expect('chng');
  user5.say('chng', { room: 'lab', change: await book.write('leave', 'user5') });
  await user5.expect('chng');
  const told = ['chng lab 2 #1 add user5 by alice', 'here lab 3 user5', 'chng lab 4 #2 leave user5 by user5'];
  t.same(await scene.heard('alice'), told);
});
