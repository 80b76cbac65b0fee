import { type Test, test } from 'tap';
import { dial } from '../../client/engine/dial.js';
import { EXCHANGE_MS, LATE_MS, RENEW_ANSWER_MS } from '../../common/wire/limits.js';
import { kind } from '../support/attacker/conversation.js';
import { Gate } from '../support/attacker/edits.js';
import { Proxy } from '../support/attacker/proxy.js';
import type { Body } from '../support/attacker/switchboard.js';
import { CorruptScene, heldClock, told } from '../support/corrupt-scene.js';
import { type Actor, Scene } from '../support/scene.js';
import { until } from '../support/until.js';

const HOUR = 3_600_000;
const recordsOf = (name: string) => (body: Body) => body.kind === kind.record && body.from === name;

/** alice calls bob, and the relay keeps those bodies that it is told to. */
async function calling(t: Test, keeps: (body: Body) => boolean) {
  const clock = heldClock();
  const corrupt = await CorruptScene.open(t, { clock });
  const { board } = corrupt;
  const held: Body[] = [];
  board.onBody = (body) => (keeps(body) ? (held.push(body), []) : [body]);
  const [alice, bob] = await corrupt.pair();
  alice.do({ do: 'chat', with: 'bob' });
  await bob.next('request');
  bob.do({ do: 'accept', with: 'alice' });
  await until('the first record', () => held.length > 0 || alice.count('chat') + bob.count('chat') === 2);
  await corrupt.settled();
  const keep = (those: typeof keeps) => void (keeps = those);
  const release = async () => {
    for (const body of held.splice(0)) board.deliver(body);
    await corrupt.settled();
  };
  return { corrupt, clock, alice, bob, held, release, keep, from: [alice.events.length, bob.events.length] as const };
}

const since = (actor: Actor, from: number): string[] => told(actor, from).filter((line) => !line.startsWith('renewed'));

test('B8: the first record held back for an hour: both exchanges have ended by their deadline', async (t) => {
  const { corrupt, clock, alice, bob, release, from } = await calling(t, (body) => body.kind === kind.record);
  clock.advance(EXCHANGE_MS - 1);
  await corrupt.settled();
  t.same([since(alice, from[0]), since(bob, from[1])], [[], []], 'not yet');
  clock.advance(1);
  const ended = (peer: string) => [`warning ${peer} timed-out`, `left ${peer} timed-out by me`];
  t.same([since(alice, from[0]), since(bob, from[1])], [ended('bob'), ended('alice')]);
  await corrupt.pass(HOUR - EXCHANGE_MS);
  await release();
  t.same([since(alice, from[0]), since(bob, from[1])], [ended('bob'), ended('alice')], 'what comes then opens nothing');
  t.equal(alice.trust.find('127.0.0.1', 'bob') ?? bob.trust.find('127.0.0.1', 'alice'), undefined, 'no pin');
});

test('B8: the answer to it held back: the caller is in the chat, the receiver is not', async (t) => {
  const { corrupt, alice, bob, release } = await calling(t, recordsOf('alice'));
  await corrupt.pass(HOUR);
  await release();
  t.same(told(alice), ['ready', 'chat bob first-use', 'left bob disconnected by relay']);
  t.same(told(bob), ['ready', 'request alice', 'warning alice timed-out', 'left alice timed-out by me']);
});

test('B8: held back by somebody on the way, who holds the whole line with it', async (t) => {
  const clock = heldClock();
  const scene = await Scene.open(t.testdir(), { server: { limits: { poolKeys: 0 } } });
  // To alice: M2, M4, call, pubk, P2, and then the first record.
  const gate = new Gate(5 * 4096);
  const proxy = await Proxy.open({ host: '127.0.0.1', port: scene.server.port }, ({ toClient }) => toClient.plan(gate));
  t.teardown(async () => {
    await scene.close();
    await proxy.close();
  });
  const alice = await scene.logIn('alice', { clock, dial: () => dial('127.0.0.1', proxy.port) });
  const bob = await scene.logIn('bob');
  alice.do({ do: 'chat', with: 'bob' });
  await bob.next('request');
  bob.do({ do: 'accept', with: 'alice' });
  await until('the first record', () => gate.reached && proxy.last.toClient.length > gate.at);
  clock.advance(EXCHANGE_MS);
  await bob.next('left');
  // 75 s of silence, and 30 s for the answer to the ping.
  clock.advance(105_000 - EXCHANGE_MS);
  await alice.next('lost');
  const lines = told(alice);
  gate.open();
  await until('nothing more to read', () => proxy.last.closed);
  t.same(lines, ['ready', 'warning bob timed-out', 'left bob timed-out by me', 'lost']);
  t.same(told(alice), lines);
  t.same(told(bob), ['ready', 'request alice', 'left alice disconnected by relay']);
});

test('B8: a first record that is held back as long as can be makes room for that long, and no longer', async (t) => {
  const held = EXCHANGE_MS - 1;
  const { corrupt, clock, alice, bob, release } = await calling(t, recordsOf('bob'));
  clock.advance(held);
  await release();
  await Promise.all([alice.next('chat'), bob.next('chat')]);
  for (const [text, delay] of [['within it', held + LATE_MS], ['beyond it', held + LATE_MS + 1]] as const) {
    bob.do({ do: 'say', with: 'alice', text, id: text });
    await corrupt.pass(delay);
    await release();
    await corrupt.pass(2_000);
    await release();
  }
  t.same(told(alice).slice(-2), ['message bob within it', 'discarded bob theirs']);
  t.same(told(bob).slice(-2), ['delivered alice within it', 'discarded alice beyond it']);
});

/** Three texts each way, which the relay delays, and all that follows, by so much. */
async function delayed(t: Test, delay: number, minutes: number) {
  const { corrupt, clock, alice, bob, release } = await calling(t, recordsOf('bob'));
  clock.advance(20_000);
  await release();
  await Promise.all([alice.next('chat'), bob.next('chat')]);
  await corrupt.settled();
  const from = [alice.events.length, bob.events.length] as const;
  const line: { readonly due: number; readonly body: Body }[] = [];
  corrupt.board.onBody = (body) => (line.push({ due: clock.now() + delay, body }), []);
  for (const id of ['1', '2', '3']) {
    alice.do({ do: 'say', with: 'bob', text: id, id });
    bob.do({ do: 'say', with: 'alice', text: id, id });
  }
  await until('six texts', () => line.length === 6);
  for (let minute = 0; minute < minutes; minute += 1) {
    await corrupt.pass(60_000);
    for (; line[0] && line[0].due <= clock.now(); line.shift()) corrupt.board.deliver(line[0].body);
    await corrupt.settled();
  }
  return { alice: since(alice, from[0]), bob: since(bob, from[1]), clock };
}

const theirs = (peer: string) => Array<string>(3).fill(`discarded ${peer} theirs`);
const own = (peer: string) => ['1', '2', '3'].map((id) => `discarded ${peer} ${id}`);

test('B8: then everything twenty minutes late: each text is reported as discarded on both sides', async (t) => {
  const { alice, bob } = await delayed(t, HOUR / 3, 40);
  t.same(alice, [...theirs('bob'), ...own('bob')]);
  t.same(bob, [...theirs('alice'), ...own('alice')]);
});

test('B8: then everything an hour late: reported where it comes; the chat ends for want of a renewal', async (t) => {
  const { alice, bob } = await delayed(t, HOUR, 60 + RENEW_ANSWER_MS / 60_000);
  t.same(alice, [...theirs('bob'), 'warning bob timed-out', 'left bob tampered by me unconfirmed 1,2,3']);
  t.same(bob, [...theirs('alice'), 'left alice disconnected by relay unconfirmed 1,2,3']);
});

test('B8: texts an hour late, and all else in time: reported on both sides, and the chat goes on', async (t) => {
  const { corrupt, alice, bob, held, release, keep } = await calling(t, () => false);
  const from = [alice.events.length, bob.events.length] as const;
  keep((body) => body.kind === kind.record);
  for (const id of ['1', '2', '3']) {
    alice.do({ do: 'say', with: 'bob', text: id, id });
    bob.do({ do: 'say', with: 'alice', text: id, id });
  }
  await until('six texts', () => held.length === 6);
  await corrupt.pass(HOUR);
  keep(() => false);
  await release();
  await Promise.all([alice, bob].map((actor) => until('six reports', () => actor.count('discarded') === 6)));
  t.same(since(alice, from[0]).sort(), [...own('bob'), ...theirs('bob')]);
  t.same(since(bob, from[1]).sort(), [...own('alice'), ...theirs('alice')]);
  alice.do({ do: 'say', with: 'bob', text: 'in time' });
  t.match(await bob.next('message'), { text: 'in time' });
});
