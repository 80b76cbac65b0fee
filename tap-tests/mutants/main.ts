import { runMain } from '../../common/cli/run.js';
import { command } from './command.js';

/**
 * `npm run mutants`: the source is sabotaged in one place at a time, and the test that has to see it is run. What
 * survives is a test that is missing.
 */
await runMain(() => {
  // The process ends by itself, so that what was noted as temporary is removed; the tests end with it.
  for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const) {
    process.once(signal, () => process.exit(status));
  }
  return command(process.argv.slice(2), {
    say: (line) => void process.stdout.write(`${line}\n`),
    progress: (line) => void process.stderr.write(`${line}\n`),
  });
});
