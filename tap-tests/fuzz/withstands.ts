import type { Test } from 'tap';
import { Finding, fuzz, tryThese } from './fuzzer.js';
import { SEED } from './options.js';
import { lineOf } from './program.js';
import { regressions } from './regressions.js';
import type { Target } from './target.js';

/** A tenth of the inputs is new in each run: FUZZ_SEED=… repeats it. */
const NEW_SHARE = 0.1;
export const newSeed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);

/** What is right, what it once did not withstand, the inputs of the seed that is always the same, and some new ones. */
export async function withstands(t: Test, target: Target): Promise<void> {
  await reported(t, target, async () => {
    const outcomes = await tryThese(target, target.seeds);
    t.same(outcomes.filter((outcome) => target.errors.includes(outcome as never)), [], 'takes what is right');
  });
  const before = regressions.filter(([name]) => name === target.name).map(([, input]) => Buffer.from(input, 'hex'));
  if (before.length > 0) {
    await reported(t, target, async () => t.ok(await tryThese(target, before), 'withstands what it once did not'));
  }
  for (const [seed, share] of [[SEED, 1], [newSeed, NEW_SHARE]] as const) {
    await reported(t, target, async () => {
      const statistics = await fuzz(target, seed, Math.ceil(target.inputs * share));
      t.ok(statistics.outcomes.size > 0, `seed ${seed}: ${lineOf(statistics)}`);
    });
  }
}

/** A finding is told with what leads to it again. */
async function reported(t: Test, { name }: Target, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
    const { seed, input, message, cause } = error;
    t.comment(`again: npm run fuzz -- --target '${name}' --seed ${seed}`);
    t.comment(`or:    npm run fuzz -- --target '${name}' --input ${input.toString('hex', 0, 5_000)}`);
    t.fail(message, { found: cause instanceof Error ? cause.stack : String(cause) });
  }
}
