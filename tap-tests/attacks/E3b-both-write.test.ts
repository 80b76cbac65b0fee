import { test } from 'tap';
import { withstands } from '../support/attack-field.js';
import { ServerProcess } from '../support/server-process/server-process.js';
import { bothWriteSo } from './live/E3b-both-write.js';

/** A queue in which all of it has room: what is tried is whether the relay stands still, not when it loses patience. */
const limits = { rateMessages: 1_000, rateWindowMs: 1_000, queueCells: 16_384 };

test('E3b: both ends write without reading: no deadlock, nobody is cut, nothing is lost', async (t) => {
  const server = await ServerProcess.start(t, { limits });
  const before = await server.calm();
  const { did, saw } = await withstands(t, bothWriteSo(400), server.field(t));
  t.comment(`${did}: ${saw}`);
  const after = await server.settled(before);
  t.ok(after.queuedMost > 256, `${after.queuedMost} cells waited in the relay, for which no system had room`);
  t.notOk(after.log['cut'], 'nobody was cut');
  t.equal(after.log['conversation-ended didNotRead'], undefined);
});
