import { cpus } from 'node:os';
import { loginSteps, rehearsal } from './login-steps.js';
import { makeMaterial } from './material.js';
import type { Options } from './options.js';
import { type Cores, pinLoad } from './pinning.js';
import { roomSteps } from './room-steps.js';
import { type Row, rows } from './rows.js';
import type { Run, Tallies } from './run.js';
import { Samples } from './statistics.js';
import { trafficSteps } from './traffic-steps.js';

export interface Report {
  readonly node: string;
  readonly openssl: string;
  readonly machine: string;
  readonly date: string;
  /** Undefined where nothing could be pinned. */
  readonly cores: Cores | undefined;
  readonly options: Pick<Options, 'seconds' | 'rounds' | 'pairs' | 'keys' | 'rooms'>;
  readonly rows: readonly Row[];
  /** Each message was checked, byte for byte and in its order. */
  readonly messages: Tallies;
}

/**
 * Measures everything, round by round; every other round goes backwards.
 * @param say is told of the progress
 */
export async function bench(options: Options, say: (line: string) => void): Promise<Report> {
  const cores = await pinLoad();
  say('Making keys.');
  const material = await makeMaterial(Math.max(2 * options.pairs, ...options.rooms));
  const tallies: Tallies = { relay: nothing(), tls: nothing(), texts: nothing() };
  const run: Run = { options, cores, material, samples: new Samples(), tallies };
  const steps = [...loginSteps, ...trafficSteps, ...roomSteps(options.rooms)];
  try {
    say('Rehearsing.');
    await rehearse(run);
    for (let round = 0; round < options.rounds; round++) {
      for (const step of round % 2 === 0 ? steps : [...steps].reverse()) {
        say(`Round ${round + 1} of ${options.rounds}: ${step.name}.`);
        await step.run(run);
      }
    }
  } finally {
    await material.remove();
  }
  return report(run);
}

/** The load's own first steps are slow, and would look like the server's. */
async function rehearse(run: Run): Promise<void> {
  const short = { ...run, samples: new Samples(), options: { ...run.options, seconds: REHEARSAL } };
  for (const step of rehearsal) await step.run(short);
}

const REHEARSAL = 0.2;

const nothing = () => ({ sent: 0, received: 0 });

const report = ({ options: { seconds, rounds, pairs, keys, rooms }, cores, samples, tallies }: Run): Report => ({
  node: process.version,
  openssl: process.versions.openssl,
  machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, ${process.platform} ${process.arch}`,
  date: new Date().toISOString(),
  cores,
  options: { seconds, rounds, pairs, keys, rooms },
  rows: rows(samples, { pairs, rooms }),
  messages: tallies,
});
