import { test } from 'tap';
import { addresses, withstands } from '../support/attack-field.js';
import { MemoryWatch } from '../support/server-process/memory-watch.js';
import { ServerProcess } from '../support/server-process/server-process.js';
import { millionNames } from './live/E4-million-names.js';

/** A short window: the relay keeps a time for each message in it. */
const limits = { rateMessages: 2_000, rateWindowMs: 10, queueCells: 10_000 };

test('E4: a million names, conversations, prefixes and thousands of addresses leave nothing in memory', async (t) => {
  const server = await ServerProcess.start(t, { limits });
  const before = await server.calm();
  const memory = new MemoryWatch(t, server);
  const { did, saw } = await withstands(t, millionNames, server.field(t, { from: addresses(10_000) }));
  const growth = memory.growth;
  t.comment(`${did}: ${saw}`);
  t.ok(growth < 256, `the server grew by ${growth.toFixed(1)} MiB at most`);

  const after = await server.settled(before);
  const kept = (after.heap - before.heap + after.buffers - before.buffers) / 1024 ** 2;
  t.ok(kept < 4, `and keeps ${kept.toFixed(2)} MiB`);
  const came = after.log['connected']!;
  const { rememberedMost } = after;
  t.ok(rememberedMost < Math.max(500, came / 2), `of ${came} addresses ${rememberedMost} were remembered at a time`);
});
