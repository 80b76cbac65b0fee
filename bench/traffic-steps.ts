import { leaveAll, type Pair } from './line.js';
import { rawPair } from './raw-line.js';
import { type Run, type Step, UNLIMITED, withRelay, withTls } from './run.js';
import type { ServerChild } from './server-child.js';
import { quantile } from './statistics.js';
import { texts } from './texts.js';
import { tlsPair } from './tls-client.js';
import { count, pingPong, stream } from './traffic.js';

type Who = 'relay' | 'tls';

/** More messages in a second than one of many gets through: the relay keeps 8 bytes of each, by user. */
const MANY_RATE = 10_000;

/** What comes before it is measured, as a share of the time: both get the same. */
const WARM_UP = 0.25;

/** One pair: first as much as goes through in one direction, then there and back. */
async function onePair(run: Run, who: Who, server: ServerChild): Promise<void> {
  const { samples, tallies, options: { seconds } } = run;
  const pair = await makePair(run, who, server, 0);
  await stream(pair, seconds * WARM_UP);
  const before = await server.cpu();
  const { messages, ms } = await stream(pair, seconds);
  samples.add(`${who}.pair-cpu`, (await server.cpu() - before) / messages * 1000);
  samples.add(`${who}.pair-rate`, messages / ms * 1000);
  await pingPong([pair], seconds * WARM_UP);
  addTimes(run, `${who}.pair`, (await pingPong([pair], seconds)).times);
  count([pair], tallies[who]);
  await leaveAll(pair);
}

/** Many pairs, each of which waits for its answer. */
async function manyPairs(run: Run, who: Who, server: ServerChild): Promise<void> {
  const { samples, tallies, options } = run;
  const pairs: Pair[] = [];
  for (let index = 0; index < options.pairs; index++) pairs.push(await makePair(run, who, server, index));
  await pingPong(pairs, options.seconds * WARM_UP);
  const before = await server.cpu();
  const { times, ms } = await pingPong(pairs, options.seconds);
  const messages = 2 * times.length;
  samples.add(`${who}.many-cpu`, (await server.cpu() - before) / messages * 1000);
  samples.add(`${who}.many-rate`, messages / ms * 1000);
  addTimes(run, `${who}.many`, times);
  count(pairs, tallies[who]);
  await leaveAll(pairs.flat());
}

async function makePair({ material }: Run, who: Who, server: ServerChild, index: number): Promise<Pair> {
  const port = await server.port;
  if (who === 'tls') return tlsPair(port, index, material.tls.ed25519.clients);
  return rawPair(port, material.credentials[2 * index]!, material.credentials[2 * index + 1]!);
}

function addTimes({ samples }: Run, name: string, times: readonly number[]): void {
  samples.add(`${name}-p50`, quantile(times, 0.5));
  samples.add(`${name}-p99`, quantile(times, 0.99));
}

/** This relay when it makes no keys any more: its only one is ready. */
const quiet = (run: Run, rate: number, use: (relay: ServerChild) => Promise<void>) =>
  withRelay(run, { rate }, async (relay) => {
    await relay.full();
    await use(relay);
  });

async function betweenEngines(run: Run, relay: ServerChild): Promise<void> {
  const { material: { credentials }, options: { seconds }, tallies } = run;
  const two = [credentials[0]!, credentials[1]!] as const;
  addTimes(run, 'text', await texts(await relay.port, two, seconds, tallies.texts));
}

export const trafficSteps: readonly Step[] = [
  {
    name: 'one pair, this relay, and two engines',
    run: (run) => quiet(run, UNLIMITED, async (relay) => {
      await onePair(run, 'relay', relay);
      await betweenEngines(run, relay);
    }),
  },
  { name: 'one pair, TLS', run: (run) => withTls(run, 'ed25519', (relay) => onePair(run, 'tls', relay)) },
  { name: 'many pairs, TLS', run: (run) => withTls(run, 'ed25519', (relay) => manyPairs(run, 'tls', relay)) },
  {
    name: 'many pairs, this relay',
    run: (run) => quiet(run, MANY_RATE, (relay) => manyPairs(run, 'relay', relay)),
  },
];
