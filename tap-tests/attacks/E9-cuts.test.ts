import { test } from 'tap';
import { withstands } from '../support/attack-field.js';
import { ServerProcess } from '../support/server-process/server-process.js';
import { cuts } from './live/E9-cuts.js';

const limits = { connectRate: 1_000, connectBurst: 1_000, rateMessages: 1_000, rateWindowMs: 1_000 };

test('E9: ten thousand connects and cuts leave no ghost, no descriptor, no timer and no memory', async (t) => {
  const server = await ServerProcess.start(t, { limits });
  const before = await server.calm();
  const { did, saw } = await withstands(t, cuts, server.field(t));
  t.comment(`${did}: ${saw}`);
  const after = await server.settled(before);
  const kept = (after.heap - before.heap + after.buffers - before.buffers) / 1024 ** 2;
  t.ok(kept < 8, `it keeps ${kept.toFixed(2)} MiB`);
  t.ok(after.log['logged-in']! > 50 && after.log['unfinished truncated']! > 1_000, 'cut before M4 and behind it');
  t.ok(after.log['call']! > 1, 'while a call rang');
  t.notOk(after.log['fault'] ?? after.log['refused fault'], 'a cut is no fault of the server');
});
