import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { UsageError } from '../../common/errors.js';
import { shownPath } from '../../common/files/bounded-read.js';
import { LINE_MAX, TRANSCRIPT_MAX } from '../transcript/lines.js';
import type { TranscriptCheck } from './check.js';

const LF = 0x0a;
const CHUNK = 64 * 1024;

/**
 * Hands a file's lines to a check, up to the first that is wrong; never more than one line and a chunk in memory.
 * Throws UsageError 'bad-file' where the file cannot be read or has more than TRANSCRIPT_MAX bytes.
 */
export async function checkFile(path: string, check: TranscriptCheck): Promise<void> {
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const file = await open(path, flags).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError('bad-file', `The transcript ${shownPath(path)} cannot be opened (${cause.code}).`, { cause });
  });
  try {
    const { size } = await file.stat().then((stats) => (stats.isFile() ? stats : { size: undefined }));
    if (size === undefined) throw new UsageError('bad-file', `${shownPath(path)} is not a file.`);
    if (size > TRANSCRIPT_MAX) {
      throw new UsageError('bad-file', `${shownPath(path)} is too large: at most ${TRANSCRIPT_MAX} bytes are read.`);
    }
    const lines = new LineCutter(check);
    const buffer = Buffer.alloc(CHUNK);
    for (let left = TRANSCRIPT_MAX; left > 0 && !check.fault;) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(CHUNK, left));
      if (bytesRead === 0) break;
      left -= bytesRead;
      lines.push(buffer.subarray(0, bytesRead));
    }
    lines.end();
  } finally {
    await file.close();
  }
}

/** Cuts bytes into the lines of a transcript. */
export class LineCutter {
  #rest: Buffer = Buffer.alloc(0);

  constructor(private readonly check: TranscriptCheck) {}

  push(chunk: Buffer): void {
    let bytes = Buffer.concat([this.#rest, chunk]);
    for (let end = bytes.indexOf(LF); end >= 0 && !this.check.fault; end = bytes.indexOf(LF)) {
      this.#line(bytes.subarray(0, end));
      bytes = bytes.subarray(end + 1);
    }
    if (bytes.length > LINE_MAX) this.check.refuse('it is too long');
    this.#rest = Buffer.from(bytes);
  }

  end(): void {
    if (this.check.fault) return;
    if (this.#rest.length > 0) this.check.refuse('it is cut off');
    else if (!this.check.header) this.check.refuse('there is nothing in the file');
    // Whoever has somebody's public key can write a first line.
    else if (this.check.entries.length === 0) this.check.refuse('nothing is signed behind the first line');
  }

  #line(bytes: Buffer): void {
    const line = bytes.toString('utf8');
    if (bytes.length > LINE_MAX) this.check.refuse('it is too long');
    else if (!Buffer.from(line, 'utf8').equals(bytes)) this.check.refuse('it is not UTF-8');
    else this.check.take(line);
  }
}
