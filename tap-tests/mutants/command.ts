import { ROOT } from '../support/root.js';
import { UsageError } from '../../common/errors.js';
import { hunt } from './hunt.js';
import { mutants } from './list/index.js';
import { faultsOf, type Mutant } from './mutant.js';
import { readOptions } from './options.js';
import { entry, row, summary } from './table.js';
import { typeFaults } from './types.js';

/** Where its lines go: the table, and what is done at the moment. */
export interface Output {
  readonly say: (line: string) => void;
  readonly progress: (line: string) => void;
}

/** `npm run mutants`. @returns the exit status. Throws UsageError 'bad-argument'. */
export async function command(args: readonly string[], { say, progress }: Output): Promise<number> {
  const options = await readOptions(args, say);
  if (!options) return 0;
  const chosen = mutants.filter((mutant) => isMeant(mutant, options.only));
  if (chosen.length === 0) {
    throw new UsageError('bad-argument', `No mutant has "${options.only}" in its name, file or test.`);
  }
  if (options.list) {
    chosen.forEach((mutant) => say(entry(mutant)));
    return 0;
  }
  const faults = faultsOf(ROOT, chosen);
  faults.forEach(progress);
  if (faults.length > 0) return 1;

  const start = performance.now();
  progress('Checking that all of them compile.');
  const verdicts = await hunt(ROOT, chosen, {
    jobs: options.jobs, typeFaults: typeFaults(ROOT, chosen), progress,
    told: (verdict) => say(row(verdict, options.why)),
  });
  say(summary(verdicts, performance.now() - start));
  return verdicts.every(({ verdict }) => verdict === 'killed') ? 0 : 1;
}

const isMeant = ({ name, file, test }: Mutant, text: string) => [name, file, test].some((each) => each.includes(text));
