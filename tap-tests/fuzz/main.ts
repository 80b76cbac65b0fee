import { runMain } from '../../common/cli/run.js';
import { main } from './program.js';

await runMain(() => main(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`)));
