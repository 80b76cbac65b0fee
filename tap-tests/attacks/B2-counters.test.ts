import { type Test, test } from 'tap';
import { dial } from '../../client/engine/dial.js';
import { counterBytes } from '../support/attacker/bytes.js';
import { type Conversation, counterOf, type } from '../support/attacker/conversation.js';
import { pose } from '../support/attacker/middle.js';
import { newPerson } from '../support/attacker/primitives.js';
import { Proxy } from '../support/attacker/proxy.js';
import { message } from '../support/attacker/session.js';
import { CorruptScene, heldClock, told } from '../support/corrupt-scene.js';
import { chainsFrom, connectionsFrom } from '../support/far-counters.js';
import type { ManualClock } from '../support/manual-clock.js';
import { type Actor, connect } from '../support/scene.js';
import { until } from '../support/until.js';
import { recordsOf } from '../support/watched-session.js';

/** Where numbers of 32 and of 64 bits end, and those of JavaScript; all of them, and the first, change the key. */
const BOUNDARIES = [20n, 32n, 53n, 64n];
const BEFORE = 20n;
const counterIn = (record: Buffer): bigint => record.readBigUInt64LE(16) | (record.readBigUInt64LE(24) << 64n);

/** Two real clients talk, both ways at once; every record on the four ways is looked at. */
async function talkOver(t: Test, boundary: bigint, port: number, logIn: CorruptScene['logIn']): Promise<void> {
  const proxy = await Proxy.open({ host: '127.0.0.1', port });
  t.teardown(() => proxy.close());
  const own = { dial: () => dial('127.0.0.1', proxy.port) };
  const [alice, bob] = [await logIn('alice', own), await logIn('bob', own)];
  await connect(alice, bob);
  for (let n = 0; n < 40; n += 1) {
    alice.do({ do: 'say', with: 'bob', text: `${n}` });
    bob.do({ do: 'say', with: 'alice', text: `${n}` });
    await until('both texts', () => alice.count('message') === n + 1 && bob.count('message') === n + 1);
  }
  for (const { toServer, toClient } of proxy.passages) {
    for (const [{ came }, handshake] of [[toServer, 2], [toClient, 1]] as const) {
      const counters = recordsOf(came, handshake).map(counterIn);
      t.same(counters, counters.map((_, at) => boundary - BEFORE + BigInt(at)));
      t.ok(counters.at(-1)! > boundary + 10n, `up to ${counters.at(-1)}`);
    }
  }
  t.same([alice, bob].map((actor) => [actor.count('lost'), actor.count('left')]), [[0, 0], [0, 0]]);
}

for (const bits of BOUNDARIES) {
  test(`B2: over record 2^${bits} of their connections clients talk on, and take none that has wrapped`, async (t) => {
    const counter = 2n ** bits - BEFORE;
    const { CorruptScene: Far } = await connectionsFrom(t, counter);
    const corrupt = await Far.open(t, { relay: { counter } });
    const { scene, relay } = corrupt;
    await talkOver(t, 2n ** bits, relay.port, (name, options) => corrupt.logIn(name, options));
    await talkOver(t, 2n ** bits, scene.server.port, (name, options) => scene.logIn(name, options));

    const alice = await corrupt.logIn('alice');
    const { session } = relay.guest('alice')!;
    for (let n = 0n; n < BEFORE; n += 1n) session.say(message('reqt', 'bob'));
    session.sayWrongly({ counter: session.counter - 2n ** bits }, message('reqt', 'user3'));
    t.match(await alice.next('lost'), { text: /another name or counter/ });
    t.same(told(alice), ['ready', 'request bob', 'lost']);
  });
}

/** A chat of alice with the attacker as bob, of which record 1 of each direction has this counter. */
async function far(t: Test, counter: bigint): Promise<{ alice: Actor; bob: Conversation; clock: ManualClock }> {
  chainsFrom(t, counter);
  const clock = heldClock();
  const corrupt = await CorruptScene.open(t, { users: ['alice'], clock });
  const { relay, board } = corrupt;
  const alice = await corrupt.logIn('alice');
  board.onAccept = () => undefined;
  relay.guest('alice')!.session.say(message('reqt', 'bob'));
  await alice.next('request');
  alice.do({ do: 'accept', with: 'bob' });
  await corrupt.settled();
  const bob = await pose(relay, board, { as: 'bob', to: 'alice', role: 'caller', own: newPerson() });
  await alice.next('chat');
  bob.send.counter = counter;
  bob.receive.counter = counter;
  return { alice, bob, clock };
}

for (const bits of BOUNDARIES) {
  test(`B2: texts, receipts and reports between peers over record 2^${bits}`, async (t) => {
    const boundary = 2n ** bits;
    const { alice, bob, clock } = await far(t, boundary - 10n);
    for (let n = 0; n < 20; n += 1) {
      alice.do({ do: 'say', with: 'bob', text: `a${n}`, id: `a${n}` });
      const { counter, content } = await bob.expect(type.text);
      t.equal(content.toString(), `a${n}`);
      t.match(await alice.next('delivered'), { id: `a${n}` }, `the receipt of ${counter}`);
      const named = counterBytes(bob.send.counter);
      bob.text(`b${n}`);
      await alice.next('message', ({ text }) => text === `b${n}`);
      clock.advance(1_000);
      t.same((await bob.expect(type.receipt)).content, named);
    }
    t.ok(bob.send.counter > boundary + 5n && bob.receive.counter > boundary + 5n);
    bob.receipts = false;
    alice.do({ do: 'say', with: 'bob', text: 'late', id: 'late' });
    bob.say(type.discarded, counterOf(await bob.expect(type.text)));
    t.match(await alice.next('discarded'), { id: 'late' });
    t.equal(alice.count('left'), 0);
  });
}

/** What fits only where counters are cut to so many bits. */
const wrapped: Record<string, (bob: Conversation, boundary: bigint) => void> = {
  'a record': (bob, boundary) => bob.text('wrapped', { counter: bob.send.counter - boundary }),
  'a receipt': (bob, boundary) => bob.say(type.receipt, counterBytes(bob.receive.counter - 1n - boundary)),
  'a report': (bob, boundary) => bob.say(type.discarded, counterBytes(bob.receive.counter - 1n - boundary)),
};
for (const [name, say] of Object.entries(wrapped)) {
  for (const bits of [32n, 53n, 64n]) {
    test(`B2: ${name} with a counter that has wrapped at 2^${bits} ends the chat`, async (t) => {
      const { alice, bob } = await far(t, 2n ** bits + 5n);
      for (const id of ['x', 'y']) {
        alice.do({ do: 'say', with: 'bob', text: id, id });
        await bob.expect(type.text);
        if (id === 'x') await alice.next('delivered');
        bob.receipts = false;
      }
      say(bob, 2n ** bits);
      await alice.next('left');
      const code = name === 'a record' ? 'tampered' : 'malformed';
      t.same(told(alice).slice(-2), [`warning bob ${code}`, 'left bob tampered by me unconfirmed y']);
    });
  }
}
