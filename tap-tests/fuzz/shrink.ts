import { Finding, tryOnce } from './fuzzer.js';
import type { Target } from './target.js';

const TRIES_MAX = 1_000;
const LONGEST_MS = 20_000;

/** What went wrong, without the numbers that are different each time. */
const kindOf = ({ cause }: Finding): string => String(cause).replace(/[0-9a-f]{6,}|\d+|"[^]*"/g, '#').slice(0, 60);

/** Leaves out pieces of an input for as long as the same goes wrong; in the end it is as short as can be, or nearly. */
export async function shrink(target: Target, finding: Finding): Promise<Buffer> {
  const kind = kindOf(finding);
  let best = finding.input;
  let tries = 0;
  const end = performance.now() + LONGEST_MS;
  const goesOn = () => tries < TRIES_MAX && performance.now() < end;
  for (let size = Math.ceil(best.length / 2); size >= 1 && goesOn(); size = size > 1 ? Math.ceil(size / 2) : 0) {
    for (let at = 0; at < best.length && goesOn(); tries++) {
      const shorter = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      if (await fails(target, shorter, kind)) best = shorter;
      else at += size;
    }
  }
  return best;
}

async function fails(target: Target, input: Buffer, kind: string): Promise<boolean> {
  try {
    await tryOnce(target, input);
    return false;
  } catch (error) {
    return error instanceof Finding && kindOf(error) === kind;
  }
}
