import { runMain } from '../../common/cli/run.js';
import { main } from './main.js';

await runMain(() => main(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`)));
