import { test } from 'tap';
import { TrustStore } from '../../client/engine/trust-store.js';
import { kind, type } from '../support/attacker/conversation.js';
import { stepBetween } from '../support/attacker/middle.js';
import { fingerprintOf, newPerson, type Person } from '../support/attacker/primitives.js';
import type { Enrolled } from '../support/attacker/switchboard.js';
import { type CorruptOptions, CorruptScene, told } from '../support/corrupt-scene.js';
import { type Actor, connect } from '../support/scene.js';

// The relay has its real key, so that clients log in to it, and means ill.

const numberOf = (actor: Actor): string => {
  const chat = actor.events.findLast((event) => event.event === 'chat');
  return (chat as { safetyNumber: string }).safetyNumber;
};

test('A2: at a first contact the relay reads and changes all, and the safety numbers show it', async (t) => {
  const corrupt = await CorruptScene.open(t);
  const [alice, bob] = await corrupt.pair();
  const own = newPerson();
  const stepping = stepBetween(corrupt.relay, corrupt.board, own);
  await connect(alice, bob);
  const { withCaller, withReceiver } = await stepping;

  alice.do({ do: 'say', with: 'bob', text: 'meet me at six' });
  const { content } = await withCaller.expect(type.text);
  t.equal(content.toString(), 'meet me at six', 'the attack is a real one: it reads');
  withReceiver.text('meet me at nine');
  t.match(await bob.next('message'), { with: 'alice', text: 'meet me at nine' }, 'and it changes');
  t.match(await alice.next('delivered'), { with: 'bob' });

  for (const [actor, peer] of [[alice, 'bob'], [bob, 'alice']] as const) {
    t.match(actor.events.findLast(({ event }) => event === 'chat'), {
      with: peer, trust: 'first-use', compared: false, fingerprint: fingerprintOf(own.spki).toString('hex'),
    }, `${actor.name} is told that nobody vouches for this key`);
    t.notOk(actor.events.some(({ event }) => event === 'warning'));
  }
  t.not(numberOf(alice), numberOf(bob), 'what they would read to each other is not the same');
});

test('A2: the same two at a relay that does not lie have the same number, and not that of before', async (t) => {
  const corrupt = await CorruptScene.open(t);
  const [alice, bob] = await corrupt.chat();
  t.equal(numberOf(alice), numberOf(bob));
  alice.do({ do: 'verify', with: 'bob' });
  t.match(await alice.next('safety-number'), { number: numberOf(bob) });
});

const pin = async (peer: string, spki: Buffer): Promise<TrustStore> => {
  const trust = TrustStore.inMemory();
  const fingerprint = fingerprintOf(spki).toString('hex');
  await trust.put({ server: '127.0.0.1', username: peer, fingerprint, compared: false, since: 'before' });
  return trust;
};

for (const [victim, peer, role] of [['alice', 'bob', 'caller'], ['bob', 'alice', 'receiver']] as const) {
  test(`A2: a pinned peer: refused by the ${role}, and not a byte of an exchange is sent`, async (t) => {
    const corrupt = await CorruptScene.open(t);
    const spki = corrupt.board.people.get(peer)!.spki;
    const trust = await pin(peer, spki);
    const pinned = trust.find('127.0.0.1', peer);
    const [one, other] = [await corrupt.logIn(victim, { trust }), await corrupt.logIn(peer)];
    const [alice, bob] = victim === 'alice' ? [one, other] : [other, one];
    void stepBetween(corrupt.relay, corrupt.board, newPerson()).catch(() => undefined);
    alice.do({ do: 'chat', with: 'bob' });
    await bob.next('request');
    bob.do({ do: 'accept', with: 'alice' });
    const { old } = await one.next('key-changed');
    await one.next('left');
    const lines = told(one).filter((line) => !/^(ready|request)/.test(line));
    t.same(lines, [`key-changed ${peer}`, `left ${peer} tampered by me`]);
    one.do({ do: 'say', with: peer, text: 'must not go' });
    t.match(await one.next('error'), { code: 'no-conversation' });
    await corrupt.settled();
    t.same(corrupt.board.heard('frwd', victim), [], 'no P1, no P2');
    t.equal(corrupt.board.heard('exch', victim).length, 1);
    t.same(one.trust.find('127.0.0.1', peer), pinned, 'the pin is as it was');
    one.do({ do: 'verify', with: peer });
    const { trust: state, number } = await one.next('safety-number');
    t.equal(state, 'changed');
    t.not(number, old);
  });
}

const byCertificate: CorruptOptions = { enrol: 'certificate', users: ['alice', 'bob', 'user3'] };

/** alice calls, bob accepts, and the relay steps between with a key of its own, and these words about bob. */
async function called(corrupt: CorruptScene, own: Person, about: Enrolled) {
  const [alice, bob] = await corrupt.pair();
  const stepping = stepBetween(corrupt.relay, corrupt.board, own, about).catch(() => undefined);
  alice.do({ do: 'chat', with: 'bob' });
  await bob.next('request');
  bob.do({ do: 'accept', with: 'alice' });
  return { alice, bob, stepping };
}

async function leave(...actors: Actor[]): Promise<void> {
  for (const actor of actors) actor.do({ do: 'exit' });
  await Promise.all(actors.map((actor) => actor.next('closed')));
}

interface Lie {
  readonly about: (real: Enrolled, own: Buffer) => Enrolled;
  readonly code: string;
  /** Whether alice begins an exchange. */
  readonly sends: boolean;
}

const lies: Record<string, Lie> = {
  'its own key beside the real certificate': {
    about: (real, spki) => ({ ...real, spki }), code: 'bad-certificate', sends: false,
  },
  'the real key with the real certificate, and signs with its own': {
    about: (real) => real, code: 'bad-signature', sends: true,
  },
  'the real key without the certificate, and signs with its own': {
    about: ({ spki }) => ({ spki, certificates: [] }), code: 'bad-signature', sends: true,
  },
  'bytes that are no key': {
    about: (real) => ({ ...real, spki: Buffer.from('no key') }), code: 'malformed', sends: false,
  },
};

test('A2: a peer with a certificate, or whose real key was handed out: refused', async (t) => {
  const corrupt = await CorruptScene.open(t, byCertificate);
  const own = newPerson();
  for (const [name, { about, code, sends }] of Object.entries(lies)) {
    corrupt.board.said.length = 0;
    const { alice, bob, stepping } = await called(corrupt, own, about(corrupt.board.people.get('bob')!, own.spki));
    await alice.next('left');
    await stepping;
    t.same(told(alice), ['ready', `warning bob ${code}`, 'left bob tampered by me'], name);
    await corrupt.settled();
    t.same(corrupt.board.heard('frwd', 'alice').map(({ payload }) => payload[8]), sends ? [kind.P1] : [], name);
    t.equal(corrupt.board.heard('exch', 'alice').length, 1, name);
    t.equal(alice.trust.find('127.0.0.1', 'bob'), undefined, `${name}: nothing is pinned`);
    await leave(alice, bob);
  }
});

test('A2: certificates that the attacker has make nobody certified', async (t) => {
  const corrupt = await CorruptScene.open(t, byCertificate);
  const stolen = await corrupt.scene.stolenServer();
  const { certificates: ofUser3 } = corrupt.board.people.get('user3')!;
  const accomplice = { person: await corrupt.scene.person('user3'), certificates: ofUser3 };
  for (const { person, certificates } of [stolen, accomplice]) {
    const { alice, bob, stepping } = await called(corrupt, person, { spki: person.spki, certificates });
    await Promise.all([alice.next('chat'), bob.next('chat')]);
    t.same(told(alice), ['ready', 'chat bob first-use'], 'as one whom nobody vouches for');
    t.not(numberOf(alice), numberOf(bob));
    await stepping;
    await leave(alice, bob);
  }
});
