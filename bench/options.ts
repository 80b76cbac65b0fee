import { parseArgs } from 'node:util';
import { UsageError } from '../common/errors.js';
import { ROOM_MEMBERS_MAX } from '../common/wire/limits.js';

export interface Options {
  /** Of each measurement in a round. */
  readonly seconds: number;
  readonly rounds: number;
  /** Pairs that talk at the same time. */
  readonly pairs: number;
  /** RSA keys of a full pool: as many logins are measured with it. */
  readonly keys: number;
  /** Members of each room that is measured. */
  readonly rooms: readonly number[];
  readonly json: boolean;
  /** Where the chart goes. */
  readonly svg: string | undefined;
  readonly help: boolean;
}

export const HELP = `npm run bench -- [options]

Measures this relay beside one that does the same over mutual TLS 1.3, and prints ratios with their spread.

  --seconds N   of each measurement in a round (2)
  --rounds N    interleaved; median and spread are taken over them (5)
  --pairs N     pairs that talk at the same time (200)
  --keys N      RSA keys of a full pool, each for one login (48)
  --rooms N,N   members of the rooms (3,16,64)
  --json        all numbers as JSON
  --svg FILE    the ratios as a chart, too
`;

/** Reads the arguments. Throws UsageError 'bad-argument'. */
export function readOptions(args: readonly string[]): Options {
  const { json, svg, help, rooms, ...numbers } = parse(args);
  return {
    seconds: number('seconds', numbers.seconds, { min: 0.1, max: 3_600 }),
    rounds: number('rounds', numbers.rounds, { min: 1, max: 1_000, whole: true }),
    pairs: number('pairs', numbers.pairs, { min: 1, max: 5_000, whole: true }),
    keys: number('keys', numbers.keys, { min: 2, max: 10_000, whole: true }),
    rooms: rooms.split(',').map((size) => number('rooms', size, { min: 3, max: ROOM_MEMBERS_MAX, whole: true })),
    json,
    svg,
    help,
  };
}

function parse(args: readonly string[]): Parsed {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seconds: { type: 'string', default: '2' },
        rounds: { type: 'string', default: '5' },
        pairs: { type: 'string', default: '200' },
        keys: { type: 'string', default: '48' },
        rooms: { type: 'string', default: '3,16,64' },
        json: { type: 'boolean', default: false },
        svg: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values as Parsed;
  } catch (cause) {
    const { message } = cause as Error;
    throw new UsageError('bad-argument', `${message} (--help shows what there is)`, { cause });
  }
}

type Numbers = 'seconds' | 'rounds' | 'pairs' | 'keys';
type Parsed = Readonly<Record<Numbers | 'rooms', string>> & Omit<Options, Numbers | 'rooms'>;

interface Range {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

function number(name: Numbers | 'rooms', given: string, { min, max, whole = false }: Range): number {
  const value = Number(given);
  const fits = given.trim() !== '' && value >= min && value <= max;
  if (fits && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? 'whole number' : 'number';
  throw new UsageError('bad-argument', `--${name} is a ${kind} from ${min} to ${max}.`);
}
