import { writeFile } from 'node:fs/promises';
import { runMain } from '../../common/cli/run.js';
import { HELP, readOptions } from './options.js';
import { soakPicture } from './picture.js';
import { failures, page } from './report.js';
import { soak } from './soak.js';

/** `npm run soak`: many users and all attackers on one relay, for minutes or hours. Ends with 1 if anything was not well. */
async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const) {
    process.once(signal, () => process.exit(status));
  }
  const report = await soak(options, (line) => process.stderr.write(`${line}\n`));
  if (options.svg !== undefined) await writeFile(options.svg, soakPicture(report));
  const text = options.json ? `${JSON.stringify(report, null, 2)}\n` : page(report);
  await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
  return failures(report).length === 0 ? 0 : 1;
}

await runMain(() => main(process.argv.slice(2)));
