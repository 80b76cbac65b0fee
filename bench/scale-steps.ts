import type { Broker } from './brokers/kinds.js';
import { crowd, forEach } from './crowd.js';
import { leaveAll } from './line.js';
import { makePair, type Peer, withPeer } from './peers.js';
import type { Step } from './run.js';
import { quantile } from './statistics.js';
import { count, inTurn } from './traffic.js';
import { everybody, shownAs, type Who } from './who.js';

/** Pairs that have a message under way at the same time, where there are as many. */
export const ACTIVE_PAIRS = 64;

/** Logging thousands in takes long, so they are measured several times in one round. */
const WINDOWS = 3;

const WARM_UP = 0.5;

/** Half of all who are logged in talk, two and two, one pair after another. */
async function talkAmong(peer: Peer, sessions: number): Promise<void> {
  const { who, run: { samples, tallies, options: { seconds } } } = peer;
  const pairs = await forEach(Math.floor(sessions / 4), (index) => makePair(peer, index));
  const others = await crowd(peer, 2 * pairs.length, sessions - 2 * pairs.length);
  await inTurn(pairs, ACTIVE_PAIRS, seconds * WARM_UP);
  for (let window = 0; window < WINDOWS; window++) {
    const { times, ms } = await inTurn(pairs, ACTIVE_PAIRS, seconds);
    samples.add(`${who}.scale-${sessions}-rate`, 2 * times.length / ms * 1000);
    samples.add(`${who}.scale-${sessions}-p50`, quantile(times, 0.5));
  }
  count(pairs, tallies[who]);
  await leaveAll([...pairs.flat(), ...others]);
}

const ofSize = (who: Who, sessions: number): Step => ({
  name: `${sessions} sessions, ${shownAs[who]}`,
  part: 'scale',
  once: true,
  run: (run) => withPeer(run, who, sessions, (peer) => talkAmong(peer, sessions)),
});

export const scaleSteps = (sizes: readonly number[], brokers: readonly Broker[]): Step[] =>
  sizes.flatMap((sessions) => everybody(brokers).map((who) => ofSize(who, sessions)));
