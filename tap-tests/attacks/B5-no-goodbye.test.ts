import { test } from 'tap';
import { Conversation, kind, readPubk, type } from '../support/attacker/conversation.js';
import { login } from '../support/attacker/login.js';
import { erro, exchReason, message } from '../support/attacker/session.js';
import { type Body, isRecord } from '../support/attacker/switchboard.js';
import { CorruptScene, heldClock, told } from '../support/corrupt-scene.js';
import { connect, Scene } from '../support/scene.js';
import { until } from '../support/until.js';

const REASONS = { 0: 'disconnected', 1: 'disconnected', 2: 'too-slow', 3: 'timed-out' } as const;

test('B5: exch with any reason, and erro, is never "has left": in the exchange and in the chat, to both', async (t) => {
  const corrupt = await CorruptScene.open(t, { clock: heldClock() });
  const { board } = corrupt;
  const [alice, bob] = await corrupt.pair();
  const endings = [
    ...Object.entries(REASONS).map(([reason, told]) => [(id: Buffer) => exchReason(id, Number(reason)), told] as const),
    [(id: Buffer) => erro(6, Buffer.concat([Buffer.from('frwd'), id])), 'disconnected'] as const,
  ];
  for (const [ending, reason] of endings) {
    for (const stop of [kind.P1, kind.P2, kind.P3, kind.record, undefined]) {
      let [conversation, stopped]: [Buffer?, boolean?] = [];
      board.onBody = (body: Body) => {
        conversation = body.conversation;
        stopped = body.kind === stop;
        return stopped ? [] : [body];
      };
      const starts = [alice.events.length, bob.events.length];
      alice.do({ do: 'chat', with: 'bob' });
      await bob.next('request');
      bob.do({ do: 'accept', with: 'alice' });
      if (stop === undefined) await Promise.all([alice.next('chat'), bob.next('chat')]);
      else await until(`kind ${stop}`, () => stopped === true);
      await corrupt.settled();
      board.tell('alice', ending(conversation!));
      board.tell('bob', ending(conversation!));
      await Promise.all([alice.next('left'), bob.next('left')]);
      await corrupt.settled();
      for (const [actor, peer, start] of [[alice, 'bob', starts[0]], [bob, 'alice', starts[1]]] as const) {
        const lines = told(actor, start).filter((line) => !/^(request|chat)/.test(line));
        const when = stop === undefined ? 'in the chat' : `after kind ${stop} was kept`;
        t.same(lines, [`left ${peer} ${reason} by relay`], `${actor.name}, ${when}`);
      }
    }
  }
});

test('B5: a goodbye that the relay keeps back: what is left is the word of the relay', async (t) => {
  const corrupt = await CorruptScene.open(t, { clock: heldClock() });
  const [alice, bob] = await corrupt.chat();
  await corrupt.settled();
  corrupt.board.onBody = () => [];
  alice.do({ do: 'leave', with: 'bob' });
  await bob.next('left');
  t.same([told(alice).at(-1), told(bob).at(-1)], ['left bob left by me', 'left alice disconnected by relay']);
});

test('B5: nor does the goodbye of an earlier chat make one of the next', async (t) => {
  const corrupt = await CorruptScene.open(t, { clock: heldClock() });
  const { board } = corrupt;
  const [alice, bob] = await corrupt.chat();
  await corrupt.settled();
  const kept: Body[] = [];
  board.onBody = (body) => (isRecord(body) && kept.push(body), [body]);
  alice.do({ do: 'leave', with: 'bob' });
  await bob.next('left');
  t.equal(told(bob).at(-1), 'left alice left by peer', 'the record is a goodbye');
  board.onBody = (body) => [body];
  await connect(alice, bob);
  const { conversation } = board.passed.at(-1)!;
  board.deliver({ ...kept[0]!, conversation });
  await bob.next('left');
  t.same(told(bob).slice(-2), ['warning alice tampered', 'left alice tampered by me']);
});

/** bob is the attacker, a user like others, at a relay that is honest. */
const LOST = 'disconnected by relay';
const partings: Record<string, readonly [(conversation: Conversation) => void, string]> = {
  'exch alone': [({ session, introduction }) => session.say(message('exch', introduction.conversation)), LOST],
  'exit alone': [({ session }) => session.say(message('exit')), LOST],
  'a connection that is cut': [({ session }) => session.line.cut(), LOST],
  'a record that the relay does not understand': [({ session }) => session.say(message('nope')), LOST],
  'a text that says so': [(own) => {
    own.text('bob has left.');
    own.session.say(message('exch', own.introduction.conversation));
  }, LOST],
  'a goodbye with something in it': [(own) => own.say(type.goodbye, 'x'), 'tampered by me'],
  'a goodbye': [(own) => own.say(type.goodbye, ''), 'left by peer'],
};

test('B5: only a goodbye is one, however a peer goes', async (t) => {
  const scene = await Scene.open(t.testdir(), { server: { limits: { poolKeys: 0 } } });
  t.teardown(() => scene.close());
  const person = await scene.person('bob');
  const alice = await scene.logIn('alice');
  for (const [name, [part, ends]] of Object.entries(partings)) {
    const session = await login({ host: '127.0.0.1', port: scene.server.port }, 'bob', { person });
    alice.do({ do: 'chat', with: 'bob' });
    await session.expect('reqt');
    session.say(message('acpt', 'alice'));
    const own = await Conversation.begin(session, readPubk(await session.expect('pubk')), person);
    await alice.next('chat');
    part(own);
    await alice.next('left');
    t.equal(told(alice).at(-1), `left bob ${ends}`, name);
    if (!session.line.closed) session.say(message('exit'));
    await session.gone();
    session.line.socket.destroy();
  }
});
