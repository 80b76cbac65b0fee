import { writeFile } from 'node:fs/promises';
import { runMain } from '../common/cli/run.js';
import { bench } from './bench.js';
import { chart } from './chart.js';
import { HELP, readOptions } from './options.js';
import { table } from './table.js';

/**
 * `npm run bench`: this relay beside a relay over mutual TLS 1.3, in one run and in interleaved rounds. It
 * states ratios with their spread and asserts no time: it ends with 0 whenever it could measure.
 */
async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  // The process ends by itself, so that what was noted as temporary is removed; the servers end with it.
  for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const) {
    process.once(signal, () => process.exit(status));
  }
  const report = await bench(options, (line) => process.stderr.write(`${line}\n`));
  if (options.svg !== undefined) await writeFile(options.svg, chart(report));
  await print(options.json ? `${JSON.stringify(report, null, 2)}\n` : table(report));
  return 0;
}

/** Resolves once it is written: the process is ended right after. */
const print = (text: string) => new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));

await runMain(() => main(process.argv.slice(2)));
