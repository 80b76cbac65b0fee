import { test } from 'tap';
import { Pacer } from '../../../client/engine/pacer.js';
import { ManualClock } from '../../support/manual-clock.js';

function setting(messages = 3, windowMs = 1_000) {
  const clock = new ManualClock();
  const pacer = new Pacer(clock, messages, windowMs);
  const sent: string[] = [];
  const say = (name: string, lane: 'control' | 'text' = 'text') => pacer.submit(lane, () => sent.push(`${name} ${clock.now()}`));
  return { clock, pacer, sent, say };
}

test('what the rate allows goes at once, the rest when the window has moved on', async (t) => {
  const { clock, pacer, sent, say } = setting();
  for (const name of ['a', 'b']) say(name);
  clock.advance(400);
  for (const name of ['c', 'd', 'e', 'f']) say(name);
  t.same(sent, ['a 0', 'b 0', 'c 400']);
  t.equal(pacer.waiting, 3);
  clock.advance(599);
  t.equal(sent.length, 3);
  clock.advance(1);
  t.same(sent.slice(3), ['d 1000', 'e 1000']);
  clock.advance(400);
  t.same(sent.slice(5), ['f 1400']);
  t.equal(clock.pending, 0);
});

test('never more than the rate in any window, whatever comes when', async (t) => {
  const { clock, sent, say } = setting(5, 700);
  let seed = 1;
  for (let n = 0; n < 300; n++) {
    say(`${n}`);
    clock.advance((seed = (seed * 16_807) % 2_147_483_647) % 200);
  }
  clock.advance(100_000);
  const times = sent.map((line) => Number(line.split(' ')[1]));
  t.equal(times.length, 300);
  t.same(sent.map((line) => Number(line.split(' ')[0])), Array.from({ length: 300 }, (_, n) => n), 'in order');
  t.notOk(times.some((time, n) => n >= 5 && time - times[n - 5]! < 700));
});

test('what keeps order goes before texts; first come, first served in each', async (t) => {
  const { clock, sent, say } = setting(1);
  say('first');
  say('t1');
  say('t2');
  say('c1', 'control');
  say('c2', 'control');
  clock.advance(10_000);
  t.same(sent.map((line) => line.split(' ')[0]), ['first', 'c1', 'c2', 't1', 't2']);
});

test('what is submitted while another is sent waits for its turn', async (t) => {
  const { clock, pacer, sent } = setting(2);
  pacer.submit('text', () => {
    pacer.submit('control', () => sent.push('inner'));
    sent.push('outer');
  });
  t.same(sent, ['outer', 'inner']);
  pacer.submit('text', () => sent.push('late'));
  t.equal(sent.length, 2);
  clock.advance(1_000);
  t.equal(sent.length, 3);
});

test('one that fails takes nobody with it', async (t) => {
  const { clock, pacer, sent, say } = setting(2);
  t.throws(() => pacer.submit('text', () => {
    throw new Error('broken');
  }), { message: 'broken' });
  say('a');
  say('b');
  clock.advance(1_000);
  t.equal(sent.length, 2);
});

test('stopped: nothing goes, and no timer is left', async (t) => {
  const { clock, pacer, sent, say } = setting(1);
  say('a');
  say('b');
  t.equal(clock.pending, 1);
  pacer.stop();
  say('c');
  t.equal(pacer.waiting, 0);
  t.equal(clock.pending, 0);
  clock.advance(10_000);
  t.same(sent, ['a 0']);
});

test('a clock with fractions does not send early', async (t) => {
  const sent: number[] = [];
  let now = 0.7;
  const timers: [number, () => void][] = [];
  const clock = { now: () => now, wall: () => now, after: (ms: number, run: () => void) => (timers.push([ms, run]), { cancel: () => undefined }) };
  const pacer = new Pacer(clock, 1, 1_000);
  pacer.submit('text', () => sent.push(now));
  now = 0.9;
  pacer.submit('text', () => sent.push(now));
  t.equal(timers[0]![0], 1_000);
  now = 1_000.6;
  timers[0]![1]();
  t.equal(sent.length, 1, 'a timer that runs a little early');
  t.equal(timers[1]![0], 1);
});
