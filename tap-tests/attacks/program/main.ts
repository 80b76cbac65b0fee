import { runMain } from '../../../common/cli/run.js';
import { attack } from './program.js';

for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const) {
  process.once(signal, () => process.exit(code));
}
await runMain(() => attack(process.argv.slice(2), process.stdout, process.env));
