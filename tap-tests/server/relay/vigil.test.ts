import { test } from 'tap';
import { relayLimits } from '../../../common/wire/limits.js';
import { Vigil } from '../../../server/relay/vigil.js';
import { ManualClock } from '../../support/manual-clock.js';

function vigil() {
  const clock = new ManualClock();
  const due: string[] = [];
  const state: { since?: number } = {};
  const watch: Vigil = new Vigil(relayLimits, clock, {
    get blockedSince() {
      return state.since;
    },
    due(what) {
      due.push(`${clock.now() / 1000} ${what}`);
      if (what !== 'ping') watch.stop();
    },
  });
  return { clock, due, watch, state };
}

test('silence: a ping after 60 s, the end after 60 more', async (t) => {
  const { clock, due } = vigil();
  clock.advance(600_000);
  t.same(due, ['60 ping', '120 silence']);
  t.equal(clock.pending, 0);
});

test('a record starts the silence anew', async (t) => {
  const { clock, due, watch } = vigil();
  clock.advance(119_999);
  watch.record();
  clock.advance(59_998);
  t.same(due, ['60 ping']);
  clock.advance(600_000);
  t.same(due, ['60 ping', '179.999 ping', '239.999 silence']);
});

test('30 minutes without a command, whatever else comes', async (t) => {
  const { clock, due, watch } = vigil();
  for (let second = 1; second < 1_900; second++) {
    watch.record();
    if (second === 10) watch.active();
    clock.advance(1_000);
  }
  t.same(due, ['1809 idle']);
});

test('a receiver that takes nothing for 30 s', async (t) => {
  const { clock, due, watch, state } = vigil();
  clock.advance(5_000);
  state.since = clock.now();
  watch.blocked(state.since);
  clock.advance(29_999);
  state.since = undefined as never;
  clock.advance(1_000);
  t.same(due, [], 'it took something in time');
  state.since = clock.now();
  watch.blocked(state.since);
  clock.advance(60_000);
  t.same(due, ['60 ping', '65.999 stalled']);
});

test('a pong within 5 s; asking again gives no more time', async (t) => {
  const { clock, due, watch } = vigil();
  watch.expectPong();
  clock.advance(4_000);
  watch.expectPong();
  watch.pong();
  clock.advance(10_000);
  t.same(due, []);
  watch.expectPong();
  clock.advance(4_000);
  watch.expectPong();
  clock.advance(4_000);
  t.same(due, ['19 no-pong']);
});
