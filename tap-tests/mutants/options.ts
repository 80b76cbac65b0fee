import yargs from 'yargs';
import { UsageError } from '../../common/errors.js';

export interface Options {
  /** Those whose name, file or test has this in it; empty: all. */
  readonly only: string;
  /** Copies in which mutants are tried at the same time. */
  readonly jobs: number;
  /** Show them and try none. */
  readonly list: boolean;
  /** Show which assertion failed. */
  readonly why: boolean;
}

const HELP = '(npm run mutants -- --help shows how)';

/**
 * Reads the arguments. Throws UsageError 'bad-argument'.
 * @returns undefined where help was asked for, which has been given to `print` then
 */
export async function readOptions(
  argv: readonly string[], print: (help: string) => void,
): Promise<Options | undefined> {
  let shown = false;
  const parser = yargs()
    .scriptName('npm run mutants --')
    .usage('$0 [options]\n\nSabotages the source in one place at a time, and runs the test that has to see it.')
    .option('only', {
      type: 'string', requiresArg: true, default: '', describe: 'those with this text in their name, file or test',
    })
    .option('jobs', { type: 'number', requiresArg: true, default: 2, describe: 'how many are tried at a time' })
    .option('list', { type: 'boolean', default: false, describe: 'show them, and try none' })
    .option('why', { type: 'boolean', default: false, describe: 'show which assertion saw each' })
    .epilogue('Exit status: 0 all were killed, 1 one survived or could not be tried, 2 wrong usage.')
    .strict()
    .demandCommand(0, 0, `There is nothing to name but options. ${HELP}`)
    .version(false)
    .wrap(100)
    .parserConfiguration({ 'duplicate-arguments-array': false })
    .exitProcess(false)
    .fail((message, error) => {
      throw new UsageError('bad-argument', `${(message ?? error?.message).split('\n')[0]} ${HELP}`);
    });
  const { only, jobs, list, why } = await parser.parseAsync([...argv], {}, (_error, _argv, output) => {
    if (output === '') return;
    shown = true;
    print(output);
  });
  if (shown) return undefined;
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 64) {
    throw new UsageError('bad-argument', `--jobs is a whole number from 1 to 64. ${HELP}`);
  }
  return { only, jobs, list, why };
}
