import { type Terminal, terminal } from '../common/cli/passphrase.js';
import { PBKDF2_ROUNDS } from '../common/crypto/encrypted-key.js';

/** What the commands need of the world, so that a test can hold it still. */
export interface Io {
  /** One line on standard output. */
  readonly print: (line: string) => void;
  readonly terminal: Terminal;
  readonly now: () => Date;
  readonly pbkdf2Rounds: number;
}

export const realIo: Io = {
  print: (line) => process.stdout.write(`${line}\n`),
  terminal,
  now: () => new Date(),
  pbkdf2Rounds: PBKDF2_ROUNDS,
};
