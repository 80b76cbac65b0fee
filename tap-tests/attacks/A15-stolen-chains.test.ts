import { type Test, test } from 'tap';
import { type Suite, suites, x25519Suite } from '../../common/crypto/suite.js';
import { RENEW_ANSWER_MS, RENEW_MS, RENEW_MS_MAX, RENEW_RECORDS_MAX } from '../../common/wire/limits.js';
import { renewalT0, type } from '../support/attacker/conversation.js';
import { readM2, Responder, statement } from '../support/attacker/exchange.js';
import { newPerson, type Person, publicKeyOf, sha256, verifies } from '../support/attacker/primitives.js';
import { Resealer } from '../support/attacker/resealer.js';
import { ChainThief } from '../support/chain-thief.js';
import { CorruptScene, heldClock, told } from '../support/corrupt-scene.js';
import type { Actor } from '../support/scene.js';

const isRenewal = (typeOf: number): boolean => typeOf >= type.renewal1 && typeOf <= type.renewal4;

/** A chat of which the relay has both chains of a moment, and what it does with them. */
async function robbed(t: Test, suite: Suite = x25519Suite) {
  const thief = new ChainThief(t);
  const clock = heldClock();
  const corrupt = await CorruptScene.open(t, { clock });
  const [alice, bob] = await corrupt.chat({ suites: [suite] });
  const say = async (from: Actor, to: Actor, text: string) => {
    from.do({ do: 'say', with: to.name, text });
    await to.next('message', (event) => event.text === text);
  };
  await say(alice, bob, 'before');
  await say(bob, alice, 'before');
  await corrupt.pass(1_000);
  thief.steal();
  const resealer = new Resealer((body) => thief.chainFor(body));
  corrupt.board.onBody = resealer.onBody;
  await say(alice, bob, 'after');
  await say(bob, alice, 'after');
  t.same([resealer.texts('alice'), resealer.texts('bob')], [['after'], ['after']], 'the thief reads');
  const { conversation } = corrupt.board.passed[0]!;
  const inject = (text: string) => corrupt.board.deliver(
    resealer.seal({ conversation, from: 'alice', to: 'bob' }, type.text, text, clock.wall()));
  return { thief, conversation, corrupt, clock, alice, bob, say, resealer, inject, from: [alice.events.length, bob.events.length] as const };
}

for (const suite of suites) {
  test(`A15: without the renewal the caller ends after a minute, the receiver after an hour and a minute (${suite.name})`, async (t) => {
    const { corrupt, clock, alice, bob, say, resealer, inject, from } = await robbed(t, suite);
    resealer.strips = (record) => isRenewal(record.type);
    corrupt.board.onLeave = () => false;
    await corrupt.pass(RENEW_MS - clock.now());
    await say(alice, bob, 'at half an hour');
    t.equal(resealer.read.filter((record) => isRenewal(record.type)).length, 1, 'type 16 was stripped, and the text went on');
    await say(bob, alice, 'in the meantime');
    await corrupt.pass(RENEW_ANSWER_MS - 1);
    t.notOk(told(alice, from[0]).some((line) => line.startsWith('left')), 'not yet');
    clock.advance(1);
    await alice.next('left');
    t.same(told(alice, from[0]), [
      'delivered bob 2', 'message bob in the meantime', 'delivered bob 3', 'warning bob timed-out', 'left bob tampered by me',
    ]);

    t.same(told(bob, from[1]).at(-1), 'delivered alice 3', 'nobody tells bob');
    await corrupt.pass(RENEW_MS_MAX - clock.now() - 1);
    for (const [text, after] of [['a ms before the hour', 1], ['at the hour', RENEW_ANSWER_MS], ['a minute later', 1]] as const) {
      inject(text);
      t.match(await bob.next('message'), { text }, 'the attack is a real one: it speaks in the name of alice');
      await corrupt.pass(after);
    }
    inject('too late');
    await bob.next('left');
    t.same(told(bob, from[1]).slice(-3), ['message alice a minute later', 'warning alice timed-out', 'left alice tampered by me']);
  });
}

test('A15: nor do more than 2,000 records pass without a renewal', async (t) => {
  const { corrupt, bob, inject, resealer, from } = await robbed(t);
  resealer.strips = (record) => isRenewal(record.type);
  const already = corrupt.board.passed.length - 3;
  for (let n = already; n < RENEW_RECORDS_MAX - 1; n += 1) inject(`${n}`);
  await corrupt.settled();
  t.equal(told(bob, from[1]).at(-1), `message alice ${RENEW_RECORDS_MAX - 2}`);
  inject('the 2,000th');
  await bob.next('left');
  t.same(told(bob, from[1]).slice(-2), ['warning alice timed-out', 'left alice tampered by me unconfirmed 2']);
});

test('A15: a receiver to whom nothing comes does not speak for ever under the old keys', async (t) => {
  const { corrupt, alice, bob, resealer } = await robbed(t);
  corrupt.board.onBody = (body) => (body.from === 'bob' ? resealer.onBody(body) && [] : []);
  await corrupt.pass(3 * RENEW_MS_MAX);
  bob.do({ do: 'say', with: 'alice', text: 'still there?' });
  await corrupt.pass(RENEW_ANSWER_MS);
  bob.do({ do: 'say', with: 'alice', text: 'within the minute' });
  await corrupt.pass(1);
  bob.do({ do: 'say', with: 'alice', text: 'not under these keys' });
  await corrupt.settled();
  t.same(resealer.texts('bob'), ['after', 'still there?', 'within the minute']);
  t.equal(bob.count('sent'), 4);
  t.same([alice.count('left'), bob.count('left')], [0, 0], 'it waits for the renewal, which this relay keeps from him');
});

/** The relay answers alice's renewal itself, in the name of bob, whose signature tells it which secret is bound into it. */
async function answers(t: Test, own: Person, setting: Awaited<ReturnType<typeof robbed>>): Promise<void> {
  const { thief, conversation, corrupt: { board }, resealer, clock } = setting;
  const bob = publicKeyOf(board.people.get('bob')!.spki);
  let [body1, forged]: [Buffer?, Responder?] = [];
  const toAlice = (typeOf: number, content: Uint8Array | string) =>
    setImmediate(() => board.deliver(resealer.seal({ conversation, from: 'bob', to: 'alice' }, typeOf, content, clock.wall())));
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

test('A15: a renewal that is let through locks out a thief who only listens', async (t) => {
  for (const suite of suites) {
    const { corrupt, clock, alice, bob, say, resealer, from } = await robbed(t, suite);
    const unread: string[] = [];
    corrupt.board.onBody = (body) => {
      try {
        resealer.open(body);
      } catch {
        unread.push(body.from);
      }
      return [body];
    };
    await corrupt.pass(RENEW_MS - clock.now());
    await say(alice, bob, 'the last');
    await Promise.all([alice.next('renewed'), bob.next('renewed')]);
    t.same(unread, [], 'all of the renewal was read');
    await say(alice, bob, 'hidden');
    await say(bob, alice, 'hidden as well');
    t.same([resealer.texts('alice'), resealer.texts('bob')], [['after', 'the last'], ['after']], suite.name);
    t.ok(unread.includes('alice') && unread.includes('bob'));
    t.notOk([...told(alice, from[0]), ...told(bob, from[1])].some((line) => /^(left|warning)/.test(line)));
  }
});
