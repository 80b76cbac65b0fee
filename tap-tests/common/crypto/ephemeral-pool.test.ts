import { test } from 'tap';
import { EphemeralPool } from '../../../common/crypto/ephemeral-pool.js';
import { randomBytes } from '../../../common/crypto/node.js';
import { type EphemeralKey, rsaSuite, x25519Suite } from '../../../common/crypto/suite.js';
import { FakeKeyMaker } from '../../support/fake-key-maker.js';
import { ManualClock } from '../../support/manual-clock.js';

const RSA = [1];
const BOTH = [1, 2];

async function poolOf(keys: number, ready = keys) {
  const [maker, clock, logged] = [new FakeKeyMaker(), new ManualClock(), [] as string[]];
  const pool = new EphemeralPool({ keys, clock, maker, log: (event) => logged.push(event) });
  for (let made = 0; made < ready; made++) await maker.finish();
  return { pool, maker, clock, logged };
}

const opens = (key: EphemeralKey) => key.open(rsaSuite.share(key.publicBytes, randomBytes).share) !== undefined;

/** Whether a promise has come to something already. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(() => (done = true), () => (done = true));
  await new Promise(setImmediate);
  return done;
}

test('keys are made ahead, one at a time, up to the number told, and again when one is taken', async (t) => {
  const { pool, maker } = await poolOf(3, 0);
  for (let n = 1; n <= 3; n++) {
    t.equal(maker.asked, n);
    await maker.finish();
    t.equal(pool.ready, n);
  }
  t.notOk(maker.busy);
  await pool.take(RSA);
  t.equal(maker.asked, 4);
});

test('each key serves one handshake while another is ready', async (t) => {
  const { pool, maker } = await poolOf(3);
  const [one, two] = [await pool.take(RSA), await pool.take(RSA)];
  t.not(one, two);
  one.destroy();
  t.equal(maker.made.filter(({ destroyed }) => destroyed).length, 1);
  t.ok(opens(two));
  t.equal(pool.ready, 1);
});

test('the first suite offered that is supported is taken', async (t) => {
  const { pool } = await poolOf(2);
  t.equal((await pool.take([2, 1])).suite, x25519Suite);
  t.equal((await pool.take([9, 1, 2])).suite, rsaSuite);
  t.equal((await pool.take([200, 2])).suite, x25519Suite);
  await t.rejects(pool.take([]), { name: 'HandshakeError', code: 'no-common-suite' });
  await t.rejects(pool.take([0, 3, 255]), { code: 'no-common-suite' });
});

test('empty: x25519 where it was offered', async (t) => {
  const { pool } = await poolOf(1);
  t.equal((await pool.take(BOTH)).suite, rsaSuite);
  const [one, two] = [await pool.take(BOTH), await pool.take(BOTH)];
  t.equal(one.suite, x25519Suite);
  t.notSame(one.publicBytes, two.publicBytes, 'a fresh one each time');
});

test('empty: the newest key serves for 10 s from its first use', async (t) => {
  const { pool, maker, clock, logged } = await poolOf(1);
  clock.advance(60_000);
  const first = await pool.take(RSA);
  first.destroy();
  t.notOk(maker.made[0]!.destroyed, 'others may come');
  clock.advance(9_999);
  t.ok(opens(await pool.take(RSA)));
  t.same(logged, []);
  clock.advance(1);
  const late = pool.take(RSA);
  t.notOk(await settled(late), 'no handshake begins with it any more');
  t.same(logged, ['pool-empty']);
  await maker.finish();
  t.ok(opens(await late));
  t.not(maker.made[1], maker.made[0]);
});

test('the shared key is destroyed 20 s after its first use at the latest', async (t) => {
  const { pool, maker, clock } = await poolOf(1);
  const [first, slow] = [await pool.take(RSA), await pool.take(RSA)];
  first.destroy();
  clock.advance(19_999);
  t.ok(opens(slow), 'a handshake that has begun may end');
  t.notOk(maker.made[0]!.destroyed);
  clock.advance(1);
  t.ok(maker.made[0]!.destroyed);
  t.equal(slow.open(Buffer.alloc(256)), undefined, 'and what comes later opens nothing, without a fault');
  t.doesNotThrow(() => slow.openDecoy());
  t.doesNotThrow(() => slow.destroy());
  t.equal(clock.pending, 0);
});

test('the shared key goes with the last handshake that it serves, once the 10 s are over', async (t) => {
  const { pool, maker, clock } = await poolOf(1);
  const [one, two] = [await pool.take(RSA), await pool.take(RSA)];
  clock.advance(10_000);
  one.destroy();
  one.destroy();
  t.notOk(maker.made[0]!.destroyed, 'one that ends twice counts once');
  two.destroy();
  t.ok(maker.made[0]!.destroyed);
  t.equal(clock.pending, 0);
});

test('a new key takes the place of the shared one', async (t) => {
  const { pool, maker } = await poolOf(1);
  const old = await pool.take(RSA);
  const fresh = await maker.finish();
  t.ok(opens(old), 'what has begun may end');
  old.destroy();
  t.ok(maker.made[0]!.destroyed);
  t.notOk(fresh.destroyed);
  await pool.take(RSA);
  t.equal(pool.ready, 0);
});

test('all who wait get the next key, and share it', async (t) => {
  const { pool, maker } = await poolOf(1, 0);
  const waiting = [pool.take(RSA), pool.take(RSA), pool.take(RSA)];
  t.notOk(await settled(waiting[0]!));
  await maker.finish();
  const keys = await Promise.all(waiting);
  t.ok(keys.every(opens));
  t.equal(pool.ready, 0, 'nobody gets it as a fresh one');
  t.equal(maker.asked, 2);
});

test('a pool that keeps none makes one for who asks', async (t) => {
  const { pool, maker } = await poolOf(0);
  t.equal(maker.asked, 0);
  const waiting = pool.take(RSA);
  await new Promise(setImmediate);
  t.equal(maker.asked, 1);
  if (maker.busy) await maker.finish();
  t.ok(await settled(waiting));
});

test('a key that cannot be made is tried again after a second', async (t) => {
  const { pool, maker, clock, logged } = await poolOf(1, 0);
  const waiting = pool.take(RSA);
  await maker.fail();
  t.same(logged, ['pool-empty', 'pool-failed']);
  clock.advance(999);
  t.equal(maker.asked, 1);
  clock.advance(1);
  t.equal(maker.asked, 2);
  await maker.finish();
  t.ok(opens(await waiting));
});

test('a fresh key was begun after it was asked for, and is serves nobody else', async (t) => {
  const { pool, maker } = await poolOf(2, 1);
  t.ok(maker.busy, 'one is on its way');
  const waiting = pool.takeFresh(RSA);
  const before = await maker.finish();
  t.notOk(await settled(waiting), 'that one was begun earlier');
  t.equal(pool.ready, 2, 'and is for somebody else');
  const after = await maker.finish();
  t.equal(await waiting, after);
  t.not(after, before);
  t.equal(pool.ready, 2);
  t.equal((await pool.takeFresh([2])).suite, x25519Suite);
  await t.rejects(pool.takeFresh([9]), { code: 'no-common-suite' });
  const left = pool.takeFresh(RSA);
  await new Promise(setImmediate);
  await pool.close();
  await t.rejects(left, { code: 'refused' });
  await t.rejects(pool.takeFresh(RSA), { code: 'refused' });
});

test('closed: every key is destroyed, who waits is told, and nothing is left', async (t) => {
  const { pool, maker, clock } = await poolOf(2);
  await pool.take(RSA);
  const shared = await pool.take(RSA);
  await pool.close();
  t.ok(maker.closed);
  t.ok(maker.made[0]!.destroyed, 'the shared one too');
  t.equal(shared.open(Buffer.alloc(256)), undefined);
  await t.rejects(pool.take(RSA), { code: 'refused' });
  const late = await maker.finish();
  t.ok(late.destroyed, 'one that was under way');
  t.equal(clock.pending, 0);

  const empty = await poolOf(1, 0);
  const waiting = empty.pool.take(RSA);
  await new Promise(setImmediate);
  await empty.pool.close();
  await t.rejects(waiting, { name: 'HandshakeError', code: 'refused' });
  await empty.maker.fail();
  t.equal(empty.clock.pending, 0, 'and nothing is tried again');
});

test('closed: keys that were never taken are destroyed too', async (t) => {
  const { pool, maker } = await poolOf(3);
  await pool.close();
  t.same(maker.made.map(({ destroyed }) => destroyed), [true, true, true]);
  t.equal(pool.ready, 0);
});
