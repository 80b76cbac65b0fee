import { cpus } from 'node:os';
import type { Broker } from './brokers/kinds.js';
import { type BrokerProgram, chooseBrokers } from './brokers/programs.js';
import { cryptoSteps } from './crypto-steps.js';
import { checkDescriptors } from './descriptors.js';
import { idleSteps } from './idle-steps.js';
import { loginSteps, rehearsal } from './login-steps.js';
import { AT_ONCE, makeMaterial } from './material.js';
import type { Options, Part } from './options.js';
import { type Cores, pinLoad } from './pinning.js';
import { roomSteps } from './room-steps.js';
import { type Row, rows } from './rows.js';
import type { Run, Step, Tallies } from './run.js';
import { scaleSteps } from './scale-steps.js';
import { Samples } from './statistics.js';
import { stormSteps } from './storm-steps.js';
import { trafficSteps } from './traffic-steps.js';

export interface Report {
  readonly node: string;
  readonly openssl: string;
  readonly machine: string;
  readonly date: string;
  /** Undefined where nothing could be pinned. */
  readonly cores: Cores | undefined;
  readonly options: Omit<Options, 'brokers' | 'json' | 'svg' | 'scaleSvg' | 'markdown' | 'help'>;
  /** Which were measured too, and which could not be. */
  readonly brokers: readonly Omit<BrokerProgram, 'path'>[];
  readonly missing: readonly Broker[];
  readonly rows: readonly Row[];
  /** Each message was checked, byte for byte and in its order. */
  readonly messages: Tallies;
}

/**
 * Measures everything, round by round; every other round goes backwards.
 * @param say is told of the progress
 */
export async function bench(options: Options, say: (line: string) => void): Promise<Report> {
  const crowds = crowdsOf(options);
  checkDescriptors(Math.max(...crowds));
  const { programs, missing } = chooseBrokers(options.brokers);
  const cores = await pinLoad();
  say('Making keys.');
  const material = await makeMaterial(crowds);
  const run: Run = { options, cores, brokers: programs, material, samples: new Samples(), tallies: nothingYet() };
  const steps = stepsOf(options, programs.map(({ broker }) => broker));
  try {
    say('Rehearsing.');
    await rehearse(run);
    for (let round = 0; round < options.rounds; round++) {
      for (const step of round % 2 === 0 ? steps : [...steps].reverse()) {
        if (step.once && round > 0) continue;
        say(`Round ${round + 1} of ${options.rounds}: ${step.name}.`);
        await step.run(run);
      }
    }
  } finally {
    await material.remove();
  }
  return report(run, missing);
}

const stepsOf = ({ pairs, rooms, scale, only }: Options, brokers: readonly Broker[]): Step[] => [
  ...loginSteps(brokers), ...stormSteps, ...cryptoSteps, ...trafficSteps(pairs, brokers),
  ...roomSteps(rooms, brokers), ...idleSteps(brokers), ...scaleSteps(scale, brokers),
].filter(({ part }) => only.includes(part));

/** How many users the steps need, the greatest numbers of each. */
function crowdsOf({ pairs, rooms, storm, idle, scale, only }: Options): number[] {
  const needed: Readonly<Record<Part, readonly number[]>> = {
    logins: [AT_ONCE], pair: [2], many: pairs.map((many) => 2 * many), rooms, storm: [storm], idle: [idle], scale,
  };
  return only.flatMap((part) => needed[part]);
}

/** The load's own first steps are slow, and would look like the server's. */
async function rehearse(run: Run): Promise<void> {
  const short = { ...run, samples: new Samples(), options: { ...run.options, seconds: REHEARSAL } };
  for (const step of rehearsal) await step.run(short);
}

const REHEARSAL = 0.2;

const nothing = () => ({ sent: 0, received: 0 });

const nothingYet = (): Tallies => ({
  relay: nothing(), plain: nothing(), gathering: nothing(), nats: nothing(), mosquitto: nothing(), texts: nothing(),
});

const report = ({ options: given, cores, brokers, samples, tallies }: Run, missing: readonly Broker[]): Report => {
  const { brokers: _asked, json, svg, scaleSvg, markdown, help, ...options } = given;
  return {
    node: process.version,
    openssl: process.versions.openssl,
    machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, ${process.platform} ${process.arch}`,
    date: new Date().toISOString(),
    cores,
    options,
    brokers: brokers.map(({ broker, version }) => ({ broker, version })),
    missing,
    rows: rows(samples, options, brokers.map(({ broker }) => broker)),
    messages: tallies,
  };
};
