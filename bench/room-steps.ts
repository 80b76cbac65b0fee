import type { Broker } from './brokers/kinds.js';
import { leaveAll } from './line.js';
import { makeRoom, type Peer, withPeer } from './peers.js';
import { joins } from './room-joins.js';
import { type Step, withRelay } from './run.js';
import { mean, median } from './statistics.js';
import { countRoom, fanOut } from './traffic.js';
import { everybody, shownAs, type Who } from './who.js';

/** What comes before it is measured, as a share of the time: all get the same. */
const WARM_UP = 1;

/** One speaks, all others hear it. */
async function oneSpeaks(peer: Peer, size: number): Promise<void> {
  const { who, server, run: { samples, tallies, options: { seconds } } } = peer;
  const lines = await makeRoom(peer, size);
  const name = `${who}.room-${size}`;
  await fanOut(lines, seconds * WARM_UP);
  const before = await server.cpu();
  const { messages, ms } = await fanOut(lines, seconds);
  const deliveries = messages * (size - 1);
  samples.add(`${name}-cpu`, (await server.cpu() - before) / deliveries * 1000);
  samples.add(`${name}-said`, messages / ms * 1000);
  samples.add(`${name}-delivered`, deliveries / ms * 1000);
  countRoom(lines, tallies[who]);
  await leaveAll(lines);
}

const agreeing = (size: number): Step => ({
  name: `a room of ${size}, keys for one more`,
  part: 'rooms',
  run: (run) => withRelay(run, { users: size }, async (relay) => {
    const { material, options: { seconds }, samples } = run;
    await relay.full();
    const all = await joins(relay, material.credentials.slice(0, size), seconds);
    samples.add(`room-${size}-secured`, median(all.map(({ ms }) => ms)));
    samples.add(`room-${size}-secured-server`, mean(all.map(({ serverMs }) => serverMs)));
    samples.add(`room-${size}-secured-member`, mean(all.map(({ memberMs }) => memberMs)));
  }),
});

const speaking = (who: Who, size: number): Step => ({
  name: `a room of ${size}, ${shownAs[who]}`,
  part: 'rooms',
  run: (run) => withPeer(run, who, size, (peer) => oneSpeaks(peer, size)),
});

export const roomSteps = (sizes: readonly number[], brokers: readonly Broker[]): Step[] =>
  sizes.flatMap((size) => [agreeing(size), ...everybody(brokers).map((who) => speaking(who, size))]);
