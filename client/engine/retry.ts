import { HandshakeError, MessageAppError, TrustError, UsageError, WireError } from '../../common/errors.js';
import { RefusedError } from './login.js';
import type { ExitStatus } from './protocol.js';

/** Pauses between tries: doubling from one second to a minute, each up to a quarter longer, so that not all come at once. */
const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

export function pauseBefore(attempt: number, random: () => number = Math.random): number {
  return Math.round(Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16)) * (1 + random() / 4));
}

const MALFORMED = 1;
const BUSY = 5;

/**
 * Whether a client tries again by itself. Nobody has authenticated a refusal: one that was logged in before goes on
 * trying whatever it says, the others only where the server is busy.
 * @param wasOnline this connection follows one that was lost
 */
export function isPassing(error: unknown, wasOnline: boolean): boolean {
  if (error instanceof RefusedError) return wasOnline || error.refusalCode === BUSY;
  if (!wasOnline) return false;
  if (error instanceof HandshakeError) return error.code === 'too-slow';
  return (error instanceof UsageError && error.code === 'cannot-connect') || error instanceof WireError || isSystemError(error);
}

export const isSystemError = (error: unknown): boolean => typeof (error as NodeJS.ErrnoException | null)?.syscall === 'string';

/** The exit status for what ended the first try, or all of them. */
export function statusFor(error: MessageAppError | Error, wasOnline: boolean): ExitStatus {
  if (error instanceof RefusedError) return error.refusalCode === MALFORMED && !wasOnline ? 3 : 4;
  if (error instanceof TrustError) return 4;
  if (error instanceof UsageError && error.code === 'interrupted') return 130;
  if (error instanceof UsageError && error.code === 'no-passphrase') return 4;
  if (error instanceof HandshakeError && error.code !== 'too-slow') return 4;
  return wasOnline ? 5 : 3;
}

/** Why a connection ended, as a person is told. */
export const plainly = (error: Error): string =>
  error instanceof MessageAppError ? error.message
    : isSystemError(error) ? `The connection to the server broke (${(error as NodeJS.ErrnoException).code}).`
      : `The connection ended for a reason that this program did not expect (${error.name}).`;
