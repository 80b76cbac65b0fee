import { createInterface } from 'node:readline/promises';
import { systemClock } from '../common/clock.js';
import type { ErrorCode } from '../common/errors.js';
import { UsageError } from '../common/errors.js';
import { checkUsername } from '../common/wire/username.js';
import { type FromFolder, readCredentials } from './credentials.js';
import { dial } from './engine/dial.js';
import { Engine } from './engine/engine.js';
import { Asking } from './asking.js';
import { type ClientOptions, readOptions } from './options.js';
import { registerAccount } from './register.js';
import { runJsonLines } from './ui/json-lines/json-lines.js';
import { verify } from './verify/main.js';
import { registerForPerson, registerForProgram } from './ui/registering.js';
import { runTerminal } from './ui/terminal/index.js';

/** Exit statuses that are not those of every program here. */
export const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  'cannot-connect': 3, 'bad-certificate': 4, 'refused': 4, 'name-taken': 4, 'unasked': 4,
};

/** `node client`: from its arguments to its exit status. Throws MessageAppError. */
export async function main(argv: readonly string[]): Promise<number> {
  if (argv[0] === 'verify') return verify(argv.slice(1), (line) => console.log(line));
  const options = await readOptions(argv);
  if (!options) return 0;
  const username = checkUsername(options.user ?? await askUsername());
  if (options.register) {
    const register = () => registerAccount(username, options);
    return options.json ? registerForProgram(register, process.stdout, systemClock)
      : registerForPerson(register, options, process.stdout);
  }
  // Loaded where it is asked for: HTTP and the page are nothing to a client in a terminal.
  if (options.web) return (await import('./page.js')).openPage(username, options, engineOf);
  const asking = new Asking(username, options);
  const engine = engineOf(options, await readCredentials(username, options), asking);
  if (options.json) return runJsonLines(engine, { input: process.stdin, output: process.stdout }, systemClock);
  const colour = options.colour && process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';
  return runTerminal(engine, { input: process.stdin, output: process.stdout }, {
    user: username, colour, didactic: options.didactic, asking,
  });
}

function engineOf(options: ClientOptions, from: FromFolder, asking: Asking): Engine {
  return new Engine({
    ...from,
    serverName: options.serverName,
    suites: options.suites,
    clock: systemClock,
    dial: () => dial(options.host, options.port),
    reconnectMs: options.reconnectMs,
    didactic: options.didactic,
    password: () => asking.ask(),
    passwordTries: asking.tries,
  });
}

async function askUsername(): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new UsageError('bad-argument', 'There is no terminal to ask for the username: give it with --user NAME.');
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const interrupted = new Promise<never>((_resolve, reject) =>
    lines.on('SIGINT', () => reject(new UsageError('interrupted', 'Interrupted.'))));
  try {
    return (await Promise.race([lines.question('Username: '), interrupted])).trim();
  } finally {
    lines.close();
  }
}
