import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { LimitError, UsageError } from '../../common/errors.js';
import { flushFolder } from '../../common/files/atomic-write.js';
import { transcriptPath } from '../../common/files/keys-folder.js';
import { type Entry, type Header, TRANSCRIPT_MAX, writeEntry, writeHeader } from './lines.js';

/** Lines that may wait for a disk that has fallen asleep. */
const WAITING_MAX = 1_000;

/** One transcript that is being written. */
export interface Transcript {
  readonly path: string;
  /** Its first line lies on the disk; not resolved where that fails. */
  readonly begun: Promise<void>;
  add(entry: Entry): void;
  /** Nothing more is added. */
  close(): void;
}

/** The transcripts of signed conversations: one file each, in a folder that is the user's own. */
export class Transcripts {
  readonly #writing = new Set<Promise<void>>();

  constructor(private readonly folder: string) {}

  /**
   * Begins the transcript of a conversation (docs/PROTOCOL.md part 11). Errors come by way of `failed`, once; also
   * where there is one of this conversation already.
   */
  begin(peer: string, header: Header, failed: (error: Error) => void): Transcript {
    const path = transcriptPath(this.folder, peer, header.conversation);
    const lines = new LineFile(() => create(this.folder, path), failed);
    lines.add(writeHeader(header));
    const done = lines.done.then(() => void this.#writing.delete(done));
    this.#writing.add(done);
    return { path, begun: lines.begun, add: (entry) => lines.add(writeEntry(entry)), close: () => lines.close() };
  }

  /** Resolves when all that was added to transcripts that are closed lies on the disk, or has failed. */
  async settle(): Promise<void> {
    await Promise.all(this.#writing);
  }
}

/** Only its owner reads it; one that is there already is never gone on with. */
async function create(folder: string, path: string): Promise<FileHandle> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_APPEND, 0o600);
  await flushFolder(folder);
  return file;
}

/** Appends lines in their order, each on the disk before the next. */
class LineFile {
  readonly done: Promise<void>;
  readonly begun: Promise<void>;
  readonly #waiting: string[] = [];
  #closed = false;
  #length = 0;
  #wake: () => void = () => undefined;
  #written: () => void = () => undefined;

  constructor(create: () => Promise<FileHandle>, failed: (error: Error) => void) {
    this.begun = new Promise((resolve) => (this.#written = resolve));
    this.done = this.#run(create).catch((error: Error) => {
      this.close();
      this.#waiting.length = 0;
      failed(new UsageError('bad-file', `The transcript cannot be written (${reason(error)}).`, { cause: error }));
    });
  }

  add(line: string): void {
    if (this.#closed) return;
    this.#waiting.push(`${line}\n`);
    this.#wake();
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  async #run(create: () => Promise<FileHandle>): Promise<void> {
    const file = await create();
    try {
      for (let lines = await this.#next(); lines !== undefined; lines = await this.#next()) {
        this.#length += Buffer.byteLength(lines);
        if (this.#length > TRANSCRIPT_MAX) throw new LimitError('too-long', 'it is as long as one may be');
        await file.appendFile(lines);
        await file.sync();
        this.#written();
      }
    } finally {
      await file.close();
    }
  }

  /** What waits, all at once. @returns undefined when nothing more comes */
  async #next(): Promise<string | undefined> {
    while (this.#waiting.length === 0 && !this.#closed) await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#waiting.length > WAITING_MAX) throw new LimitError('queue-full', 'the disk is too slow');
    const lines = this.#waiting.splice(0).join('');
    return lines === '' ? undefined : lines;
  }
}

const reasons: ReadonlyMap<string | undefined, string> = new Map([
  ['EEXIST', 'there is one of this conversation already'], ['ENOSPC', 'the disk is full'], ['EACCES', 'not allowed'],
  ['EROFS', 'not allowed'], ['ENOTDIR', 'its folder is none'],
]);

function reason(error: NodeJS.ErrnoException): string {
  if (error instanceof LimitError) return error.message;
  return reasons.get(error.code) ?? error.code ?? 'failed';
}
