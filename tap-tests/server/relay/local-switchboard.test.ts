import { test } from 'tap';
import { relayLimits, type RelayLimits } from '../../../common/wire/limits.js';
import { Conversations } from '../../../server/relay/conversations.js';
import { LocalSwitchboard } from '../../../server/relay/local-switchboard.js';
import { FakeEndpoint } from '../../support/fake-endpoint.js';
import { ManualClock } from '../../support/manual-clock.js';

const ID = '0000000000000001';
const frwd = (id: string, body: string) => Buffer.concat([Buffer.from(id, 'hex'), Buffer.from(body)]);

/** alice and bob (and whoever else) are there; conversations are numbered 1, 2, … */
function board(limits: Partial<RelayLimits> = {}, others: string[] = []) {
  const clock = new ManualClock();
  const log: string[] = [];
  let made = 0;
  const random = (length: number) => Buffer.from((++made).toString(16).padStart(2 * length, '0'), 'hex');
  const switchboard = new LocalSwitchboard({
    limits: { ...relayLimits, ...limits }, clock, random, log: (event, fields) => log.push(`${event} ${Object.values(fields ?? {}).join(' ')}`),
  });
  const users = ['alice', 'bob', ...others].map((name) => new FakeEndpoint(name));
  for (const user of users) switchboard.come(user);
  const [alice, bob, ...rest] = users as [FakeEndpoint, FakeEndpoint, ...FakeEndpoint[]];
  const connect = () => {
    switchboard.call(alice, 'bob');
    switchboard.accept(bob, 'alice');
    for (const user of users) user.take();
  };
  return { clock, log, switchboard, alice, bob, rest, connect };
}

test('a call that is accepted', async (t) => {
  const { clock, switchboard, alice, bob, log } = board();
  switchboard.call(alice, 'bob');
  t.same(bob.take(), ['reqt alice']);
  t.same(alice.take(), ['call bob']);
  switchboard.accept(bob, 'alice');
  t.same(alice.take(), [`pubk ${ID} 0 bob key of bob`], 'the caller has role 0');
  t.same(bob.take(), [`pubk ${ID} 1 alice key of alice`]);
  t.equal(clock.pending, 0, 'it rings no more');
  switchboard.forward(alice, ID, frwd(ID, 'P1'));
  t.same(bob.take(), [`frwd ${ID} P1`]);
  t.same(alice.take(), []);
  t.same(log, ['call alice bob', 'accepted alice bob', `conversation ${ID} alice bob`], 'a message is not logged');
});

test('the table of events in a call', async (t) => {
  const calling = () => {
    const all = board();
    all.switchboard.call(all.alice, 'bob');
    all.alice.take();
    all.bob.take();
    return all;
  };
  const rows: [string, (all: ReturnType<typeof calling>) => void, string[], string[]][] = [
    ['caller withdraws', ({ switchboard, alice }) => switchboard.cancel(alice, 'bob'), [], ['cach alice']],
    ['caller is gone', ({ switchboard, alice }) => switchboard.go(alice, 'broken'), [], ['cach alice']],
    ['refused', ({ switchboard, bob }) => switchboard.refuse(bob, 'alice'), ['refu bob'], []],
    ['60 s', ({ clock }) => clock.advance(60_000), ['erro noAnswer chat bob'], ['cach alice']],
    ['59 s', ({ clock }) => clock.advance(59_999), [], []],
    ['receiver gone', ({ switchboard, bob }) => switchboard.go(bob, 'left'), ['erro notOnline chat bob'], []],
    ['both call at once', ({ switchboard, bob }) => switchboard.call(bob, 'alice'), [], ['erro callingYou chat alice']],
  ];
  for (const [name, happen, caller, receiver] of rows) {
    const all = calling();
    happen(all);
    t.same(all.alice.take(), caller, `${name}: caller`);
    t.same(all.bob.take(), receiver, `${name}: receiver`);
    const over = caller.length + receiver.length > 0 && name !== 'both call at once';
    t.equal(all.clock.pending, over ? 0 : 1, `${name}: ring`);
    if (!over || all.switchboard.presence.size < 2) continue;
    all.switchboard.accept(all.bob, 'alice');
    t.same(all.bob.take(), ['erro noRequest acpt alice'], `${name}: acpt after the request ended`);
    t.same(all.alice.take(), []);
  }
});

test('a crossing call may be accepted', async (t) => {
  const { switchboard, alice, bob } = board();
  switchboard.call(alice, 'bob');
  switchboard.call(bob, 'alice');
  switchboard.accept(bob, 'alice');
  t.same(alice.take(), ['call bob', `pubk ${ID} 0 bob key of bob`]);
  t.same(bob.take(), ['reqt alice', 'erro callingYou chat alice', `pubk ${ID} 1 alice key of alice`]);
});

test('cach after acpt', async (t) => {
  const { switchboard, alice, bob, connect } = board();
  connect();
  switchboard.cancel(alice, 'bob');
  t.same(alice.take(), ['erro noRequest cach bob']);
  switchboard.leave(alice, ID);
  t.same(bob.take(), [`exch ${ID} left`]);
  t.same(alice.take(), [], 'whoever leaves is not told');
});

test('commands that the state does not allow change nothing', async (t) => {
  const { switchboard, alice, bob, rest: [user1], connect } = board({}, ['user1']);
  const refused = (run: () => void, ...lines: string[]) => {
    run();
    t.same(alice.take(), lines);
    t.same(bob.take(), []);
  };
  refused(() => switchboard.call(alice, 'alice'), 'erro oneself chat alice');
  refused(() => switchboard.call(alice, 'nobody'), 'erro notOnline chat nobody');
  refused(() => switchboard.call(alice, 'constructor'), 'erro notOnline chat constructor');
  refused(() => switchboard.cancel(alice, 'bob'), 'erro noRequest cach bob');
  refused(() => switchboard.accept(alice, 'bob'), 'erro noRequest acpt bob');
  refused(() => switchboard.refuse(alice, 'bob'), 'erro noRequest refu bob');
  refused(() => switchboard.leave(alice, ID), `erro noConversation exch ${ID}`);
  refused(() => switchboard.forward(alice, ID, frwd(ID, 'x')), `erro noConversation frwd ${ID}`);
  switchboard.call(alice, 'bob');
  t.same([...alice.take(), ...bob.take()], ['call bob', 'reqt alice']);
  refused(() => switchboard.call(alice, 'bob'), 'erro exists chat bob');
  refused(() => switchboard.accept(alice, 'bob'), 'erro noRequest acpt bob');
  switchboard.cancel(alice, 'bob');
  connect();
  refused(() => switchboard.call(alice, 'bob'), 'erro exists chat bob');
  switchboard.call(bob, 'alice');
  t.same(bob.take(), ['erro exists chat alice']);
  switchboard.forward(user1!, ID, frwd(ID, 'from outside'));
  switchboard.leave(user1!, ID);
  t.same(user1!.take(), [`erro noConversation frwd ${ID}`, `erro noConversation exch ${ID}`]);
  t.same([...alice.take(), ...bob.take()], []);
});

test('frwd after exch is ignored, and an error once somebody else ended it', async (t) => {
  const { switchboard, alice, bob, connect } = board();
  connect();
  switchboard.leave(alice, ID);
  switchboard.forward(alice, ID, frwd(ID, 'on its way'));
  t.same(alice.take(), []);
  switchboard.forward(bob, ID, frwd(ID, 'on its way'));
  t.same(bob.take(), [`exch ${ID} left`, `erro noConversation frwd ${ID}`]);
});

test('after a refusal the caller waits 30 s, also with a new connection; the other may call', async (t) => {
  const { clock, switchboard, alice, bob } = board();
  switchboard.call(alice, 'bob');
  switchboard.refuse(bob, 'alice');
  switchboard.go(alice, 'left');
  const again = new FakeEndpoint('alice');
  switchboard.come(again);
  clock.advance(29_999);
  switchboard.call(again, 'bob');
  t.same(again.take(), ['erro limit chat bob']);
  bob.take();
  switchboard.call(bob, 'alice');
  t.same(bob.take(), ['call alice']);
  switchboard.cancel(bob, 'alice');
  clock.advance(1);
  again.take();
  switchboard.call(again, 'bob');
  t.same(again.take(), ['call bob']);
});

test('why a conversation ended', async (t) => {
  for (const reason of ['left', 'broken', 'didNotRead', 'idle'] as const) {
    const { switchboard, alice, bob, connect } = board();
    connect();
    switchboard.go(bob, reason);
    t.same(alice.take(), [`exch ${ID} ${reason}`]);
    t.equal(switchboard.conversations.size, 0, 'with one member left it is gone');
    switchboard.go(bob, reason);
    t.same(alice.take(), [], 'only once');
  }
});

test('a conversation beyond its share of a queue ends for both', async (t) => {
  const { switchboard, alice, bob, connect } = board();
  connect();
  bob.hasRoom = false;
  switchboard.forward(alice, ID, frwd(ID, 'too much'));
  t.same(bob.forgotten, [ID]);
  t.same(alice.take(), [`exch ${ID} didNotRead`]);
  t.equal(bob.take().at(-1), `exch ${ID} didNotRead`);
});

test('limits of one user', async (t) => {
  const names = ['user1', 'user2', 'user3'];
  const outgoing = board({ outgoingCalls: 2 }, names);
  for (const name of ['bob', 'user1', 'user2']) outgoing.switchboard.call(outgoing.alice, name);
  t.same(outgoing.alice.take(), ['call bob', 'call user1', 'erro limit chat user2']);

  const incoming = board({ incomingCalls: 2 }, names);
  for (const user of incoming.rest) incoming.switchboard.call(user, 'bob');
  t.same(incoming.rest.map((user) => user.take()), [['call bob'], ['call bob'], ['erro limit chat bob']]);
  t.same(incoming.bob.take(), ['reqt user1', 'reqt user2']);

  const { switchboard, alice, bob, rest: [user1] } = board({ conversationsPerUser: 1 }, names);
  switchboard.call(alice, 'bob');
  switchboard.call(alice, 'user1');
  switchboard.accept(bob, 'alice');
  switchboard.accept(user1!, 'alice');
  t.equal(user1!.take().at(-1), 'erro limit acpt alice');
  switchboard.call(bob, 'user1');
  t.equal(bob.take().at(-1), 'erro limit chat user1');
  alice.take();
  switchboard.leave(alice, ID);
  switchboard.accept(user1!, 'alice');
  t.match(user1!.take().at(-1), /^pubk/, 'the request was kept');
});

test('one name, one endpoint', async (t) => {
  const { switchboard, alice, bob } = board();
  const second = new FakeEndpoint('alice');
  t.notOk(switchboard.come(second));
  t.equal(alice.probes, 1);
  switchboard.go(second, 'broken');
  switchboard.call(bob, 'alice');
  t.same(alice.take(), ['reqt bob'], 'one that never came in cannot leave for the other');
  switchboard.go(alice, 'broken');
  t.ok(switchboard.come(second));
});

test('list', async (t) => {
  const { switchboard, alice, connect } = board({}, ['Bob2', 'b', 'bob-1', 'user3']);
  connect();
  const list = (prefix: string, after: string) => {
    switchboard.list(alice, prefix, after);
    return alice.take()[0];
  };
  t.equal(list('', ''), 'list 0 Bob2,b,bob*,bob-1,user3', 'byte order, without oneself');
  t.equal(list('bo', ''), 'list 0 bob*,bob-1');
  t.equal(list('bo', 'bob'), 'list 0 bob-1');
  t.equal(list('bo', 'b'), 'list 0 bob*,bob-1', 'after may come before the prefix');
  t.equal(list('bo', 'c'), 'list 0 ');
  t.equal(list('alice', ''), 'list 0 ');
});

test('pages of list', async (t) => {
  const names = Array.from({ length: 300 }, (_, index) => `user${String(index).padStart(3, '0')}`);
  const { switchboard, alice } = board({}, names);
  switchboard.list(alice, 'user', '');
  t.equal(alice.take()[0], `list 1 ${names.slice(0, 256).join(',')}`);
  switchboard.list(alice, 'user', names[255]!);
  t.equal(alice.take()[0], `list 0 ${names.slice(256).join(',')}`);
  switchboard.list(alice, 'user', names[43]!);
  t.equal(alice.take()[0], `list 0 ${names.slice(44).join(',')}`, 'exactly 256');
});

test('whatever is said in whatever order, both sides agree, and nothing is left in the end (E9, E10)', async (t) => {
  const names = ['alice', 'bob', 'user1', 'user2'];
  const clock = new ManualClock();
  const switchboard = new LocalSwitchboard({
    limits: { ...relayLimits, conversationsPerUser: 2, outgoingCalls: 2, incomingCalls: 2 }, clock, log: () => undefined,
  });
  const users = names.map((name) => new FakeEndpoint(name));
  const open = new Map(names.map((name) => [name, new Set<string>()]));
  let seed = 1;
  const random = (below: number) => (seed = (seed * 48_271) % 0x7fff_ffff) % below;
  let conversations = 0;
  for (let step = 0; step < 50_000; step++) {
    const index = random(4);
    const by = users[index]!;
    const name = names[random(4)]!;
    const id = [...open.get(names[random(4)]!)!][0] ?? ID;
    const actions = [
      () => switchboard.come(by), () => switchboard.call(by, name), () => switchboard.call(by, name), () => switchboard.accept(by, name),
      () => switchboard.accept(by, name), () => switchboard.cancel(by, name), () => switchboard.refuse(by, name),
      () => switchboard.leave(by, id), () => switchboard.forward(by, id, frwd(id, 'x')), () => clock.advance(1_000),
    ];
    const here = switchboard.presence.get(by.username) === by;
    if (here && random(50) === 0) {
      switchboard.go(by, 'broken');
      open.get(by.username)!.clear();
    } else {
      const action = here ? random(actions.length) : 0;
      if (action === 7) open.get(by.username)!.delete(id);
      actions[action]!();
    }
    for (const user of users) {
      const own = open.get(user.username)!;
      for (const line of user.take()) {
        const [command, subject = ''] = line.split(' ');
        if (command === 'pubk') own.add(subject);
        if (command === 'exch') own.delete(subject);
        if (command === 'frwd' && !own.has(subject)) t.fail(`${user.username} got ${line} from outside`);
        if (command === 'pubk') conversations++;
      }
      if (own.size !== switchboard.conversations.count(user.username)) t.fail(`step ${step}: ${user.username} believes in ${own.size}`);
      if (own.size > 2 || switchboard.calls.countOutgoing(user.username) > 2 || switchboard.calls.countIncoming(user.username) > 2) t.fail('a limit');
    }
  }
  t.ok(conversations > 1_000, `${conversations} keys were handed out`);
  for (const user of users) switchboard.go(user, 'left');
  t.same([switchboard.presence.size, switchboard.conversations.size, clock.pending], [0, 0, 0]);
});

test('a refusal is not forgotten for what others do meanwhile', async (t) => {
  const others = Array.from({ length: 20 }, (_, index) => `user${index}`);
  const { clock, switchboard, alice, bob, rest } = board({}, others);
  switchboard.call(alice, 'bob');
  switchboard.refuse(bob, 'alice');
  clock.advance(29_999);
  for (const user of rest) {
    switchboard.call(user, 'bob');
    switchboard.refuse(bob, user.username);
  }
  alice.take();
  switchboard.call(alice, 'bob');
  t.same(alice.take(), ['erro limit chat bob']);
});

test('of conversations that were left the last 64 are remembered', async (t) => {
  const { switchboard, alice, connect } = board();
  const ids = Array.from({ length: 65 }, (_, index) => (index + 1).toString(16).padStart(16, '0'));
  for (const id of ids) {
    connect();
    switchboard.leave(alice, id);
  }
  for (const id of ids.slice(1)) switchboard.forward(alice, id, frwd(id, 'on its way'));
  t.same(alice.take(), []);
  switchboard.forward(alice, ID, frwd(ID, 'long ago'));
  t.same(alice.take(), [`erro noConversation frwd ${ID}`]);
});

test('a number that is in use is not given to another conversation', async (t) => {
  const drawn = [1, 1, 1, 2];
  const conversations = new Conversations(() => Buffer.alloc(8, drawn.shift()));
  const members = ['alice', 'bob', 'user3'].map((name) => new FakeEndpoint(name)) as [FakeEndpoint, FakeEndpoint, FakeEndpoint];
  const first = conversations.open([members[0], members[1]]);
  t.equal(conversations.open([members[0], members[2]]).id, '02'.repeat(8));
  t.equal(conversations.of(first.id, members[1]), first);
});

test('who rings and goes has withdrawn the call: three times in a row, and then it waits', async (t) => {
  const { clock, switchboard, alice, bob } = board();
  for (let call = 1; call <= 3; call++) {
    switchboard.call(alice, 'bob');
    t.equal(alice.take().at(-1), 'call bob', `call ${call}`);
    switchboard.go(alice, 'broken');
    switchboard.come(alice);
  }
  switchboard.call(alice, 'bob');
  t.same(alice.take(), ['erro limit chat bob']);
  clock.advance(30_000);
  bob.take();
  switchboard.call(alice, 'bob');
  t.same(bob.take(), ['reqt alice']);
});
