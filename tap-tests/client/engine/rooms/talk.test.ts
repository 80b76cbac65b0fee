import { type Test, test } from 'tap';
import type { RoomEvent } from '../../../../client/engine/room-protocol.js';
import { Talk } from '../../../../client/engine/rooms/talk.js';
import { History } from '../../../../client/engine/rooms/history.js';
import type { RoomPorts } from '../../../../client/engine/rooms/ports.js';
import { privateIdentity } from '../../../../common/crypto/identity.js';
import { makeEd25519Pair } from '../../../../common/crypto/node.js';
import { epochSecrets } from '../../../../common/crypto/room-round.js';
import { ROOM_LAST_WORDS_MS } from '../../../../common/wire/limits.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { until } from '../../../support/until.js';

const NAMES = ['alice', 'bob', 'user3'];
const identities = new Map(NAMES.map((name) => [name, privateIdentity(makeEd25519Pair().privateKey)]));
const keys = new Map([...identities].map(([name, identity]) => [name, identity.public]));

/** One member; what it sends is handed on by the test, as a relay would. */
class Member {
  readonly events: RoomEvent[] = [];
  readonly records: Buffer[] = [];
  readonly faults: unknown[] = [];
  readonly clock = new ManualClock();
  readonly talk: Talk;

  constructor(readonly name: string) {
    const identity = identities.get(name)!;
    const self = { credentials: { username: name, identity }, clock: this.clock };
    const ports = {
      room: 'kitchen', self, directory: {},
      memory: { history: new History('kitchen', { username: name, fingerprint: identity.public.fingerprint }) },
      session: {
        send: () => undefined, submit: (_lane: string, send: () => void) => send(),
        sendNow: (_command: string, { body }: { body: Buffer }) => this.records.push(body),
      },
      emit: (event: RoomEvent) => this.events.push(event),
      run: (step: () => Promise<void>) => void Promise.resolve().then(step).catch((fault: unknown) => this.faults.push(fault)),
    };
    this.talk = new Talk(ports as unknown as RoomPorts);
  }

  epoch(number: number, names = NAMES): void {
    const t = Buffer.alloc(32, number);
    this.talk.begin({ number, t, names, secrets: epochSecrets(t, names, names.map((_, at) => Buffer.alloc(32, at))) }, keys);
  }

  say(id: string): void {
    this.talk.say({ id, bytes: Buffer.from(id) });
  }

  /** What it has sent since the last time. */
  async sent(count: number): Promise<Buffer[]> {
    await until(`${count} records of ${this.name}`, () => this.records.length === count);
    return this.records.splice(0);
  }

  told(kind: RoomEvent['event']): string[] {
    return this.events.filter(({ event }) => event === kind).map((event) => ('id' in event ? event.id : 'text' in event ? event.text : '') ?? '');
  }
}

function trio(t: Test): [Member, Member, Member] {
  const all = NAMES.map((name) => new Member(name)) as [Member, Member, Member];
  for (const member of all) member.epoch(1);
  t.teardown(() => all.forEach((member) => member.talk.stop()));
  return all;
}

/** All get it, in one order. */
const relay = (members: readonly Member[], from: Member, records: readonly Buffer[]) =>
  records.forEach((record) => members.forEach((member) => member.talk.record(from.name, record)));

test('texts that come behind a leave do not count, and are said again in their order', async (t) => {
  const all = trio(t);
  const [alice, bob] = all;
  for (const id of ['one', 'two', 'three']) alice.say(id);
  const flying = await alice.sent(3);
  for (const member of all) member.talk.excluded('user3');
  relay([alice, bob], alice, flying);
  t.same(bob.told('message'), [], 'nobody shows them');
  t.same(alice.told('sent'), []);
  alice.say('four');
  t.same(alice.records, [], 'nothing more is said under keys that somebody has who is out');
  for (const member of [alice, bob]) member.epoch(2, ['alice', 'bob']);
  relay([alice, bob], alice, await alice.sent(4));
  t.same(bob.told('message'), ['one', 'two', 'three', 'four']);
  t.same(alice.told('sent'), ['one', 'two', 'three', 'four']);
});

test('texts that come behind the next epoch are said again before those that follow', async (t) => {
  const all = trio(t);
  const [alice, bob, user3] = all;
  alice.say('one');
  const flying = await alice.sent(1);
  for (const member of all) member.epoch(2);
  alice.say('two');
  t.same(alice.records, [], 'the first may have to be said again');
  relay(all, alice, flying);
  t.same(bob.told('message'), []);
  relay(all, alice, await alice.sent(2));
  for (const member of [bob, user3]) t.same(member.told('message'), ['one', 'two']);
});

test('delivered: when all have shown it; undelivered: who has gone, and who is silent when the epoch is over', async (t) => {
  const all = trio(t);
  const [alice, bob, user3] = all;
  alice.say('one');
  relay(all, alice, await alice.sent(1));
  bob.clock.advance(5_000);
  relay(all, bob, await bob.sent(1));
  t.same(alice.told('delivered'), []);
  alice.talk.gone('user3');
  t.match(alice.events.at(-2), { event: 'undelivered', id: 'one', text: 'one', to: ['user3'] });
  t.same(alice.told('delivered'), ['one']);
  alice.epoch(2);
  alice.say('two');
  const [two] = await alice.sent(1);
  alice.talk.record('alice', two!);
  alice.epoch(3);
  t.same(alice.told('undelivered'), ['one']);
  alice.clock.advance(ROOM_LAST_WORDS_MS);
  await until('the last words are over', () => alice.told('undelivered').length === 2);
  t.match(alice.events.at(-1), { id: 'two', to: ['bob', 'user3'] });
  t.same(user3.told('message'), ['one']);
});

test('a receipt that is due goes under the keys of the epoch that has ended, and before one goes', async (t) => {
  const all = trio(t);
  const [alice, bob, user3] = all;
  alice.say('one');
  relay(all, alice, await alice.sent(1));
  for (const member of all) member.epoch(2);
  relay(all, bob, await bob.sent(1));
  t.same(alice.told('delivered'), []);
  const [receipt] = await user3.sent(1);
  alice.talk.record('user3', receipt!);
  t.same(alice.told('delivered'), ['one']);
  alice.say('two');
  relay(all, alice, await alice.sent(1));
  await bob.talk.settle();
  t.equal(bob.records.length, 1, 'before one goes');
});

test('what a member does wrong is that one\'s: named, and nothing more of it is taken', async (t) => {
  const [alice, bob, user3] = trio(t);
  alice.say('one');
  alice.say('two');
  const [one, two] = await alice.sent(2);
  const bent = Buffer.from(one!);
  bent[100]! ^= 1;
  bob.talk.record('alice', bent);
  t.match(bob.events.at(-1), { event: 'warning', code: 'tampered', with: 'alice' });
  bob.talk.record('alice', one!);
  bob.talk.record('alice', two!);
  t.same(bob.told('message'), [], 'nothing more of alice');
  user3.say('hello');
  bob.talk.record('user3', (await user3.sent(1))[0]!);
  t.same(bob.told('message'), ['hello'], 'others go on');
});

test('the relay brings back as one\'s own what one has not said', async (t) => {
  const [alice, bob] = trio(t);
  bob.say('one');
  const [record] = await bob.sent(1);
  t.throws(() => alice.talk.record('alice', record!), { code: 'tampered' });
});

test('keys that one does not have: a word, once', async (t) => {
  const [alice, bob] = trio(t);
  bob.epoch(2);
  for (const id of ['one', 'two']) bob.say(id);
  for (const record of await bob.sent(2)) alice.talk.record('bob', record);
  t.same(alice.events.map((event) => ('code' in event ? event.code : '')), ['differ']);
});
