import { randomBytes } from 'node:crypto';
import { type Test, test } from 'tap';
import { type Introduction, pubk } from '../support/attacker/conversation.js';
import { newPerson } from '../support/attacker/primitives.js';
import { message } from '../support/attacker/session.js';
import { CorruptScene, heldClock, told } from '../support/corrupt-scene.js';
import { type Actor, connect } from '../support/scene.js';

const stranger = newPerson();

async function scene(t: Test) {
  const clock = heldClock();
  return { corrupt: await CorruptScene.open(t, { users: ['alice', 'bob', 'user3'], clock }), clock };
}

/** alice and bob talk; user3 is online. */
async function talking({ corrupt, clock }: Awaited<ReturnType<typeof scene>>) {
  const { board } = corrupt;
  board.onAccept = (caller, receiver) => board.connect(caller, receiver);
  const [alice, bob] = await corrupt.chat();
  const third = await corrupt.logIn('user3');
  await corrupt.settled();
  return { corrupt, alice, bob, third, clock, open: board.passed.at(-1)!.conversation };
}

type Setting = Awaited<ReturnType<typeof talking>>;
type Lie = Partial<Introduction>;

/** What alice is told after a `pubk` with these lies, and for which conversations she says `exch`. */
async function answer({ corrupt, alice }: Setting, lie: Lie): Promise<{ told: string[]; exch: string[]; id: string }> {
  const { relay, board } = corrupt;
  const from = alice.events.length;
  board.said.length = 0;
  const introduction: Introduction = {
    conversation: randomBytes(8), role: 'caller', peer: 'user3', certificates: [], spki: stranger.spki, ...lie,
  };
  relay.guest('alice')!.session.say(pubk(introduction));
  await corrupt.settled();
  if (board.heard('frwd', 'alice').length > 0) throw new Error('a body of an exchange was sent');
  const exch = board.heard('exch', 'alice').map(({ payload }) => payload.toString('hex'));
  return { told: told(alice, from), exch, id: introduction.conversation.toString('hex') };
}

async function stillTalk(t: Test, { alice, bob }: Setting): Promise<void> {
  const ids = [alice, bob].map((actor) => actor.count('message'));
  alice.do({ do: 'say', with: 'bob', text: 'still here' });
  t.match(await bob.next('message'), { text: 'still here' });
  bob.do({ do: 'say', with: 'alice', text: 'so am I' });
  t.match(await alice.next('message'), { text: 'so am I' });
  t.same([alice, bob].map((actor) => actor.count('message')), ids.map((count) => count + 1));
}

const requested = async (setting: Setting, name: string, accepts: boolean) => {
  setting.corrupt.board.onAccept = () => undefined;
  setting.corrupt.relay.guest('alice')!.session.say(message('reqt', name));
  await setting.alice.next('request', (event) => event.with === name);
  if (accepts) setting.alice.do({ do: 'accept', with: name });
  await setting.corrupt.settled();
};
const calls = async (setting: Setting, name: string) => {
  setting.alice.do({ do: 'chat', with: name });
  await setting.corrupt.settled();
};

const unasked = (name: string) => [`warning ${name} unasked`];
const left = (name: string) => `left ${name} tampered by me`;

type Before = (setting: Setting) => Promise<unknown>;
const nothing: Before = async () => undefined;
const requests = (name: string, accepts: boolean): Before => (setting) => requested(setting, name, accepts);
const calling = (name: string): Before => (setting) => calls(setting, name);
const of = (name: string) => ({ corrupt }: Setting): Lie => ({ peer: name, ...corrupt.board.people.get(name)! });

/** Lies that end nothing: what alice did before, what the relay says, and what she is told. */
const harmless: readonly (readonly [string, Before, (setting: Setting) => Lie, readonly string[]])[] = [
  ['nobody called', nothing, () => ({}), unasked('user3')],
  ['nobody was accepted', nothing, () => ({ role: 'receiver' }), unasked('user3')],
  ['a request that was not answered', requests('user3', false), () => ({ role: 'receiver' }), unasked('user3')],
  ['called, and introduced as the one called', calling('user3'), () => ({ role: 'receiver' }), unasked('user3')],
  ['accepted, and introduced as the caller', requests('user3', true), () => ({}), unasked('user3')],
  ['one\'s own name', nothing, () => ({ peer: 'alice' }), unasked('alice')],
  ['one\'s own name and key', nothing, of('alice'), unasked('alice')],
  ['one\'s own key for another', calling('user3'), (setting) => ({ ...of('alice')(setting), peer: 'user3' }),
    ['warning user3 own-key', left('user3')]],
  ['a second chat with the same peer', nothing, of('bob'), unasked('bob')],
  ['a second chat with the same peer, of whom a request was made up', requests('bob', true),
    (setting) => ({ ...of('bob')(setting), role: 'receiver' }), unasked('bob')],
];

test('A18: a key that nobody asked for is refused with exch and a word, and the open chat goes on', async (t) => {
  const own = await scene(t);
  for (const [name, before, lie, events] of harmless) {
    const setting = await talking(own);
    await before(setting);
    const { told: heard, exch, id } = await answer(setting, lie(setting));
    t.same(heard, events, name);
    t.same(exch, [id], `${name}: exch`);
    const { text } = setting.alice.events.findLast(({ event }) => event === 'warning') as { text: string };
    t.equal(/with your own name/.test(text), name.startsWith('one\'s own name'), text);
    t.equal(setting.alice.trust.find('127.0.0.1', 'user3'), undefined);
    await stillTalk(t, setting);
    await leave(setting);
  }
});

async function leave({ alice, bob, third, clock }: Setting): Promise<void> {
  for (const actor of [alice, bob, third]) actor.do({ do: 'exit' });
  clock.advance(2_000);
  await Promise.all([alice, bob, third].map((actor: Actor) => actor.next('closed')));
}

test('A18: a call that was introduced wrongly can still be answered rightly', async (t) => {
  const setting = await talking(await scene(t));
  const { corrupt, alice, third } = setting;
  await calls(setting, 'user3');
  await answer(setting, { role: 'receiver' });
  await third.next('request');
  third.do({ do: 'accept', with: 'alice' });
  await Promise.all([alice.next('chat'), third.next('chat')]);
  await stillTalk(t, setting);
  t.equal(corrupt.board.heard('exch', 'user3').length, 0);
});

/** Whoever is introduced: its bytes are those of alice's open chat with bob. */
const reused: readonly (readonly [string, Before, Lie, readonly string[]])[] = [
  ['for one who was called', calling('user3'), {}, [...unasked('user3'), left('user3')]],
  ['for one who was not', nothing, {}, unasked('user3')],
  ['for the same peer again', nothing, { peer: 'bob', role: 'receiver' }, unasked('bob')],
  ['for the same peer, of whom a request was made up', requests('bob', true), { peer: 'bob', role: 'receiver' },
    unasked('bob')],
  ['for oneself', nothing, { peer: 'alice' }, unasked('alice')],
];

test('A18: a conversation whose bytes are used again ends, for both', async (t) => {
  const own = await scene(t);
  for (const [name, before, lie, events] of reused) {
    const setting = await talking(own);
    const { alice, bob, open } = setting;
    const from = bob.events.length;
    await before(setting);
    const { told: heard, exch } = await answer(setting, { conversation: open, ...lie });
    t.same(heard, ['left bob tampered by relay', ...events], name);
    t.same(exch, [open.toString('hex')], `${name}: exch`);
    await bob.next('left');
    t.same(told(bob, from), ['left alice disconnected by relay'], name);
    alice.do({ do: 'say', with: 'bob', text: 'to nobody' });
    t.match(await alice.next('error'), { code: 'no-conversation' }, name);
    await leave(setting);
  }
});

test('A18: nor are the bytes of a chat that has ended taken for another', async (t) => {
  const setting = await talking(await scene(t));
  const { corrupt, alice, bob, third, open } = setting;
  alice.do({ do: 'leave', with: 'bob' });
  await bob.next('left');
  await calls(setting, 'user3');
  const { told: heard, exch } = await answer(setting, { conversation: open });
  t.same(heard, [...unasked('user3'), left('user3')]);
  t.same(exch, [open.toString('hex')]);
  third.do({ do: 'refuse', with: 'alice' });
  await corrupt.settled();
  await connect(alice, bob);
  t.equal(told(alice).at(-1), 'chat bob known', 'under other bytes they meet again');
});
