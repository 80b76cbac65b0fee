import { type ErrorCode, MessageAppError, UsageError } from '../errors.js';
import { harmless } from '../text/harmless.js';

export interface RunOptions {
  /** Exit statuses of this program that are not the usual ones. */
  readonly statuses?: Readonly<Partial<Record<ErrorCode, number>>>;
}

export const status = {
  done: 0,
  /** Something went wrong that is said in a sentence. */
  failed: 1,
  /** Asked for in a way that cannot be done: UsageError. */
  usage: 2,
  /** A fault of this program (EX_SOFTWARE of sysexits.h). */
  fault: 70,
  /** Ended by Ctrl-C: 128 + SIGINT. */
  interrupted: 130,
} as const;

export function statusOf(error: unknown, { statuses = {} }: RunOptions = {}): number {
  if (!(error instanceof MessageAppError)) return status.fault;
  const own = statuses[error.code as ErrorCode];
  if (own !== undefined) return own;
  if (error.code === 'interrupted') return status.interrupted;
  return error instanceof UsageError ? status.usage : status.failed;
}

/** What a person is told about an error: one line. Nothing for Ctrl-C, which the person knows about. */
export function sentenceOf(error: unknown, debug: boolean): string {
  if (debug && error instanceof Error) {
    return `messageapp: ${harmless(error.stack ?? error.message, { multiline: true })}\n`;
  }
  if (error instanceof MessageAppError) {
    return error.code === 'interrupted' ? '' : `messageapp: ${harmless(error.message)}\n`;
  }
  const what = harmless(error instanceof Error ? error.message : String(error));
  return `messageapp: Something unexpected went wrong: ${what} (MESSAGEAPP_DEBUG=1 shows where)\n`;
}

/**
 * Runs a program to its end. A number that `main` returns is the exit status, and ends the process; after
 * undefined it goes on as long as something keeps it busy. Errors become one line on standard error and a
 * status.
 */
export async function runMain(main: () => Promise<number | void>, options: RunOptions = {}): Promise<void> {
  const fail = (error: unknown): never => {
    process.stderr.write(sentenceOf(error, process.env['MESSAGEAPP_DEBUG'] === '1'));
    process.exit(statusOf(error, options));
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  // Whoever read our output (`| head`) has left.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(status.done);
    fail(error);
  });
  try {
    const result = await main();
    if (typeof result === 'number') process.exit(result);
  } catch (error) {
    fail(error);
  }
}
