import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetTemporary, noteTemporary } from '../../common/files/temporary.js';
import { Copy } from './copy.js';
import { type Mutant, sabotaged } from './mutant.js';
import type { Outcome } from './run-test.js';
import { transpiled } from './transpile.js';

export interface Verdict {
  readonly mutant: Mutant;
  /** `error`: the list, or the runner, is wrong; nothing is known of the test. */
  readonly verdict: 'killed' | 'SURVIVED' | 'error';
  readonly ms: number;
  /** The assertion that failed, or why nothing is known. */
  readonly what: string;
}

export interface HuntOptions {
  readonly jobs: number;
  /** A mutant that hangs is given up after five times what its test takes, and after this at the earliest. */
  readonly limitMs?: number;
  /** A mutant that is no valid TypeScript is not tried. */
  readonly typeFaults?: ReadonlyMap<Mutant, string>;
  /** Told of what is done at the moment. */
  readonly progress?: (line: string) => void;
  /** Told of each verdict, in the order of the list. */
  readonly told?: (verdict: Verdict) => void;
}

const UNMUTATED_LIMIT_MS = 120_000;
const LIMIT_MS = 20_000;

/** Tries mutants in copies of the project, which are gone afterwards. Every test has to pass unmutated first. */
export async function hunt(root: string, mutants: readonly Mutant[], options: HuntOptions): Promise<Verdict[]> {
  const { jobs, limitMs = LIMIT_MS, progress = () => undefined, told = () => undefined } = options;
  const folder = mkdtempSync(join(tmpdir(), 'mutants-'));
  noteTemporary(folder);
  try {
    progress('Copying the project.');
    const tests = [...new Set(mutants.map(({ test }) => test))];
    const files = transpiled(root, tests);
    const sources = new Map(mutants.map((mutant) => [mutant, sabotaged(root, mutant)]));
    const copies = Array.from({ length: jobs }, (_, job) => new Copy(join(folder, String(job)), root, files));

    progress(`Running the tests on the source as it is: ${tests.length}.`);
    const unmutated = new Map<string, Outcome>();
    await share(tests, copies, async (test, copy) => {
      unmutated.set(test, await copy.unmutated(test, UNMUTATED_LIMIT_MS));
    });

    progress(`Trying the mutants: ${mutants.length}.`);
    const report = inOrder(told);
    await share([...mutants.entries()], copies, async ([index, mutant], copy) => {
      const fault = options.typeFaults?.get(mutant);
      const before = unmutated.get(mutant.test)!;
      if (fault !== undefined) {
        report.put(index, { mutant, verdict: 'error', ms: 0, what: `it does not compile: ${fault}` });
      } else if (before.result !== 'passed') {
        const what = `its test fails without it: ${before.what}`;
        report.put(index, { mutant, verdict: 'error', ms: before.ms, what });
      } else {
        const outcome = await copy.mutated(mutant, sources.get(mutant)!, Math.max(limitMs, 5 * before.ms));
        report.put(index, { mutant, ms: outcome.ms, ...judged(outcome) });
      }
    });
    return report.all;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    forgetTemporary(folder);
  }
}

function judged({ result, what }: Outcome): Pick<Verdict, 'verdict' | 'what'> {
  switch (result) {
    case 'passed': return { verdict: 'SURVIVED', what: '' };
    case 'failed': return { verdict: 'killed', what };
    case 'timeout': return { verdict: 'killed', what: `by timeout: ${what}` };
    case 'broken': return { verdict: 'error', what: `its test did not get that far: ${what}` };
  }
}

/** Each item once, by whichever copy is free. */
async function share<T>(items: readonly T[], copies: readonly Copy[], work: (item: T, copy: Copy) => Promise<void>) {
  const left = [...items];
  await Promise.all(copies.map(async (copy) => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item, copy);
  }));
}

/** Hands on what comes in any order in the order of its numbers. */
function inOrder<T>(told: (item: T) => void): { readonly all: T[]; put(index: number, item: T): void } {
  const [all, waiting] = [[] as T[], new Map<number, T>()];
  return {
    all,
    put(index, item) {
      waiting.set(index, item);
      for (let next = waiting.get(all.length); next !== undefined; next = waiting.get(all.length)) {
        all.push(next);
        told(next);
      }
    },
  };
}
