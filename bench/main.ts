import { readFile, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { runMain } from '../common/cli/run.js';
import { giveRoom } from '../server/heap-room.js';
import { bench, type Report } from './bench.js';
import { chart } from './chart.js';
import { HELP, type Options, readOptions } from './options.js';
import { page } from './page.js';
import { scaleChart } from './scale-chart.js';
import { table } from './table.js';

/**
 * `npm run bench`: this relay beside two over mutual TLS 1.3 and beside brokers, in one run, in interleaved rounds. It
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
  // The load's own garbage is not to be what is measured, with this relay or with another.
  giveRoom();
  const report = await bench(options, (line) => process.stderr.write(`${line}\n`));
  if (options.svg !== undefined) await writeFile(options.svg, chart(report));
  if (options.scaleSvg !== undefined) await writeFile(options.scaleSvg, scaleChart(report));
  if (options.markdown !== undefined) await writePage(options.markdown, report, options);
  await print(options.json ? `${JSON.stringify(report, null, 2)}\n` : table(report));
  return 0;
}

/** What people wrote into the page that is there stays. */
async function writePage(path: string, report: Report, { svg, scaleSvg }: Options): Promise<void> {
  const former = await readFile(path, 'utf8').catch(() => '');
  const given = [['How many times better than TLS', svg], ['Many sessions on one relay', scaleSvg]] as const;
  const pictures = given.flatMap(([title, file]) =>
    (file === undefined ? [] : [{ title, file: relative(dirname(path), file) }]));
  await writeFile(path, page(report, former, pictures));
}

/** Resolves once it is written: the process is ended right after. */
const print = (text: string) => new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));

await runMain(() => main(process.argv.slice(2)));
