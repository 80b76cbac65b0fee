import { type Test, test } from 'tap';
import { withstands } from '../support/attack-field.js';
import { newPerson } from '../support/attacker/primitives.js';
import { MemoryWatch } from '../support/server-process/memory-watch.js';
import { ServerProcess } from '../support/server-process/server-process.js';
import type { Field } from './live/attack.js';
import { callUp } from './live/calls.js';
import { Chat } from './live/chat.js';
import { quantile } from './live/crowd.js';
import { readerThatStops } from './live/E3-reader-that-stops.js';
import { Honest } from './live/honest.js';
import { Numbers } from './live/numbers.js';

const MIB = 1024 ** 2;
const limits = { rateMessages: 2_000, rateWindowMs: 20, connectBurst: 10_000, connectRate: 10_000, stalledMs: 3_000 };
const others = Object.fromEntries(['user3', 'user4', 'user5', 'user6'].map((name) => [name, newPerson()]));

/** One who sleeps on when the sender has gone. */
async function oversleep(t: Test, field: Field, server: ServerProcess): Promise<void> {
  const sender = await Honest.enter(field, server.insider('user5'));
  const sleeper = await Honest.enter(field, server.insider('user6'));
  const { conversation } = await callUp(sender.session, sleeper.session);
  sleeper.session.line.sleep();
  const numbers = new Numbers(sender);
  while (!sender.session.heard.some(({ command }) => command === 'exch')) await numbers.say(conversation);
  t.equal((await sender.session.expect('exch')).payload[8], 2, 'the sender is told that it was not read');
  sender.leave();
}

test('E3: a reader that stops reading takes neither memory nor time from anybody', async (t) => {
  const server = await ServerProcess.start(t, { limits, people: others });
  const before = await server.calm();
  const field = server.field(t);
  const chat = await Chat.begin(field, [server.insider('user3'), server.insider('user4')]);
  const memory = new MemoryWatch(t, server);
  let over = false;
  const attacks = Promise.all([withstands(t, readerThatStops, field), oversleep(t, field, server)])
    .finally(() => (over = true));
  const rounds: number[] = [];
  while (!over) rounds.push(...await chat.rounds(100));
  const [{ did, saw }] = await attacks;
  const growth = memory.growth;

  t.comment(`${did}: ${saw}`);
  t.ok(growth < 192, `the server grew by ${growth.toFixed(1)} MiB at most`);
  const p99 = quantile(rounds, 0.99);
  t.ok(p99 < 250, `p99 of ${rounds.length} rounds of two others is ${p99.toFixed(0)} ms`);
  chat.leave();
  const after = await server.settled(before);
  t.ok(after.log['cut stalled']! >= 1, 'who takes nothing for three seconds is cut');
  t.ok(after.log['cut queue-full']! >= 1 || after.log['cut stalled']! > 1, 'and who has a full queue');
  t.ok(after.log['conversation-ended didNotRead']! > 1);
  t.ok(after.heap - before.heap < 4 * MIB && after.buffers - before.buffers < 4 * MIB, 'nothing of it is kept');
});
