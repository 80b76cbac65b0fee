import { leaveAll, type Line } from './line.js';
import { rawRoom } from './raw-room.js';
import { joins } from './room-joins.js';
import { type Run, type Step, UNLIMITED, withRelay, withTls } from './run.js';
import type { ServerChild } from './server-child.js';
import { mean, median } from './statistics.js';
import { tlsRoom } from './tls-client.js';
import { countRoom, fanOut } from './traffic.js';

/** What comes before it is measured, as a share of the time: both get the same. */
const WARM_UP = 0.25;

/** One speaks, all others hear it. */
async function oneSpeaks(run: Run, who: 'relay' | 'tls', server: ServerChild, lines: readonly Line[]): Promise<void> {
  const { samples, tallies, options: { seconds } } = run;
  const name = `${who}.room-${lines.length}`;
  await fanOut(lines, seconds * WARM_UP);
  const before = await server.cpu();
  const { messages, ms } = await fanOut(lines, seconds);
  const deliveries = messages * (lines.length - 1);
  samples.add(`${name}-cpu`, (await server.cpu() - before) / deliveries * 1000);
  samples.add(`${name}-said`, messages / ms * 1000);
  samples.add(`${name}-delivered`, deliveries / ms * 1000);
  countRoom(lines, tallies[who]);
  await leaveAll(lines);
}

const ofSize = (size: number): Step[] => [
  {
    name: `a room of ${size}, keys for one more`,
    run: (run) => withRelay(run, {}, async (relay) => {
      const { material, options: { seconds }, samples } = run;
      await relay.full();
      const all = await joins(relay, material.credentials.slice(0, size), seconds);
      samples.add(`room-${size}-secured`, median(all.map(({ ms }) => ms)));
      samples.add(`room-${size}-secured-server`, mean(all.map(({ serverMs }) => serverMs)));
      samples.add(`room-${size}-secured-member`, mean(all.map(({ memberMs }) => memberMs)));
    }),
  },
  {
    name: `a room of ${size}, this relay`,
    run: (run) => withRelay(run, { rate: UNLIMITED }, async (relay) => {
      await relay.full();
      await oneSpeaks(run, 'relay', relay, await rawRoom(await relay.port, run.material.credentials.slice(0, size)));
    }),
  },
  {
    name: `a room of ${size}, TLS`,
    run: (run) => withTls(run, 'ed25519', async (relay) =>
      oneSpeaks(run, 'tls', relay, await tlsRoom(await relay.port, size, run.material.tls.ed25519.clients))),
  },
];

export const roomSteps = (sizes: readonly number[]): Step[] => sizes.flatMap(ofSize);
