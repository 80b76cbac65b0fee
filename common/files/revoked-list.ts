import { open } from 'node:fs/promises';
import { UsageError } from '../errors.js';
import { isUsername } from '../wire/username.js';
import { flushFolder } from './atomic-write.js';
import { readBounded, shownPath } from './bounded-read.js';
import { dirname } from 'node:path';

/**
 * One line each: `name fingerprint date`, where the fingerprint is 64 hexadecimal digits, or `-` if none is
 * known.
 */
export interface Revocation {
  readonly username: string;
  /** 64 hexadecimal digits. */
  readonly fingerprint: string | undefined;
  /** Like 2026-01-31. */
  readonly date: string;
}

export interface Revoked {
  readonly list: readonly Revocation[];
  readonly names: ReadonlySet<string>;
  readonly fingerprints: ReadonlySet<string>;
}

const LINE = /^(\S+) ([0-9a-f]{64}|-) (\d{4}-\d\d-\d\d)$/;

/** 100,000 lines of at most 92 characters. */
const REVOKED_BYTES_MAX = 9_200_000;

/**
 * Reads the list; without the file nobody is revoked. Throws UsageError 'bad-file' for a line that is not
 * one: it may have been the name of somebody who must not come back.
 */
export async function readRevoked(path: string): Promise<Revoked> {
  const text = await readBounded(path, { what: 'The list of revoked users', maxBytes: REVOKED_BYTES_MAX })
    .catch((problem) => {
      if (problem instanceof UsageError && (problem.cause as NodeJS.ErrnoException)?.code === 'ENOENT') {
        return '';
      }
      throw problem;
    });
  const list = text.toString('utf8').split(/\r?\n/).flatMap((line, at) => readLine(path, line, at + 1));
  return {
    list,
    names: new Set(list.map(({ username }) => username)),
    fingerprints: new Set(list.flatMap(({ fingerprint }) => fingerprint ?? [])),
  };
}

function readLine(path: string, line: string, number: number): Revocation[] {
  if (line.trim() === '' || line.startsWith('#')) return [];
  const [, username = '', fingerprint, date = ''] = LINE.exec(line.trim()) ?? [];
  if (!isUsername(username)) {
    throw new UsageError(
      'bad-file',
      `Line ${number} of ${shownPath(path)} is not "name fingerprint date". Correct it by hand.`,
    );
  }
  return [{ username, fingerprint: fingerprint === '-' ? undefined : fingerprint, date }];
}

/**
 * Adds a line and flushes it. It is appended, not written anew, so that two revocations at the same time
 * cannot lose one another; a line is so short that it is written whole or not at all.
 */
export async function addRevocation(
  path: string,
  { username, fingerprint = '-', date }: Revocation,
): Promise<void> {
  const file = await open(path, 'a+', 0o644);
  try {
    const { size } = await file.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await file.read(last, 0, 1, size - 1);
    const break_ = size > 0 && last.toString() !== '\n' ? '\n' : '';
    await file.appendFile(`${break_}${username} ${fingerprint} ${date}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await flushFolder(dirname(path));
}
