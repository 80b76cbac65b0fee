import { type Test, test } from 'tap';
import { Calls } from '../../../client/engine/calls.js';
import { Conversations } from '../../../client/engine/conversations.js';
import type { Event } from '../../../client/engine/protocol.js';
import type { Session } from '../../../client/engine/session.js';
import { TrustStore } from '../../../client/engine/trust-store.js';
import { parseCertificate } from '../../../common/crypto/certificate.js';
import { EphemeralPool } from '../../../common/crypto/ephemeral-pool.js';
import type { PublicIdentity } from '../../../common/crypto/identity.js';
import { x25519Suite } from '../../../common/crypto/suite.js';
import type { ServerPayload } from '../../../common/wire/commands.js';
import { cn, good, NOW } from '../../support/certificate-maker.js';
import { edIdentity } from '../../support/exchange-pair.js';
import { FakeKeyMaker } from '../../support/fake-key-maker.js';
import { ManualClock } from '../../support/manual-clock.js';

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
  const calls = new Calls(session, emit, { absent: () => undefined, settle: () => undefined });
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
  t.same(events.flatMap((event) => (event.event === 'left' ? [event.with] : [])).sort(), ['bob', 'user3']);
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
