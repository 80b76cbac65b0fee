import { runMain } from '../common/cli/run.js';
import { main, statuses } from './main.js';

await runMain(() => main(process.argv.slice(2)), { statuses });
