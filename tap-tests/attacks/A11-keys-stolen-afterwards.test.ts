import { createPublicKey, type KeyObject } from 'node:crypto';
import { test, type Test } from 'tap';
import { Wiretap } from '../../docs/demo/wiretap.js';
import { dial } from '../../client/engine/dial.js';
import { Engine } from '../../client/engine/engine.js';
import { TrustStore } from '../../client/engine/trust-store.js';
import { systemClock } from '../../common/clock.js';
import { parseCertificate } from '../../common/crypto/certificate.js';
import { loginTranscript } from '../../common/crypto/exchange.js';
import { privateIdentity } from '../../common/crypto/identity.js';
import { chatTranscript } from '../../common/crypto/peer-transcript.js';
import { rsaSuite, type Suite, suites } from '../../common/crypto/suite.js';
import { CONVERSATION } from '../../common/wire/commands.js';
import { startServer } from '../../server/library.js';
import { ed25519, good, NOW, rsaPair, spkiOf } from '../support/certificate-maker.js';
import { EphemeralWatch } from '../support/ephemeral-watch.js';
import { Actor, connect } from '../support/scene.js';
import {
  candidates, ephemeralIn, exchangeIn, type Forwarded, loginIn, openConnection, openConversation,
} from '../support/thief.js';

const clock = { ...systemClock, wall: () => NOW.getTime() + performance.now() };

/** All long-term keys; for suite rsa of the size of its ephemeral ones, so that they could open its shares at all. */
function longTermKeys(suite: Suite) {
  const make = suite === rsaSuite ? () => rsaPair(2048) : ed25519;
  return { authority: make(), server: make(), alice: make(), bob: make() };
}

/** alice and bob log in, talk and leave; somebody has recorded both lines. */
async function recordedSession(t: Test, suite: Suite, keys: ReturnType<typeof longTermKeys>) {
  const by = keys.authority.privateKey;
  const authority = parseCertificate(good.authority({ by, spki: spkiOf(keys.authority.publicKey) }));
  const users = new Map((['alice', 'bob'] as const).map((username) =>
    [username, { username, identity: privateIdentity(keys[username].privateKey).public, certificates: [] }]));
  const server = await startServer({
    material: {
      identity: privateIdentity(keys.server.privateKey),
      certificates: [good.server({ by, spki: spkiOf(keys.server.publicKey) })],
      authorities: [], users: { users, revokedNames: new Set(), revokedFingerprints: new Set() },
    },
    limits: { poolKeys: 2 },
  });
  t.teardown(() => server.close());
  const enter = async (username: 'alice' | 'bob') => {
    const wire = new Wiretap();
    const trust = TrustStore.inMemory();
    const engine = new Engine({
      credentials: {
        username, identity: privateIdentity(keys[username].privateKey), certificates: [], authorities: [authority],
      },
      serverName: 'localhost', suites: [suite], trust, clock, reconnectMs: 0, poolKeys: 1,
      dial: async () => wire.through(await dial(server.host, server.port)),
    });
    const actor = new Actor(username, engine, trust);
    engine.start();
    await actor.next('ready');
    return { actor, wire };
  };
  const [alice, bob] = [await enter('alice'), await enter('bob')];
  await connect(alice.actor, bob.actor);
  for (const [from, to, text] of [
    [alice, bob, 'where is it?'], [bob, alice, 'under the oak'], [alice, bob, 'thank you'],
  ] as const) {
    from.actor.do({ do: 'say', with: to.actor.name, text });
    await to.actor.next('message', (event) => event.text === text);
  }
  for (const { actor } of [alice, bob]) {
    actor.do({ do: 'exit' });
    await actor.next('closed');
  }
  const captured = ({ wire: { sent, received } }: typeof alice) =>
    ({ sent: Buffer.concat(sent), received: Buffer.concat(received) });
  const party = (username: 'alice' | 'bob') => ({ username, fingerprint: users.get(username)!.identity.fingerprint });
  return { party, alice: captured(alice), bob: captured(bob) };
}

for (const suite of suites) {
  test(`A11: a recorded session and all long-term keys (${suite.name})`, async (t) => {
    const watch = new EphemeralWatch(t);
    const keys = longTermKeys(suite);
    const stolen: KeyObject[] = Object.values(keys).map(({ privateKey }) => privateKey);
    const session = await recordedSession(t, suite, keys);

    const opened = (['alice', 'bob'] as const).map((name) => {
      const capture = session[name];
      const login = loginIn(capture, loginTranscript());
      const tried = candidates(login, stolen);
      const opens = openConnection(capture, login, tried);
      t.equal(opens, undefined, `${name}'s connection: none of ${tried.length} candidates for K`);
      const ephemeral = watch.privateOf(ephemeralIn(login));
      t.notOk(stolen.some((key) => createPublicKey(key).equals(createPublicKey(ephemeral))), 'M2 has a key of its own');
      const connection = openConnection(capture, login, candidates(login, [ephemeral]));
      const opened = connection?.fromServer.some(({ command }) => command === 'welc');
      t.ok(opened, 'the private half of that one, which is gone, would have opened it');
      return connection!;
    });

    const forwards = (messages: readonly { command: string; payload: Buffer }[]) =>
      messages.filter(({ command }) => command === 'frwd').map(({ payload }) => payload);
    const [caller, receiver] = [forwards(opened[0]!.fromClient), forwards(opened[0]!.fromServer)];
    const atBob = [forwards(opened[1]!.fromServer), forwards(opened[1]!.fromClient)];
    t.same(atBob, [caller, receiver], 'the relay hands on what it gets');
    const bodies = (payloads: readonly Buffer[]) => payloads.map((payload) => payload.subarray(CONVERSATION));
    const forwarded: Forwarded = { caller: bodies(caller), receiver: bodies(receiver) };
    const conversation = caller[0]!.toString('hex', 0, CONVERSATION);
    const t0 = chatTranscript(conversation, session.party('alice'), session.party('bob'));
    const exchange = exchangeIn(forwarded, t0);
    const logins = [session.alice, session.bob].map((capture) => watch.privateOf(ephemeralIn(loginIn(capture, t0))));
    const tried = candidates(exchange, [...stolen, ...logins]);
    const opens = openConversation(forwarded, exchange, tried);
    t.equal(opens, undefined, `for one who is in the relay, the chat: none of ${tried.length} candidates`);
    const said = openConversation(forwarded, exchange, candidates(exchange, [watch.privateOf(ephemeralIn(exchange))]));
    const all = ['where is it?', 'thank you', 'CHAT IS SECURE!', 'under the oak'];
    t.same(said, all, 'the private half of the key of P2, which is gone, would have');
  });
}
