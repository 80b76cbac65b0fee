import { test } from 'tap';
import { withstands } from '../support/attack-field.js';
import { CELL, refusalIn } from '../support/attacker/cells.js';
import { Flood } from '../support/attacker/flood.js';
import { Line, type Target } from '../support/attacker/line.js';
import { noiseM1 } from '../support/attacker/noise.js';
import { ServerProcess } from '../support/server-process/server-process.js';
import { until } from '../support/until.js';
import { m1Flood } from './live/E1-m1-flood.js';
import { Honest } from './live/honest.js';

const CONNECTS_TOO_OFTEN = 5;

/** The refusal of one more connection of this address; `undefined` where it got M2. */
async function answerTo(target: Target, from: string): Promise<number | undefined> {
  const line = await Line.to(target, from);
  line.write(noiseM1());
  const cell = await line.read(CELL).finally(() => line.cut());
  return cell && refusalIn(cell);
}

test('E1: a flood of false logins slows neither chats nor logins, and leaves nothing behind', async (t) => {
  const server = await ServerProcess.start(t, { limits: { rateMessages: 500, rateWindowMs: 500, poolKeys: 8 } });
  const field = server.field(t);
  t.comment((await withstands(t, m1Flood, field)).saw);

  // Whoever shares an address with a flood cannot be told from it: the rate of connections (part 6) is the address's.
  const [shared] = field.addresses;
  const alice = await Honest.enter(field, field.insiders[0], shared);
  const flood = new Flood(field.target, { from: [shared], perSecond: 500 });
  t.teardown(() => flood.stop());
  await until('the address connects too often', () => (flood.refused.get(5) ?? 0) > 100);
  while (await answerTo(field.target, shared!) !== CONNECTS_TOO_OFTEN);
  t.pass('a neighbour is told to come again');
  await alice.session.settled();
  t.pass('who is logged in notices nothing');
  flood.stop();
  const { loginMs } = await Honest.enter(field, field.insiders[1], shared);
  t.ok(loginMs < 5_000, `and let in when it is over, after ${loginMs.toFixed(0)} ms`);

  const { log, present } = await server.inside();
  t.equal(present, 2, 'nobody has come in');
  t.ok(log['connected']! > 500 && log['refused connects-too-often']! > 500, 'connections of both kinds');
  t.notOk(log['fault'], 'and no fault of the server');
});
