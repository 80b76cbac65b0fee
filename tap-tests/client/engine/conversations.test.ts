import { type Test, test } from 'tap';
import { Calls } from '../../../client/engine/calls.js';
import { Conversations } from '../../../client/engine/conversations.js';
import type { Event } from '../../../client/engine/protocol.js';
import type { Session } from '../../../client/engine/session.js';
import { TrustStore } from '../../../client/engine/trust-store.js';
import { parseCertificate } from '../../../common/crypto/certificate.js';
import { EphemeralPool } from '../../../common/crypto/ephemeral-pool.js';
import { initiate } from '../../../common/crypto/exchange.js';
import type { Identity, PublicIdentity } from '../../../common/crypto/identity.js';
import { Secret } from '../../../common/crypto/secret.js';
import { X25519Ephemeral, x25519Suite } from '../../../common/crypto/suite.js';
import type { ServerPayload } from '../../../common/wire/commands.js';
import { RENEW_MS } from '../../../common/wire/limits.js';
import { cn, good, NOW } from '../../support/certificate-maker.js';
import { edIdentity } from '../../support/exchange-pair.js';
import { FakeKeyMaker } from '../../support/fake-key-maker.js';
import { ManualClock } from '../../support/manual-clock.js';
import { until } from '../../support/until.js';

const [own, bob, anybody] = [edIdentity(), edIdentity(), edIdentity()];
const id = (digit: string) => digit.repeat(16);
const pubk = (conversation: string, role: 0 | 1, peer = 'bob', key: PublicIdentity = bob.public, certificates: Buffer[] = []): ServerPayload<'pubk'> =>
  ({ conversation, role, peer, certificates, spki: key.spki });

/** What one client has on a connection, with nothing behind it. */
function setting(t: Test, trust = TrustStore.inMemory()) {
  const [clock, sent, events] = [new ManualClock(NOW.getTime()), [] as string[], [] as Event[]];
  const session = {
    send: (command: string, payload: { username?: string; conversation?: string }) => void sent.push(`${command} ${payload.username ?? payload.conversation}`),
    submit: (_lane: string, send: () => void) => send(),
    forward: (payload: Buffer) => void sent.push(`frwd ${payload.toString('hex', 0, 8)} ${payload[8]}`),
  } as unknown as Session;
  const emit = (event: Event) => void events.push(event);
  const calls = new Calls(session, emit, { absent: () => undefined, settle: () => false });
  const pool = new EphemeralPool({ keys: 0, clock, maker: new FakeKeyMaker() });
  const credentials = { username: 'alice', identity: own, certificates: [], authorities: [parseCertificate(good.authority())] };
  const changed = new Map<string, PublicIdentity>();
  const conversations = new Conversations(
    { credentials, serverName: 'relay', suites: [x25519Suite], pool, trust, clock, changed }, session, calls, emit,
  );
  t.teardown(() => conversations.lost());
  const warnings = () => events.flatMap((event) => (event.event === 'warning' ? [event.code] : []));
  return { clock, sent, events, calls, conversations, changed, warnings, trust };
}

const begun = (sent: string[]) => sent.filter((line) => line.startsWith('frwd'));

test('a chat that was asked for begins: the caller says P1, the receiver waits for it', async (t) => {
  const { calls, conversations, sent } = setting(t);
  calls.call('bob');
  conversations.introduced(pubk(id('1'), 0));
  t.same(sent, ['chat bob', `frwd ${id('1')} 1`]);
  calls.requested({ username: 'user3' });
  calls.accept('user3');
  conversations.introduced(pubk(id('2'), 1, 'user3', anybody.public));
  t.equal(begun(sent).length, 1);
  t.ok(conversations.has('bob') && conversations.has('user3'));
  t.same(conversations.peers, [], 'neither is open yet');
});

test('A18: a pubk that nobody asked for, in each role', async (t) => {
  for (const role of [0, 1] as const) {
    const { conversations, sent, warnings, calls } = setting(t);
    calls.requested({ username: 'bob' });
    conversations.introduced(pubk(id('1'), role));
    t.same(sent, [`exch ${id('1')}`]);
    t.same(warnings(), ['unasked']);
    t.notOk(conversations.has('bob'));
  }
});

test('A18: the other role than the one that was asked for', async (t) => {
  const { calls, conversations, sent, warnings } = setting(t);
  calls.call('bob');
  conversations.introduced(pubk(id('1'), 1));
  t.same(warnings(), ['unasked']);
  calls.requested({ username: 'user3' });
  calls.accept('user3');
  conversations.introduced(pubk(id('2'), 0, 'user3', anybody.public));
  t.same(warnings(), ['unasked', 'unasked']);
  t.same(sent.filter((line) => line.startsWith('exch')), [`exch ${id('1')}`, `exch ${id('2')}`]);
});

test('A18: a call is used up by what answers it', async (t) => {
  const { calls, conversations, warnings } = setting(t);
  calls.call('bob');
  conversations.introduced(pubk(id('1'), 0));
  conversations.introduced(pubk(id('2'), 0));
  t.same(warnings(), ['unasked']);
  t.ok(conversations.has('bob'), 'the first goes on');
});

test('A18: own name, own key', async (t) => {
  const { calls, conversations, warnings, sent } = setting(t);
  calls.call('alice');
  conversations.introduced(pubk(id('1'), 0, 'alice'));
  calls.call('bob');
  conversations.introduced(pubk(id('2'), 0, 'bob', own.public));
  t.same(warnings(), ['unasked', 'own-key']);
  t.same(sent.filter((line) => line.startsWith('exch')), [`exch ${id('1')}`, `exch ${id('2')}`]);
  t.same(begun(sent), []);
});

test('A18: an id that is in use, or was', async (t) => {
  const { calls, conversations, warnings, events } = setting(t);
  calls.call('bob');
  conversations.introduced(pubk(id('1'), 0));
  calls.call('user3');
  conversations.introduced(pubk(id('1'), 0, 'user3', anybody.public));
  t.same(warnings(), ['unasked']);
  t.notOk(conversations.has('bob') || conversations.has('user3'), 'neither can be told from the other any more');
  t.same(events.flatMap((event) => (event.event === 'left' && 'with' in event ? [event.with] : [])).sort(), ['bob', 'user3']);
  calls.call('bob');
  conversations.introduced(pubk(id('1'), 0));
  t.same(warnings(), ['unasked', 'unasked'], 'an id comes once');
});

test('A18: what nobody asked for does not touch an open chat with the same peer', async (t) => {
  const { calls, conversations, events } = setting(t);
  calls.call('bob');
  conversations.introduced(pubk(id('1'), 0));
  conversations.introduced(pubk(id('2'), 1));
  t.ok(conversations.has('bob'));
  t.notOk(events.some(({ event }) => event === 'left'), 'nobody is told that the chat with bob has ended');
});

test('a key that cannot be one, and a certificate of another key', async (t) => {
  const { calls, conversations, warnings, sent } = setting(t);
  calls.call('bob');
  conversations.introduced({ ...pubk(id('1'), 0), spki: Buffer.from('no key') });
  calls.call('bob');
  conversations.introduced(pubk(id('2'), 0, 'bob', bob.public, [good.user()]));
  t.same(warnings(), ['malformed', 'bad-certificate']);
  t.same(begun(sent), []);
});

test('A16: another key than the pinned one, whoever vouches for it', async (t) => {
  const certificate = good.user({ subject: cn('bob') });
  const shown = [{ key: bob.public, with: [] }, { key: parseCertificate(certificate).publicKey, with: [certificate] }];
  for (const { key, with: certificates } of shown) {
    const trust = TrustStore.inMemory();
    const fingerprint = anybody.public.fingerprint.toString('hex');
    const pin = { server: 'relay', username: 'bob', fingerprint, compared: true, since: 'then' };
    await trust.put(pin);
    const { calls, conversations, events, changed, sent } = setting(t, trust);
    calls.call('bob');
    conversations.introduced(pubk(id('1'), 0, 'bob', key, certificates));
    t.ok(events.some(({ event }) => event === 'key-changed'), `${certificates.length} certificates`);
    t.same(begun(sent), [], 'nothing is sent');
    t.ok(sent.includes(`exch ${id('1')}`));
    t.ok(changed.has('bob'));
    t.same(trust.find('relay', 'bob'), pin, 'the old pin is kept');
  }
});

test('A16: a key that was handed out and never proved leaves no pin', async (t) => {
  const { calls, conversations, trust, clock, events } = setting(t);
  calls.call('bob');
  conversations.introduced(pubk(id('1'), 0));
  conversations.forwarded({ conversation: id('1'), body: Buffer.from([2, 1, 2, 3]) });
  await new Promise(setImmediate);
  t.ok(events.some(({ event }) => event === 'left'));
  calls.call('bob');
  conversations.introduced(pubk(id('2'), 0));
  clock.advance(30_000);
  t.equal(events.filter(({ event }) => event === 'left').length, 2);
  t.equal(trust.find('relay', 'bob'), undefined);
});

test('a call that was withdrawn while it was accepted is left without a word', async (t) => {
  const { calls, conversations, sent, warnings } = setting(t);
  calls.call('bob');
  calls.cancel('bob');
  conversations.introduced(pubk(id('1'), 0));
  t.same(sent, ['chat bob', 'cach bob', `exch ${id('1')}`]);
  t.same(warnings(), []);
});

test('what comes about conversations that are not here is ignored', async (t) => {
  const { conversations, sent, events } = setting(t);
  conversations.forwarded({ conversation: id('9'), body: Buffer.from([1]) });
  conversations.parted({ conversation: id('9'), reason: 0 });
  conversations.failed(id('9'));
  t.same([sent, events], [[], []]);
});

test('B5: exch is never "has left", whatever its reason', async (t) => {
  const reasons = { 0: 'disconnected', 1: 'disconnected', 2: 'too-slow', 3: 'timed-out' };
  for (const [reason, told] of Object.entries(reasons)) {
    const { calls, conversations, events } = setting(t);
    calls.call('bob');
    conversations.introduced(pubk(id('1'), 0));
    conversations.parted({ conversation: id('1'), reason: Number(reason) });
    t.match(events.at(-1), { event: 'left', with: 'bob', reason: told, by: 'relay' });
  }
});

test('texts for nobody, and texts that are too long', async (t) => {
  const { conversations, events } = setting(t);
  conversations.say('bob', 'hello', 'x');
  t.match(events.at(-1), { event: 'error', code: 'no-conversation', with: 'bob', id: 'x' });
  t.notOk(conversations.leave('bob'));
});

test('A18: an id whose conversation has ended comes no more', async (t) => {
  const { calls, conversations, warnings } = setting(t);
  calls.call('bob');
  conversations.introduced(pubk(id('1'), 0));
  conversations.parted({ conversation: id('1'), reason: 0 });
  calls.call('bob');
  conversations.introduced(pubk(id('1'), 0));
  t.same(warnings(), ['unasked']);
});

test('a call that was withdrawn is left without a word once', async (t) => {
  const { calls, conversations, warnings } = setting(t);
  calls.call('bob');
  calls.cancel('bob');
  conversations.introduced(pubk(id('1'), 0));
  conversations.introduced(pubk(id('2'), 0));
  t.same(warnings(), ['unasked']);
});

test('no more than a thousand requests are kept', async (t) => {
  const { calls, events } = setting(t);
  for (let n = 0; n < 1_100; n++) calls.requested({ username: `user${n}` });
  t.equal(events.length, 1_000);
});

interface Client { readonly events: Event[]; readonly trust: TrustStore; readonly calls: Calls; readonly conversations: Conversations }

/** Two clients, and nothing between them that would change anything; `asked` and `lanes` are in order. */
function twoClients(t: Test, { take = async () => new X25519Ephemeral(), sign = (data: Buffer) => own.sign(data) } = {}) {
  const [clock, asked, lanes] = [new ManualClock(NOW.getTime()), [] as string[], [] as string[]];
  const make = (username: string, identity: Identity, other: () => Client): Client => {
    const events: Event[] = [];
    const session = {
      send: () => undefined,
      submit: (lane: string, send: () => void) => (lanes.push(lane), send()),
      forward: (payload: Buffer) => void setImmediate(() =>
        other().conversations.forwarded({ conversation: payload.toString('hex', 0, 8), body: payload.subarray(8) })),
    } as unknown as Session;
    const emit = (event: Event) => void events.push(event);
    const calls = new Calls(session, emit, { absent: () => undefined, settle: () => false });
    const pool = {
      take: () => (asked.push(`${username}: any`), take()), takeFresh: async () => (asked.push(`${username}: fresh`), new X25519Ephemeral()),
    } as unknown as EphemeralPool;
    const trust = TrustStore.inMemory();
    const credentials = { username, identity, certificates: [], authorities: [] };
    const self = { credentials, serverName: 'relay', suites: [x25519Suite], pool, trust, clock, changed: new Map() };
    const conversations = new Conversations(self, session, calls, emit);
    t.teardown(() => conversations.lost());
    return { events, trust, calls, conversations };
  };
  const clients: { alice: Client; bob: Client } = {
    alice: make('alice', { public: own.public, sign }, () => clients.bob), bob: make('bob', bob, () => clients.alice),
  };
  const called = () => {
    clients.bob.calls.requested({ username: 'alice' });
    clients.bob.calls.accept('alice');
    clients.bob.conversations.introduced(pubk(id('1'), 1, 'alice', own.public));
  };
  const begin = () => {
    called();
    clients.alice.calls.call('bob');
    clients.alice.conversations.introduced(pubk(id('1'), 0));
  };
  return { ...clients, clock, asked, lanes, called, begin };
}

const told = (client: Client, name: Event['event']) => client.events.some(({ event }) => event === name);
const P1 = Buffer.concat([Buffer.from([1]), initiate(Buffer.alloc(32), '', [x25519Suite]).body1]);

test('the key of P2 may come from the pool, that of a renewal is a fresh one; only texts are in their lane', async (t) => {
  const { alice, bob: other, clock, asked, lanes, begin } = twoClients(t);
  begin();
  await until('open', () => told(alice, 'chat') && told(other, 'chat'));
  t.same(asked, ['bob: any']);
  t.notOk(lanes.includes('text'));
  alice.conversations.say('bob', 'hello');
  await until('text', () => told(other, 'message'));
  t.equal(lanes.filter((lane) => lane === 'text').length, 1);
  clock.advance(RENEW_MS);
  other.conversations.say('alice', 'hi');
  await until('renewed', () => told(alice, 'renewed') && told(other, 'renewed'));
  t.same(asked, ['bob: any', 'bob: fresh']);
});

test('nothing is done with a conversation before its pin is written', async (t) => {
  const { alice, bob: other, begin } = twoClients(t);
  let written: () => void = () => undefined;
  const put = alice.trust.put.bind(alice.trust);
  alice.trust.put = (pin) => new Promise<void>((resolve) => (written = resolve)).then(() => put(pin));
  const before = written;
  begin();
  await until('the pin', () => written !== before);
  for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
  t.notOk(told(alice, 'chat') || told(other, 'chat'));
  written();
  await until('open', () => told(alice, 'chat') && told(other, 'chat'));
});

test('the ephemeral key goes with a conversation that ends before P3, also while it is made', async (t) => {
  for (const late of [false, true]) {
    const ephemeral = new X25519Ephemeral();
    let made: () => void = () => undefined;
    const take = () => new Promise<X25519Ephemeral>((resolve) => (made = () => resolve(ephemeral)));
    const { bob: other, asked, lanes, called } = twoClients(t, { take });
    called();
    other.conversations.forwarded({ conversation: id('1'), body: P1 });
    await until('a key', () => asked.length === 1);
    if (!late) made();
    if (!late) await until('P2', () => lanes.length === 1);
    t.notOk(ephemeral.destroyed);
    other.conversations.parted({ conversation: id('1'), reason: 1 });
    made();
    await until('the end of the key', () => ephemeral.destroyed, 1_000).catch(() => undefined);
    t.ok(ephemeral.destroyed, late ? 'made behind the end' : 'before P3');
  }
});

test('keys that are made behind the end of a call are wiped', async (t) => {
  const wiped = new Set<Secret>();
  const { wipe } = Secret.prototype;
  Secret.prototype.wipe = function watched() {
    wiped.add(this);
    wipe.call(this);
  };
  t.teardown(() => Object.assign(Secret.prototype, { wipe }));
  let signed: (() => void) | undefined;
  const sign = (data: Buffer) => new Promise<void>((resolve) => (signed = resolve)).then(() => own.sign(data));
  const { alice, lanes, begin } = twoClients(t, { sign });
  begin();
  await until('P2', () => signed !== undefined);
  alice.conversations.parted({ conversation: id('1'), reason: 1 });
  const [before, said] = [wiped.size, lanes.length];
  signed!();
  await until('K and the three keys', () => wiped.size === before + 4, 2_000).catch(() => undefined);
  t.equal(wiped.size - before, 4);
  t.equal(lanes.length, said, 'and no P3 is sent');
});

test('more than 256 bodies that wait while a key is made end a conversation', async (t) => {
  const { bob: other, asked, called } = twoClients(t, { take: () => new Promise(() => undefined) });
  called();
  const forward = (body: Buffer) => other.conversations.forwarded({ conversation: id('1'), body });
  forward(P1);
  await until('a key', () => asked.length === 1);
  for (let n = 0; n < 256; n++) forward(Buffer.from([3]));
  t.notOk(told(other, 'left'));
  forward(Buffer.from([3]));
  t.match(other.events.slice(-2), [{ event: 'warning', code: 'malformed' }, { event: 'left', reason: 'tampered' }]);
});

test('A18: a call and an acceptance are used up, also where the chat that they began is over', async (t) => {
  const asking: [0 | 1, (calls: Calls) => void][] = [
    [0, (calls) => calls.call('bob')], [1, (calls) => (calls.requested({ username: 'bob' }), calls.accept('bob'))],
  ];
  for (const [role, ask] of asking) {
    const { calls, conversations, warnings } = setting(t);
    ask(calls);
    conversations.introduced(pubk(id('1'), role));
    t.ok(conversations.has('bob'));
    conversations.parted({ conversation: id('1'), reason: 0 });
    conversations.introduced(pubk(id('2'), role));
    t.same(warnings(), ['unasked'], `role ${role}`);
    t.notOk(conversations.has('bob'));
  }
});
