import { runMain } from '../common/cli/run.js';
import { main, statuses } from './main.js';

// Leaving by process.exit removes whatever was being written aside.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
await runMain(() => main(process.argv.slice(2)), { statuses });
