import type { Broker } from './brokers/kinds.js';
import { forEach } from './crowd.js';
import { leaveAll } from './line.js';
import { makePair, type Peer, withPeer } from './peers.js';
import type { Run, Step } from './run.js';
import { quantile } from './statistics.js';
import { texts } from './texts.js';
import { count, pingPong, stream } from './traffic.js';
import { everybody, shownAs, type Who } from './who.js';

/** What comes before it is measured, as a share of the time: all get the same. */
const WARM_UP = 1;

/** One pair: first as much as goes through in one direction, then there and back. */
async function onePair(peer: Peer): Promise<void> {
  const { who, server, run } = peer;
  const { samples, tallies, options: { seconds } } = run;
  const pair = await makePair(peer, 0);
  await stream(pair, seconds * WARM_UP);
  const before = await server.cpu();
  const { messages, ms } = await stream(pair, seconds);
  samples.add(`${who}.pair-cpu`, (await server.cpu() - before) / messages * 1000);
  samples.add(`${who}.pair-rate`, messages / ms * 1000);
  await pingPong([pair], seconds * WARM_UP);
  addTimes(run, `${who}.pair`, (await pingPong([pair], seconds)).times);
  count([pair], tallies[who]);
  await leaveAll(pair);
  if (who === 'relay') await betweenEngines(peer);
}

/** Many pairs, each of which waits for its answer. */
async function manyPairs(peer: Peer, many: number): Promise<void> {
  const { who, server, run } = peer;
  const { samples, tallies, options: { seconds } } = run;
  const name = `${who}.many-${many}`;
  const pairs = await forEach(many, (index) => makePair(peer, index));
  await pingPong(pairs, seconds * WARM_UP);
  const before = await server.cpu();
  const { times, ms } = await pingPong(pairs, seconds);
  const messages = 2 * times.length;
  samples.add(`${name}-cpu`, (await server.cpu() - before) / messages * 1000);
  samples.add(`${name}-rate`, messages / ms * 1000);
  addTimes(run, name, times);
  count(pairs, tallies[who]);
  await leaveAll(pairs.flat());
}

function addTimes({ samples }: Run, name: string, times: readonly number[]): void {
  samples.add(`${name}-p50`, quantile(times, 0.5));
  samples.add(`${name}-p99`, quantile(times, 0.99));
}

async function betweenEngines({ server, run }: Peer): Promise<void> {
  const { material: { credentials }, options: { seconds }, tallies } = run;
  const two = [credentials[0]!, credentials[1]!] as const;
  addTimes(run, 'text', await texts(await server.port, two, seconds, tallies.texts));
}

const pairStep = (who: Who): Step => ({
  name: `one pair, ${shownAs[who]}${who === 'relay' ? ', and two engines' : ''}`,
  part: 'pair',
  run: (run) => withPeer(run, who, 2, onePair),
});

const manyStep = (who: Who, many: number): Step => ({
  name: `${many} pairs, ${shownAs[who]}`,
  part: 'many',
  run: (run) => withPeer(run, who, 2 * many, (peer) => manyPairs(peer, many)),
});

export const trafficSteps = (pairs: readonly number[], brokers: readonly Broker[]): Step[] => [
  ...everybody(brokers).map(pairStep),
  ...pairs.flatMap((many) => everybody(brokers).map((who) => manyStep(who, many))),
];
