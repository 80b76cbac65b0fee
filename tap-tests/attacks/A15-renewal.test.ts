import { type Test, test } from 'tap';
import { suites } from '../../common/crypto/suite.js';
import { RENEW_MS } from '../../common/wire/limits.js';
import { renewalT0, type } from '../support/attacker/conversation.js';
import { readM2, Responder, statement } from '../support/attacker/exchange.js';
import { newPerson, type Person, publicKeyOf, sha256, verifies } from '../support/attacker/primitives.js';
import { SLOW_MS, told } from '../support/corrupt-scene.js';
import { isRenewal, robbed } from '../support/robbed-chat.js';
import { until } from '../support/until.js';

test('A15: a renewal that is let through locks out a thief who only listens', async (t) => {
  for (const suite of suites) {
    const { corrupt, clock, alice, bob, say, resealer, from } = await robbed(t, suite);
    corrupt.board.onBody = resealer.listen;
    await corrupt.pass(RENEW_MS - clock.now());
    await say(alice, bob, 'the last');
    await until('both to renew', () => alice.count('renewed') + bob.count('renewed') === 2, SLOW_MS);
    t.same(resealer.unread, [], 'all of the renewal was read');
    await say(alice, bob, 'hidden');
    await say(bob, alice, 'hidden as well');
    t.same([resealer.texts('alice'), resealer.texts('bob')], [['after', 'the last'], ['after']], suite.name);
    t.ok(resealer.unread.includes('alice') && resealer.unread.includes('bob'));
    t.notOk([...told(alice, from[0]), ...told(bob, from[1])].some((line) => /^(left|warning)/.test(line)));
  }
});

/** The relay answers alice's renewal itself, as bob. His own answer, which it keeps, tells it which secret is in it. */
async function answers(t: Test, own: Person, setting: Awaited<ReturnType<typeof robbed>>): Promise<void> {
  const { thief, conversation, corrupt: { board }, resealer, clock } = setting;
  const bob = publicKeyOf(board.people.get('bob')!.spki);
  let [body1, forged]: [Buffer?, Responder?] = [];
  const toAlice = (typeOf: number, content: Uint8Array | string) =>
    setImmediate(() => {
      board.deliver(resealer.seal({ conversation, from: 'bob', to: 'alice' }, typeOf, content, clock.wall()));
    });
  resealer.strips = ({ type: typeOf, content, from }) => {
    if (typeOf === type.renewal1) body1 = content;
    if (typeOf === type.renewal2) {
      thief.steal();
      const { unsigned, signature } = readM2(content);
      const bound = thief.secrets.map((secret) => renewalT0(conversation, secret))
        .find((t0) => verifies(bob, statement('responder', sha256(sha256(t0, body1!), unsigned)), signature));
      t.ok(bound, 'the thief has the secret too');
      forged = new Responder(body1!, { t0: bound!, person: own });
      toAlice(type.renewal2, forged.body2);
    }
    if (typeOf === type.renewal3) {
      const { toResponder, toInitiator } = forged!.finish(content);
      resealer.direction('alice').reading.chain = toResponder;
      toAlice(type.renewal4, '');
      setImmediate(() => (resealer.direction('bob').sending.chain = toInitiator));
    }
    return isRenewal(typeOf) && (from === 'bob' || typeOf === type.renewal3);
  };
}

test('A15: a thief who answers the renewal in the name of bob needs his identity key as well', async (t) => {
  const setting = await robbed(t);
  const { corrupt, clock, alice, bob, say, resealer, from } = setting;
  await answers(t, newPerson(), setting);
  await corrupt.pass(RENEW_MS - clock.now());
  await say(alice, bob, 'begins it');
  await alice.next('left');
  t.same(told(alice, from[0]).slice(-2), ['warning bob bad-signature', 'left bob tampered by me unconfirmed 3']);
  t.same(resealer.read.filter((record) => record.type === type.renewal3), [], 'she says nothing under keys of his');
});

test('A15: and with it all goes on: what keeps him out above is the signature', async (t) => {
  const setting = await robbed(t);
  const { corrupt, clock, alice, bob, resealer, say } = setting;
  await answers(t, await corrupt.scene.person('bob'), setting);
  await corrupt.pass(RENEW_MS - clock.now());
  await say(alice, bob, 'begins it');
  await alice.next('renewed');
  alice.do({ do: 'say', with: 'bob', text: 'under the new keys' });
  await bob.next('message');
  t.equal(resealer.texts('alice').at(-1), 'under the new keys');
});
