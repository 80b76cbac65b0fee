import { closeSync, openSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { systemClock } from '../common/clock.js';
import { givenPassphrase, passphrase } from '../common/cli/passphrase.js';
import { type ErrorCode, MessageAppError } from '../common/errors.js';
import { giveRoom } from './heap-room.js';
import { type RunningServer, startServer } from './library.js';
import { type MaterialPaths, type MaterialRead, readMaterial } from './material.js';
import { AccountFiles } from './accounts.js';
import { type MainOptions, readOptions } from './options.js';
import { type Log, makeLog } from './relay/log.js';
import { lockUsers } from './users-lock.js';

/** Exit statuses besides the usual ones. */
export const statuses: Readonly<Partial<Record<ErrorCode, number>>> = { 'cannot-listen': 3, 'not-now': 1 };

const INTERRUPTED = 130;

/** `node server PORT`: starts the relay and serves until a signal ends it. @returns the exit status */
export async function main(args: readonly string[]): Promise<number> {
  const options = await readOptions(args, (help) => process.stdout.write(help));
  if (!options) return 0;
  // Whoever reads the log may leave; the users stay.
  process.stdout.removeAllListeners('error').on('error', () => undefined);
  giveRoom();
  const log = makeLog(options.log, systemClock, (line) => process.stdout.write(line));
  const paths = await existing(options);
  const { host, port, limits, acceptCertificates, logWire, registration: mode } = options;
  const registration = mode === 'closed' ? undefined : { mode, accounts: new AccountFiles(paths.users) };
  const material = materialReader(paths, options);
  const unlock = await lockUsers(paths.users, registration !== undefined);
  const server = await startServer({ host, port, limits, acceptCertificates, logWire, log, material, registration });
  return until(server, log).finally(unlock);
}

/** An authority's certificate that was named must be there; without one in its usual place, none is believed. */
async function existing({ paths, authorityNamed }: MainOptions): Promise<MaterialPaths> {
  const { authority } = paths;
  if (authorityNamed || authority === undefined) return paths;
  const there = await access(authority).then(() => true, () => false);
  return there ? paths : { ...paths, authority: undefined };
}

/** Asks for a passphrase the first time only: later there may be nobody at the terminal. */
function materialReader(paths: MaterialPaths, { passphraseFile: file }: MainOptions): () => Promise<MaterialRead> {
  let former: MaterialRead | undefined;
  return async () => {
    const given = await givenPassphrase({ file });
    const ask = given !== undefined ? async () => given
      : former === undefined ? () => passphrase({ prompt: "Passphrase of the server's private key" })
        : undefined;
    const material = await readMaterial(paths, ask, former);
    former = material;
    return material;
  };
}

/** Serves until SIGTERM or SIGINT; a second SIGINT does not wait for the clients. */
function until(server: RunningServer, log: Log): Promise<number> {
  return new Promise((resolve, reject) => {
    let closing = false;
    const close = () => {
      if (closing) return;
      closing = true;
      server.close().then(() => resolve(0), reject);
    };
    process.on('SIGTERM', close);
    process.on('SIGINT', () => (closing ? resolve(INTERRUPTED) : close()));
    process.on('SIGHUP', () => {
      if (terminalGone()) return close();
      if (!closing) server.reload().catch((error: unknown) => log('reload-failed', { detail: reasonOf(error) }));
    });
  });
}

const onTerminal = process.stdin.isTTY === true;

/** The same signal says that the terminal was closed in which the relay was started: it is not to be left behind. */
function terminalGone(): boolean {
  if (!onTerminal || process.platform === 'win32') return false;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return false;
  } catch {
    return true;
  }
}

const reasonOf = (error: unknown) => error instanceof MessageAppError ? error.message : String(error);
