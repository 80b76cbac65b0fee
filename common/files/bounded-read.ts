import { constants, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { UsageError, type UsageCode } from '../errors.js';
import { harmless } from '../text/harmless.js';

export interface BoundedOptions {
  /** What the file is, at the beginning of a sentence: "The private key file". */
  readonly what: string;
  readonly maxBytes: number;
  readonly code?: UsageCode;
  /** What to do where the file is missing: a whole sentence. */
  readonly missing?: string;
  /** Looks at the opened file, and throws if it does not like it. */
  readonly check?: (stats: Stats) => void;
  /** Take a pipe too (a shell's `<(command)`); else only a regular file is read. */
  readonly pipes?: boolean;
}

/** A file's name in a sentence. */
export const shownPath = (path: string): string => harmless(JSON.stringify(path));

/** Reads a file of at most `maxBytes` bytes. Throws UsageError 'bad-file', or with the code given. */
export async function readBounded(path: string, options: BoundedOptions): Promise<Buffer> {
  const { what, maxBytes, code = 'bad-file', missing = '', check, pipes = false } = options;
  // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
  const flags = constants.O_RDONLY | (pipes ? 0 : constants.O_NONBLOCK ?? 0);
  const file = await open(path, flags).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(
      code,
      `${what} ${shownPath(path)} ${reasons.get(cause.code) ?? 'cannot be opened'}. ${missing}`.trim(),
      { cause },
    );
  });
  try {
    const stats = await file.stat();
    if (!stats.isFile() && !(pipes && (stats.isFIFO() || stats.isSocket() || stats.isCharacterDevice()))) {
      throw new UsageError(code, `${what} ${shownPath(path)} is not a file. ${missing}`.trim());
    }
    check?.(stats);
    const buffer = Buffer.alloc(maxBytes + 1);
    let length = 0;
    for (let more = -1; more !== 0 && length <= maxBytes; length += more) {
      more = (await file.read(buffer, length, buffer.length - length)).bytesRead;
    }
    if (length > maxBytes) {
      throw new UsageError(
        code,
        `${what} ${shownPath(path)} is too large: at most ${maxBytes} bytes are read.`,
      );
    }
    return buffer.subarray(0, length);
  } finally {
    await file.close();
  }
}

const reasons: ReadonlyMap<string | undefined, string> = new Map([
  ['ENOENT', 'does not exist'], ['ENOTDIR', 'does not exist'], ['EACCES', 'may not be read by you'],
  ['EPERM', 'may not be read by you'], ['EISDIR', 'is a folder'],
]);
