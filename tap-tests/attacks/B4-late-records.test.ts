import { type Test, test } from 'tap';
import type { Event } from '../../client/engine/protocol.js';
import { LATE_MS } from '../../common/wire/limits.js';
import type { Body } from '../support/attacker/switchboard.js';
import { CorruptScene, heldClock, told } from '../support/corrupt-scene.js';
import { ManualClock } from '../support/manual-clock.js';
import { type Actor, connect } from '../support/scene.js';
import { until } from '../support/until.js';

const HOUR = 3_600_000;

/** Two who talk, the clock of alice ahead of bob's by `skew` ms, and time for both that goes on only in `pass`. */
async function apart(t: Test, skew: number) {
  const started = Date.now() + 2 * HOUR;
  const clocks = [new ManualClock(started + skew), new ManualClock(started)] as const;
  const corrupt = await CorruptScene.open(t);
  const alice = await corrupt.logIn('alice', { clock: clocks[0] });
  const bob = await corrupt.logIn('bob', { clock: clocks[1] });
  await connect(alice, bob);
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 60_000) {
      for (const clock of clocks) clock.advance(Math.min(left, 60_000));
      await corrupt.settled();
    }
  };
  return { corrupt, alice, bob, pass, clocks };
}

const counted = (actor: Actor, ...kinds: Event['event'][]): number =>
  kinds.reduce((sum, kind) => sum + actor.count(kind), 0);

const delays: readonly (readonly [string, number])[] = [
  ['at once', 0], ['60 s late', LATE_MS], ['too late', LATE_MS + 1], ['nearly an hour late', HOUR - LATE_MS],
  ['at once again', 0],
];

test('B4: a text that is 60 s late is shown, one that is a ms later is discarded on both sides', async (t) => {
  for (const [sender, skew] of [['alice', 0], ['bob', HOUR], ['bob', -HOUR]] as const) {
    const { corrupt, alice, bob, pass } = await apart(t, skew);
    const [from, to] = sender === 'alice' ? [alice, bob] : [bob, alice];
    const starts = [from.events.length, to.events.length];
    for (const [n, [text, delay]] of delays.entries()) {
      const held: Body[] = [];
      corrupt.board.onBody = (body) => (body.from === from.name ? (held.push(body), []) : [body]);
      from.do({ do: 'say', with: to.name, text, id: text });
      await until('the text', () => held.length === 1);
      await pass(delay);
      corrupt.board.onBody = (body) => [body];
      for (const body of held) corrupt.board.deliver(body);
      await until('what came of it', () => counted(to, 'message', 'discarded') === n + 1);
      await pass(1_000);
      await until('what is told of it', () => counted(from, 'delivered', 'discarded') === n + 1);
      if (delay > HOUR / 2) await Promise.all([from.next('renewed'), to.next('renewed')]);
    }
    const texts = (lines: string[]) => lines.filter((line) => !line.startsWith('renewed'));
    t.same(texts(told(to, starts[1])), [
      `message ${from.name} at once`, `message ${from.name} 60 s late`, `discarded ${from.name} theirs`,
      `discarded ${from.name} theirs`, `message ${from.name} at once again`,
    ], `to ${to.name}, with clocks ${skew / HOUR} h apart`);
    t.same(texts(told(from, starts[0])), [
      `delivered ${to.name} at once`, `delivered ${to.name} 60 s late`, `discarded ${to.name} too late`,
      `discarded ${to.name} nearly an hour late`, `delivered ${to.name} at once again`,
    ], `from ${from.name}`);
  }
});

test('B4: receipts may be late by any time: what they confirm is confirmed', async (t) => {
  const corrupt = await CorruptScene.open(t, { clock: heldClock() });
  const [alice, bob] = await corrupt.chat();
  const held: Body[] = [];
  alice.do({ do: 'say', with: 'bob', text: 'hello', id: 'a' });
  await bob.next('message');
  corrupt.board.onBody = (body) => (body.from === 'bob' ? (held.push(body), []) : [body]);
  await corrupt.pass(25 * 60_000);
  t.equal(alice.count('delivered'), 0);
  for (const body of held) corrupt.board.deliver(body);
  t.match(await alice.next('delivered'), { id: 'a' });
  t.equal(alice.count('left') + bob.count('left'), 0);
});

test('B4: clocks an hour apart lose nothing in a long talk', async (t) => {
  for (const skew of [HOUR, -HOUR]) {
    const { alice, bob, pass, clocks } = await apart(t, skew);
    for (let n = 0; n < 40; n += 1) {
      for (const [from, to] of [[alice, bob], [bob, alice]] as const) {
        from.do({ do: 'say', with: to.name, text: `${n}`, id: `${n}` });
        const { sent } = await to.next('message', ({ text }) => text === `${n}`);
        t.equal(sent - clocks[1].wall(), from === alice ? skew : 0, 'the time shown is that of the sender');
      }
      await pass(30_000);
    }
    await pass(1_000);
    await until('all confirmed', () => alice.count('delivered') === 40 && bob.count('delivered') === 40);
    t.same([alice, bob].map((actor) => counted(actor, 'discarded', 'left', 'warning')), [0, 0]);
  }
});
