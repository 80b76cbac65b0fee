import { test } from 'tap';
import { LeftOut } from '../../../../client/engine/rooms/left-out.js';
import { ManualClock } from '../../../support/manual-clock.js';

const OWN = 'alice';

function leftOut() {
  const clock = new ManualClock();
  return { clock, who: new LeftOut(OWN, clock), seconds: (count: number) => clock.advance(count * 1_000) };
}

test('who is not invited is left out, who is invited again is not', async (t) => {
  const { who } = leftOut();
  who.begin(['alice', 'bob', 'user3'], ['alice', 'bob']);
  t.same([...who.names], ['user3']);
  who.begin(['alice', 'bob', 'user3'], ['alice', 'user3']);
  t.same([...who.names], ['bob']);
});

test('who entered behind the start of a round was not silent in it, but may be in the next', async (t) => {
  const { who } = leftOut();
  who.begin(['alice', 'bob'], ['alice', 'bob']);
  who.entered('bob');
  who.silent(['bob']);
  t.same([...who.names], []);
  who.begin(['alice', 'bob'], ['alice', 'bob']);
  who.silent(['bob']);
  t.same([...who.names], ['bob']);
  who.entered('bob');
  t.same([...who.names], []);
  who.add('bob');
  who.forget('bob');
  t.same([...who.names], []);
});

test('one asks where one is left out, and once in 10 s', async (t) => {
  const { who, seconds } = leftOut();
  t.notOk(who.ask(), 'one takes part');
  who.add(OWN);
  t.ok(who.ask());
  seconds(9.999);
  t.notOk(who.ask());
  seconds(0.001);
  t.ok(who.ask());
});

test('who asks is heard: the first time at once, then after 10 s, 20 s and so on up to 640 s', async (t) => {
  const { who, seconds } = leftOut();
  t.notOk(who.hear('bob'), 'it takes part');
  who.add('bob');
  t.ok(who.hear('bob'));
  t.same([...who.names], []);
  for (const pause of [10, 20, 40, 80, 160, 320, 640, 640, 640]) {
    who.add('bob');
    seconds(pause - 0.001);
    t.notOk(who.hear('bob'), `${pause} s are not over`);
    seconds(0.001);
    t.ok(who.hear('bob'), `after ${pause} s`);
  }
});
