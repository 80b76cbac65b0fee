import { parseArgs } from 'node:util';
import { UsageError } from '../../common/errors.js';

export interface SoakOptions {
  /** Of load, once everybody is there. */
  readonly minutes: number;
  /** Users in a chat, two and two. */
  readonly active: number;
  /** Users who are logged in and say nothing. */
  readonly idle: number;
  /** Seconds between two texts of one user, on average. */
  readonly every: number;
  readonly attacks: boolean;
  /** Which rows attack; all of fire unless said. */
  readonly rows?: readonly string[];
  readonly svg: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

export const HELP = `npm run soak -- [options]

Puts one relay with its default limits under the load of many users and under attack at the same time. Every text is
counted; latency, memory and descriptors are watched. It ends with 1 if a text was lost, doubled or out of order, if an
honest user was disturbed, if an attack succeeded, or if descriptors did not come back.

  --minutes N   of load (10)
  --active N    users in a chat, two and two (1000)
  --idle N      users who are logged in and say nothing (4000)
  --every N     seconds between two texts of an active user, on average (2.5)
  --no-attacks  the honest load alone
  --svg FILE    latency, memory and descriptors over the run, as a picture
  --json        all figures as JSON
`;

type Numbers = 'minutes' | 'active' | 'idle' | 'every';

/** Reads the arguments. Throws UsageError 'bad-argument'. */
export function readOptions(args: readonly string[]): SoakOptions {
  const values = parse(args);
  return {
    minutes: number('minutes', values.minutes, 0.01, 24 * 60),
    active: 2 * Math.floor(number('active', values.active, 2, 10_000) / 2),
    idle: Math.floor(number('idle', values.idle, 0, 20_000)),
    every: number('every', values.every, 1, 600),
    attacks: !values['no-attacks'],
    svg: values.svg,
    json: values.json,
    help: values.help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string', default: '10' },
        active: { type: 'string', default: '1000' },
        idle: { type: 'string', default: '4000' },
        every: { type: 'string', default: '2.5' },
        'no-attacks': { type: 'boolean', default: false },
        svg: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (cause) {
    throw new UsageError('bad-argument', `${(cause as Error).message} (--help shows what there is)`, { cause });
  }
}

function number(name: Numbers, given: string, min: number, max: number): number {
  const value = Number(given);
  if (given.trim() !== '' && value >= min && value <= max) return value;
  throw new UsageError('bad-argument', `--${name} is a number from ${min} to ${max}.`);
}
