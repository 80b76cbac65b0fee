import { parseArgs } from 'node:util';
import { UsageError } from '../common/errors.js';
import { ROOM_MEMBERS_MAX } from '../common/wire/limits.js';
import { type Broker, brokers } from './brokers/kinds.js';

/** What can be measured by itself. */
export const parts = ['logins', 'pair', 'many', 'rooms', 'storm', 'idle', 'scale'] as const;
export type Part = (typeof parts)[number];

export interface Options {
  /** Of each measurement in a round. */
  readonly seconds: number;
  readonly rounds: number;
  /** Pairs that talk at the same time, each number by itself. */
  readonly pairs: readonly number[];
  /** RSA keys of a full pool: as many logins are measured with it. */
  readonly keys: number;
  /** Members of each room that is measured. */
  readonly rooms: readonly number[];
  /** Users who log in at once. */
  readonly storm: number;
  /** Sessions that are weighed. */
  readonly idle: number;
  /** Sessions of each measurement with half of them talking. */
  readonly scale: readonly number[];
  readonly only: readonly Part[];
  /** Undefined: all that are installed. */
  readonly brokers: readonly Broker[] | undefined;
  readonly json: boolean;
  /** Where the chart goes. */
  readonly svg: string | undefined;
  readonly scaleSvg: string | undefined;
  readonly markdown: string | undefined;
  readonly help: boolean;
}

export const HELP = `npm run bench -- [options]

Measures this relay beside two that do the same over mutual TLS 1.3, and beside the message brokers that are installed
here, each over mutual TLS as well; prints ratios with their spread.

  --seconds N      of each measurement in a round (2)
  --rounds N       interleaved; median and spread are taken over them (5)
  --pairs N,N      pairs that talk at the same time (100,1000)
  --keys N         RSA keys of a full pool, each for one login (48)
  --rooms N,N      members of the rooms (3,16,50)
  --storm N        users who log in at once, right after the start (1000)
  --idle N         sessions that are weighed (2000)
  --scale N,N      sessions, half of which talk, a pair after another (10,100,1000)
  --only PART,PART of ${parts.join(', ')} (all)
  --brokers NAME,NAME
                   of ${brokers.join(', ')}; or none (all that are installed)
  --json           all numbers as JSON
  --svg FILE       the ratios as a chart, too
  --scale-svg FILE what --scale gave, as a chart
  --markdown FILE  a page with all of it, as docs/PERFORMANCE.md; what lies there between its marks is kept
`;

/** Reads the arguments. Throws UsageError 'bad-argument'. */
export function readOptions(args: readonly string[]): Options {
  const given = parse(args);
  return {
    seconds: number('seconds', given.seconds, { min: 0.1, max: 3_600 }),
    rounds: number('rounds', given.rounds, { min: 1, max: 1_000, whole: true }),
    pairs: list('pairs', given.pairs, { min: 1, max: 5_000 }),
    keys: number('keys', given.keys, { min: 2, max: 10_000, whole: true }),
    rooms: list('rooms', given.rooms, { min: 3, max: ROOM_MEMBERS_MAX }),
    storm: number('storm', given.storm, { min: 1, max: 20_000, whole: true }),
    idle: number('idle', given.idle, { min: 1, max: 50_000, whole: true }),
    scale: list('scale', given.scale, { min: 4, max: 50_000 }),
    only: given.only === undefined ? parts : given.only.split(',').map(part),
    brokers: given.brokers === undefined ? undefined : brokersOf(given.brokers),
    json: given.json,
    svg: given.svg,
    scaleSvg: given['scale-svg'],
    markdown: given.markdown,
    help: given.help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seconds: { type: 'string', default: '2' },
        rounds: { type: 'string', default: '5' },
        pairs: { type: 'string', default: '100,1000' },
        keys: { type: 'string', default: '48' },
        rooms: { type: 'string', default: '3,16,50' },
        storm: { type: 'string', default: '1000' },
        idle: { type: 'string', default: '2000' },
        scale: { type: 'string', default: '10,100,1000' },
        only: { type: 'string' },
        brokers: { type: 'string' },
        json: { type: 'boolean', default: false },
        svg: { type: 'string' },
        'scale-svg': { type: 'string' },
        markdown: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (cause) {
    const { message } = cause as Error;
    throw new UsageError('bad-argument', `${message} (--help shows what there is)`, { cause });
  }
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

/** As a list, without what is there twice. */
const list = (name: string, given: string, range: Range): number[] =>
  [...new Set(given.split(',').map((each) => number(name, each, { ...range, whole: true })))];

function number(name: string, given: string, { min, max, whole = false }: Range): number {
  const value = Number(given);
  const fits = given.trim() !== '' && value >= min && value <= max;
  if (fits && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? 'whole number' : 'number';
  throw new UsageError('bad-argument', `--${name} is a ${kind} from ${min} to ${max}.`);
}

function part(given: string): Part {
  const found = parts.find((each) => each === given);
  if (!found) throw new UsageError('bad-argument', `--only takes ${parts.join(', ')}.`);
  return found;
}

/** In the order in which they are shown, whatever was given. */
function brokersOf(given: string): readonly Broker[] {
  if (given === 'none') return [];
  const names = given.split(',');
  if (names.some((name) => !brokers.some((each) => each === name))) {
    throw new UsageError('bad-argument', `--brokers takes ${brokers.join(', ')}, or none.`);
  }
  return brokers.filter((each) => names.includes(each));
}
