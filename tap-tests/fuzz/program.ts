import { writeFile } from 'node:fs/promises';
import { Finding, fuzz, type Statistics, tryOnce } from './fuzzer.js';
import { HELP, type Options, readOptions } from './options.js';
import { shrink } from './shrink.js';
import type { Target } from './target.js';

type Print = (line: string) => void;

/** `npm run fuzz`: targets tried with the inputs of one seed, or of new ones for some minutes. 1 where one failed. */
export async function main(args: readonly string[], print: Print): Promise<number> {
  const options = readOptions(args);
  if (options.help) return say(print, HELP.trimEnd());
  if (options.list) return say(print, ...options.targets.map(({ name, inputs }) => `${name.padEnd(32)}${inputs}`));
  if (options.input) return oneInput(options, options.input, print);
  return manyInputs(options, print);
}

function say(print: Print, ...lines: readonly string[]): number {
  lines.forEach(print);
  return 0;
}

async function oneInput({ targets, out }: Options, input: Buffer, print: Print): Promise<number> {
  const [target] = targets as readonly [Target];
  try {
    print(`${target.name}: ${await tryOnce(target, input)}`);
    return 0;
  } catch (error) {
    return failed(target, error, out, print);
  }
}

async function manyInputs({ minutes, seed: first, targets, out }: Options, print: Print): Promise<number> {
  const end = minutes === undefined ? 0 : performance.now() + minutes * 60_000;
  const left = new Set(targets);
  const totals = new Map<string, Statistics>();
  print(`Seeds from ${first} on.`);
  let status = 0;
  let seed = first;
  do {
    for (const target of left) {
      if (end > 0 && performance.now() > end) break;
      try {
        totals.set(target.name, sum(totals.get(target.name), await fuzz(target, seed)));
      } catch (error) {
        left.delete(target);
        status = await failed(target, error, out, print);
      }
    }
    seed++;
  } while (performance.now() < end && left.size > 0);
  for (const total of totals.values()) print(lineOf(total));
  const all = [...totals.values()].reduce((count, { inputs }) => count + inputs, 0);
  print(`${all} inputs, seeds ${first} to ${seed - 1}: ${status === 0 ? 'nothing found' : 'see above'}`);
  return status;
}

/** Says how to come to it again. @returns the exit status */
async function failed(target: Target, error: unknown, out: string | undefined, print: Print): Promise<number> {
  if (!(error instanceof Finding)) throw error;
  print(`FAILED ${error.message}`);
  if (error.cause instanceof Error) print(error.cause.stack ?? '');
  const input = await shrink(target, error);
  print(`again:  npm run fuzz -- --target '${target.name}' --seed ${error.seed}`);
  print(`or:     npm run fuzz -- --target '${target.name}' --input ${input.toString('hex')}`);
  if (out !== undefined) await writeFile(out, input);
  return 1;
}

function sum(before: Statistics | undefined, now: Statistics): Statistics {
  if (!before) return now;
  const outcomes = new Map(before.outcomes);
  for (const [outcome, count] of now.outcomes) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
  return { ...now, inputs: before.inputs + now.inputs, ms: before.ms + now.ms, outcomes };
}

const SHOWN = 6;

/** `M1   20000 inputs, 91000/s: malformed 17811, read 2189`. */
export function lineOf({ target, inputs, ms, outcomes }: Statistics): string {
  const counts = [...outcomes].sort(([, a], [, b]) => b - a);
  const more = counts.length > SHOWN ? `, and ${counts.length - SHOWN} others` : '';
  const shown = counts.slice(0, SHOWN).map(([outcome, count]) => `${outcome} ${count}`).join(', ');
  const rate = Math.round(inputs / ms * 1_000);
  return `${target.padEnd(32)}${String(inputs).padStart(8)} inputs, ${rate}/s: ${shown}${more}`;
}
