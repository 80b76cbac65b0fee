import type { Writable } from 'node:stream';
import type { Clock } from '../../common/clock.js';
import { showFingerprint } from '../../common/crypto/identity.js';
import { MessageAppError, UsageError } from '../../common/errors.js';
import { shownPath } from '../../common/files/bounded-read.js';
import type { ClientOptions } from '../options.js';
import type { Registered } from '../register.js';
import { statusFor } from '../engine/retry.js';

type Register = () => Promise<Registered>;

/** What comes of `--register`, for a person. @returns the exit status; throws what `register` throws */
export async function registerForPerson(
  register: Register, { identity, host, port }: ClientOptions, output: Writable,
): Promise<number> {
  const { username, folder, fingerprint } = await register();
  const where = identity === undefined ? '' : ` --identity ${shownPath(folder)}`;
  output.write(`${[
    `${username} is registered.`,
    `  ${folder} is for ${username} alone: key.pem (under the passphrase), ca.pem.`,
    '  Keep a copy: nobody else has the key.',
    `  fingerprint ${showFingerprint(fingerprint)}`,
    `  Log in: node client ${host} ${port} --user ${username}${where}`,
  ].join('\n')}\n`);
  return 0;
}

/**
 * The same for a program (README, "JSON lines"): `registered`, or `error` with the code, and then `closed`.
 * @returns the exit status. Throws what is wrong with how it was called, as the client does without --register.
 */
export async function registerForProgram(register: Register, output: Writable, clock: Clock): Promise<number> {
  const write = (event: object) => output.write(`${JSON.stringify({ ...event, time: clock.wall() })}\n`);
  let status = 0;
  let text = 'Goodbye.';
  try {
    const { username: user, folder, fingerprint } = await register();
    write({ event: 'registered', user, fingerprint: fingerprint.toString('hex'), folder });
  } catch (error) {
    const atFault = error instanceof UsageError && error.code !== 'cannot-connect';
    if (!(error instanceof MessageAppError) || atFault) throw error;
    status = statusFor(error, false);
    text = error.message;
    write({ event: 'error', code: error.code, text });
  }
  await new Promise((resolve) => {
    output.write(`${JSON.stringify({ event: 'closed', status, text, time: clock.wall() })}\n`, resolve);
  });
  return status;
}
