import { parseArgs } from 'node:util';
import { UsageError } from '../../common/errors.js';
import type { Target } from './target.js';
import { targets } from './targets.js';

export interface Options {
  /** Goes on with new seeds for so long; undefined: one seed, as in the tests. */
  readonly minutes: number | undefined;
  readonly seed: number;
  readonly targets: readonly Target[];
  /** This one alone, instead of many. */
  readonly input: Buffer | undefined;
  /** Where an input that fails goes. */
  readonly out: string | undefined;
  readonly list: boolean;
  readonly help: boolean;
}

export const HELP = `npm run fuzz -- [options]

Gives readers what nobody should send, and sees that they refuse it as the protocol says.

  --minutes N     goes on with new seeds for so long; without, the one seed of the tests
  --seed S        the first seed, 0 to 4294967295 (1; with --minutes a new one each time)
  --target NAME   only those whose name begins so; --list shows all
  --input HEX     this input alone, for one target
  --out FILE      writes an input that fails into a file, too
  --list          the names of the targets, and how many inputs belong to a seed
`;

const SEED_MAX = 2 ** 32 - 1;

/** Reads the arguments. Throws UsageError 'bad-argument'. */
export function readOptions(args: readonly string[], now: () => number = Date.now): Options {
  const { minutes, seed, target = '', input, out, list, help } = parse(args);
  const named = targets.filter(({ name }) => name.startsWith(target));
  const exact = named.filter(({ name }) => name === target);
  const chosen = exact.length > 0 ? exact : named;
  if (chosen.length === 0) throw new UsageError('bad-argument', `There is no target ${target}. (--list shows them)`);
  if (input !== undefined && chosen.length > 1) throw new UsageError('bad-argument', '--input needs one --target.');
  return {
    minutes: minutes === undefined ? undefined : number('minutes', minutes, 0.01, 100_000),
    seed: seed === undefined ? usualSeed(minutes, now) : Math.floor(number('seed', seed, 0, SEED_MAX)),
    targets: chosen,
    input: input === undefined ? undefined : bytes(input),
    out, list, help,
  };
}

/** The seed of the tests. */
export const SEED = 1;

function usualSeed(minutes: string | undefined, now: () => number): number {
  return minutes === undefined ? SEED : now() % SEED_MAX;
}

function bytes(hex: string): Buffer {
  if (/^([0-9a-f]{2})*$/i.test(hex)) return Buffer.from(hex, 'hex');
  throw new UsageError('bad-argument', '--input is hexadecimal.');
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string' },
        seed: { type: 'string' },
        target: { type: 'string' },
        input: { type: 'string' },
        out: { type: 'string' },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (cause) {
    throw new UsageError('bad-argument', `${(cause as Error).message} (--help shows what there is)`, { cause });
  }
}

function number(name: string, given: string, min: number, max: number): number {
  const value = Number(given);
  if (given.trim() !== '' && value >= min && value <= max) return value;
  throw new UsageError('bad-argument', `--${name} is a number from ${min} to ${max}.`);
}
