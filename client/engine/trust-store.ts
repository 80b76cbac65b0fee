import { readFile } from 'node:fs/promises';
import { UsageError } from '../../common/errors.js';
import { writeAtomically } from '../../common/files/atomic-write.js';
import { isUsername } from '../../common/wire/username.js';

/** A key that a peer was seen with: who, on which server, and how far it is believed (docs/PROTOCOL.md part 5). */
export interface Pin {
  /** The name that the server's certificate was verified for. */
  readonly server: string;
  readonly username: string;
  /** SHA-256 of the SPKI, 64 hexadecimal digits. */
  readonly fingerprint: string;
  /** The person has compared the safety number. */
  readonly compared: boolean;
  /** ISO 8601. */
  readonly since: string;
}

const VERSION = 1;
const PINS_MAX = 10_000;
const FILE_MAX = 8 * 1024 * 1024;

/** The pins of one user: a file that is read at the start and written whole, aside and renamed, at every change. */
export class TrustStore {
  #writing: Promise<void> = Promise.resolve();

  private constructor(private readonly path: string | undefined, private pins: readonly Pin[]) {}

  /** Throws UsageError 'bad-file' for a file that is damaged: what it said must not be forgotten without a word. */
  static async open(path: string): Promise<TrustStore> {
    let json: string;
    try {
      json = await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new TrustStore(path, []);
      throw new UsageError('bad-file', `The file of known keys, ${path}, cannot be read (${(error as NodeJS.ErrnoException).code}).`);
    }
    return new TrustStore(path, readPins(json, path));
  }

  /** One that is forgotten with the process. */
  static inMemory(): TrustStore {
    return new TrustStore(undefined, []);
  }

  find(server: string, username: string): Pin | undefined {
    return this.pins.find((pin) => pin.server === server && pin.username === username);
  }

  /** Puts a pin in the place of any other for the same server and username. Throws what the file system throws. */
  put(pin: Pin): Promise<void> {
    const others = this.pins.filter(({ server, username }) => server !== pin.server || username !== pin.username);
    if (others.length >= PINS_MAX) throw new UsageError('bad-file', `More than ${PINS_MAX} known keys: take some out of ${this.path}.`);
    const pins = [...others, pin];
    const write = this.#writing.then(async () => {
      if (this.path !== undefined) await writeAtomically(this.path, `${JSON.stringify({ version: VERSION, pins }, null, 2)}\n`);
    });
    this.pins = pins;
    this.#writing = write.catch(() => undefined);
    return write;
  }
}

function readPins(json: string, path: string): Pin[] {
  const damaged = (why: string) =>
    new UsageError('bad-file', `The file of known keys, ${path}, is damaged (${why}). Mend it, or put a copy in its place; without it every key is unknown again.`);
  if (json.length > FILE_MAX) throw damaged('too long');
  let parsed: { version?: unknown; pins?: unknown } | null;
  try {
    parsed = JSON.parse(json) as typeof parsed;
  } catch {
    throw damaged('not JSON');
  }
  if (parsed?.version !== VERSION || !Array.isArray(parsed.pins)) throw damaged('not of this version');
  if (!parsed.pins.every(isPin)) throw damaged('an entry is not a key');
  return parsed.pins.map(({ server, username, fingerprint, compared, since }) => ({ server, username, fingerprint, compared, since }));
}

function isPin(value: unknown): value is Pin {
  const pin = value as Partial<Pin> | null;
  return typeof pin?.server === 'string' && typeof pin.username === 'string' && isUsername(pin.username)
    && typeof pin.fingerprint === 'string' && /^[0-9a-f]{64}$/.test(pin.fingerprint)
    && typeof pin.compared === 'boolean' && typeof pin.since === 'string';
}
