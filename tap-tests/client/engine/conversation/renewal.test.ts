import { test } from 'tap';
import { Channel } from '../../../../client/engine/conversation/channel.js';
import { Renewal, type RenewalType } from '../../../../client/engine/conversation/renewal.js';
import { RenewalSchedule } from '../../../../client/engine/conversation/schedule.js';
import { RENEW_MS, RENEW_RECORDS } from '../../../../common/wire/limits.js';
import type { ContentType } from '../../../../common/wire/end-to-end.js';
import { Secret } from '../../../../common/crypto/secret.js';
import { X25519Ephemeral, x25519Suite } from '../../../../common/crypto/suite.js';
import { edIdentity } from '../../../support/exchange-pair.js';
import { ManualClock } from '../../../support/manual-clock.js';

const identities = { caller: edIdentity(), receiver: edIdentity() };
const secret = (fill: number) => new Secret(Buffer.alloc(32, fill));
const types: readonly RenewalType[] = ['renewal1', 'renewal2', 'renewal3', 'renewal4'];

interface Queued { readonly type: ContentType; readonly content: Buffer; readonly sealed: (() => void) | undefined }

function side(role: 'caller' | 'receiver', clock: ManualClock, rs = 3, records = RENEW_RECORDS) {
  const queued: Queued[] = [];
  const told: string[] = [];
  const ephemerals: X25519Ephemeral[] = [];
  const channel = new Channel(role, { initiatorToResponder: secret(1), responderToInitiator: secret(2), renewal: secret(rs) });
  const schedule = new RenewalSchedule(clock);
  for (let record = 0; record < records; record++) schedule.count();
  const renewal = new Renewal({
    role, conversation: '0123456789abcdef', clock, identity: identities[role], suites: [x25519Suite],
    peer: identities[role === 'caller' ? 'receiver' : 'caller'].public,
    freshEphemeral: async () => (ephemerals.push(new X25519Ephemeral()), ephemerals.at(-1)!),
    send: (type, content, sealed) => void queued.push({ type, content, sealed }),
    renewed: () => told.push('renewed'),
    failed: (error) => told.push((error as { code?: string }).code ?? 'failed'),
  }, channel, schedule);
  /** What waits is sealed. */
  const seal = () => {
    const { content, sealed } = queued.shift()!;
    sealed?.();
    return content;
  };
  return { renewal, channel, queued, told, seal, ephemerals };
}

/** Both sides, as far as this many of the four messages have been sealed; the last one is given back. */
async function until(steps: number, { sealLast = true, rs = 3 } = {}) {
  const clock = new ManualClock();
  const [caller, receiver] = [side('caller', clock), side('receiver', clock, rs)];
  if (steps > 0) caller.renewal.begin();
  let last: Buffer = Buffer.alloc(0);
  for (let step = 1; step <= steps; step++) {
    const from = step % 2 === 1 ? caller : receiver;
    if (step > 1) await from.renewal.take(types[step - 2]!, last);
    if (step < steps || sealLast) last = from.seal();
  }
  return { caller, receiver, clock, last };
}

test('four messages, and both sides have new chains and a new secret', async (t) => {
  const { caller, receiver, last, clock } = await until(4);
  await caller.renewal.take('renewal4', last);
  t.same([caller.told, receiver.told], [['renewed'], ['renewed']]);
  t.same(caller.channel.renewalSecret.bytes, receiver.channel.renewalSecret.bytes);
  t.notSame(caller.channel.renewalSecret.bytes, Buffer.alloc(32, 3));
  const record = caller.channel.sending.seal('text', Buffer.from('x'), 1);
  t.same(receiver.channel.receiving.open(record)?.content, Buffer.from('x'));
  const back = receiver.channel.sending.seal('text', Buffer.from('y'), 1);
  t.same(caller.channel.receiving.open(back)?.content, Buffer.from('y'));
  t.ok(receiver.ephemerals.every(({ destroyed }) => destroyed));
  t.equal(clock.pending, 0);
  t.notOk(caller.renewal.due);
});

test('type 18 is the last of the caller on its old chain, type 19 of the receiver', async (t) => {
  const before = await until(3, { sealLast: false });
  const old = new Channel('receiver', { initiatorToResponder: secret(1), responderToInitiator: secret(2), renewal: secret(3) });
  t.ok(old.receiving.open(before.caller.channel.sending.seal('text', Buffer.alloc(0), 1)), 'until it is sealed');
  before.caller.seal();
  t.notOk(old.receiving.open(before.caller.channel.sending.seal('text', Buffer.alloc(0), 1)));
});

test('everything out of turn, in every state and both roles', async (t) => {
  const states: [string, 'caller' | 'receiver', () => ReturnType<typeof until>, RenewalType | undefined][] = [
    ['idle', 'caller', () => until(0), undefined],
    ['idle', 'receiver', () => until(0), 'renewal1'],
    ['after 16', 'caller', () => until(1), 'renewal2'],
    ['after 17', 'receiver', () => until(2), 'renewal3'],
    ['17 waits', 'receiver', () => until(2, { sealLast: false }), 'renewal3'],
    ['18 waits', 'caller', () => until(3, { sealLast: false }), undefined],
    ['after 18', 'caller', () => until(3), 'renewal4'],
    ['19 waits', 'receiver', () => until(4, { sealLast: false }), undefined],
    ['done', 'receiver', () => until(4), 'renewal1'],
  ];
  for (const [name, role, reach, due] of states) {
    for (const type of types) {
      if (type === due) continue;
      const sides = await reach();
      await t.rejects(sides[role].renewal.take(type, Buffer.alloc(0)), { name: 'WireError', code: 'out-of-turn' }, `${role}, ${name}: ${type}`);
    }
  }
});

test('the caller starts it, and once at a time', async (t) => {
  const clock = new ManualClock();
  const [caller, receiver] = [side('caller', clock, 3, 0), side('receiver', clock, 3, 0)];
  t.notOk(caller.renewal.due);
  clock.advance(30 * 60_000);
  t.ok(caller.renewal.due);
  t.notOk(receiver.renewal.due, 'never the receiver');
  caller.renewal.begin();
  t.notOk(caller.renewal.due);
});

test('steps that are not right: another secret, a byte changed, something in type 19', async (t) => {
  const other = await until(2, { rs: 4 });
  await t.rejects(other.caller.renewal.take('renewal2', other.last), { code: 'bad-signature' }, 'bound to the exchange before');

  for (const [steps, type] of [[1, 'renewal1'], [2, 'renewal2'], [3, 'renewal3']] as const) {
    const { caller, receiver, last } = await until(steps);
    const changed = Buffer.from(last);
    changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
    const to = steps === 2 ? caller : receiver;
    if (type === 'renewal1') {
      await to.renewal.take(type, changed);
      await t.rejects(caller.renewal.take('renewal2', to.seal()), { code: 'bad-signature' });
    } else {
      await t.rejects(to.renewal.take(type, changed), { code: 'bad-signature' });
    }
  }

  const full = await until(4);
  await t.rejects(full.caller.renewal.take('renewal4', Buffer.from([0])), { code: 'out-of-turn' });
});

test('60 s for the whole of it, on both sides', async (t) => {
  for (const steps of [1, 2, 3]) {
    const { caller, clock } = await until(steps);
    clock.advance(59_999);
    t.same(caller.told, []);
    clock.advance(1);
    t.same(caller.told, ['timed-out'], `after ${steps}`);
  }
});

test('stopped anywhere: no timer, no ephemeral key, and the chains in use go on', async (t) => {
  for (const steps of [0, 1, 2, 3, 4]) {
    for (const sealLast of steps === 0 ? [true] : [true, false]) {
      const { caller, receiver, clock } = await until(steps, { sealLast });
      for (const { renewal, channel } of [caller, receiver]) {
        renewal.stop();
        t.doesNotThrow(() => channel.sending.seal('goodbye', Buffer.alloc(0), 1), `${steps} ${sealLast}`);
      }
      t.ok(receiver.ephemerals.every(({ destroyed }) => destroyed));
      t.equal(clock.pending, 0);
    }
  }
});

test('a second renewal right behind the first is out of turn: each costs the receiver a key', async (t) => {
  const { caller, receiver, last, clock } = await until(4);
  await caller.renewal.take('renewal4', last);
  caller.renewal.begin();
  const again = caller.seal();
  await t.rejects(receiver.renewal.take('renewal1', again), { code: 'out-of-turn' });
  t.equal(receiver.ephemerals.length, 1);
  clock.advance(RENEW_MS / 2);
  await receiver.renewal.take('renewal1', again);
  t.equal(receiver.ephemerals.length, 2);
  for (const { renewal } of [caller, receiver]) renewal.stop();
});

test('the receiver waits for 60 s too', async (t) => {
  for (const steps of [2, 3]) {
    const { receiver, clock } = await until(steps);
    clock.advance(59_999);
    t.same(receiver.told, []);
    clock.advance(1);
    t.same(receiver.told, ['timed-out'], `after ${steps}`);
  }
});

test('a key that was made behind the end is destroyed, and nothing is said', async (t) => {
  const { receiver, last } = await until(1);
  const taking = receiver.renewal.take('renewal1', last);
  receiver.renewal.stop();
  await taking;
  t.same(receiver.ephemerals.map(({ destroyed }) => destroyed), [true]);
  t.equal(receiver.queued.length, 0);
});

test('keys that the end comes before are wiped, as many as nothing has taken over', async (t) => {
  const wiped = new Set<Secret>();
  const { wipe } = Secret.prototype;
  Secret.prototype.wipe = function watched() {
    wiped.add(this);
    wipe.call(this);
  };
  t.teardown(() => Object.assign(Secret.prototype, { wipe }));
  const states = {
    'type 18 waits': [(await until(3, { sealLast: false })).caller, 3],
    'type 19 is waited for': [(await until(3)).caller, 2],
    'type 19 waits': [(await until(4, { sealLast: false })).receiver, 2],
  } as const;
  for (const [name, [{ renewal }, count]] of Object.entries(states)) {
    const before = wiped.size;
    renewal.stop();
    t.equal(wiped.size - before, count, name);
  }
});

test('a channel wipes what it replaces, and in the end all that it has', async (t) => {
  const keys = { initiatorToResponder: secret(1), responderToInitiator: secret(2), renewal: secret(3) };
  const channel = new Channel('caller', keys);
  const next = secret(4);
  channel.replaceRenewalSecret(next);
  t.ok(keys.renewal.wiped);
  t.notOk(channel.wiped);
  channel.wipe();
  t.same([...Object.values(keys), next].map(({ wiped }) => wiped), [true, true, true, true]);
});
