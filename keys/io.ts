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
  print: (line) => process.stdout.write(`${wrapped(line, process.stdout.columns)}\n`),
  terminal,
  now: () => new Date(),
  pbkdf2Rounds: PBKDF2_ROUNDS,
};

/** On a terminal lines are broken between words, and go on with two blanks more than they began with. */
function wrapped(line: string, columns: number | undefined): string {
  if (columns === undefined || line.length <= columns) return line;
  const indent = ' '.repeat(line.search(/\S|$/) + 2);
  const rows: string[] = [];
  let row = '';
  for (const word of line.split(/(?<=\S) /)) {
    if (row !== '' && row.length + 1 + word.length > columns) {
      rows.push(row);
      row = indent + word;
    } else {
      row = row === '' ? word : `${row} ${word}`;
    }
  }
  return [...rows, row].join('\n');
}
