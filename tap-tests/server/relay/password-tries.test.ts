import { test } from 'tap';
import { HashQueue } from '../../../server/relay/hash-queue.js';
import { PasswordTries } from '../../../server/relay/password-tries.js';
import { ManualClock } from '../../support/manual-clock.js';

const HERE = '192.0.2.7';

test('each wrong one doubles the pause, up to a minute', async (t) => {
  const clock = new ManualClock();
  const tries = new PasswordTries(clock);
  const pauses: number[] = [];
  for (let count = 0; count < 9; count++) {
    const turn = tries.take('alice', HERE)!;
    pauses.push(turn - clock.now());
    clock.advance(turn - clock.now());
  }
  t.same(pauses, [0, 1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1_000));
});

test('for this name from this address alone', async (t) => {
  const clock = new ManualClock();
  const tries = new PasswordTries(clock);
  for (let count = 0; count < 5; count++) tries.take('alice', HERE);
  t.equal(tries.take('alice', '192.0.2.8'), clock.now(), 'another address');
  t.equal(tries.take('bob', HERE), clock.now(), 'another name');
  t.equal(tries.take('alice', '::ffff:192.0.2.7')! - clock.now(), 31_000, 'the same address, written in another way');
});

test('several at once wait one after another, and no longer than a minute', async (t) => {
  const clock = new ManualClock();
  const tries = new PasswordTries(clock);
  const turns = Array.from({ length: 20 }, () => tries.take('alice', HERE));
  t.same(turns.slice(0, 6).map((turn) => turn! - clock.now()), [0, 1_000, 3_000, 7_000, 15_000, 31_000]);
  t.ok(turns.slice(6).every((turn) => turn === undefined));
  clock.advance(63_000);
  t.equal(tries.take('alice', HERE), clock.now(), 'those that were sent away do not count');
});

test('right, and forgotten', async (t) => {
  const clock = new ManualClock();
  const tries = new PasswordTries(clock);
  for (let count = 0; count < 4; count++) tries.take('alice', HERE);
  tries.right('alice', HERE);
  t.equal(tries.take('alice', HERE), clock.now());
  for (let count = 0; count < 4; count++) tries.take('alice', HERE);
  clock.advance(16 * 60_000);
  for (let each = 0; each < 1_000; each++) tries.take(`user${each}`, HERE);
  t.equal(tries.take('alice', HERE), clock.now());
  t.equal(tries.take('alice', HERE)! - clock.now(), 1_000, 'from the beginning');
});

test('one hash at a time, and a bound on those that wait', async (t) => {
  const queue = new HashQueue();
  let running = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
    if (most > 5) throw new Error('never');
  };
  const all = Array.from({ length: 64 }, () => queue.run(work));
  t.equal(queue.waiting, 64);
  await t.rejects(queue.run(work), { code: 'busy' });
  await Promise.all(all);
  t.equal(most, 1);
  t.equal(queue.waiting, 0);
  await t.rejects(queue.run(async () => { throw new Error('once'); }), { message: 'once' });
  await queue.run(work);
});
