import { passphrase } from '../common/cli/passphrase.js';
import { systemClock } from '../common/clock.js';
import { UsageError } from '../common/errors.js';
import { Asking } from './asking.js';
import { type FromFolder, readCredentials } from './credentials.js';
import type { Engine } from './engine/engine.js';
import type { ClientOptions } from './options.js';
import { type AskOnPage, runWeb } from './ui/web/index.js';

/**
 * `--web`: a passphrase is asked for where the client was started, and on the page where there is no terminal or
 * nothing was typed; the password of an account on the page.
 * @returns the exit status
 */
export function openPage(
  username: string,
  options: ClientOptions,
  engineOf: (options: ClientOptions, from: FromFolder, asking: Asking) => Engine,
): Promise<number> {
  const io = { input: process.stdin, output: process.stdout };
  return runWeb({ ...io, user: username, port: options.webPort, clock: systemClock }, async (ask) => {
    const from = await readCredentials(username, options, terminalFirst(ask));
    return engineOf(options, from, new Asking(username, options, (again) => ask('password', again)));
  });
}

function terminalFirst(ask: AskOnPage): (again: boolean) => Promise<string> {
  let terminal = process.stdin.isTTY === true;
  return async (again) => {
    if (terminal) {
      try {
        if (again) process.stderr.write('That is not the passphrase; try again.\n');
        return await passphrase({ prompt: 'Passphrase (only Enter: on the page)' });
      } catch (error) {
        if (!(error instanceof UsageError && error.code === 'no-passphrase')) throw error;
        terminal = false;
        return ask('passphrase', false);
      }
    }
    return ask('passphrase', again);
  };
}
