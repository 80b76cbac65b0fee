import type { Difference } from './clients.js';
import type { Command } from './reference-model.js';

/** The server and the model do not agree; `lines` say where, and what led there. */
export class Disagreement extends Error {
  constructor(readonly commands: number, readonly lines: readonly string[]) {
    super(lines[0]);
  }
}

interface Entry {
  readonly by: string;
  readonly to: string | undefined;
  readonly line: string;
}

/** Who said what, for whoever has to find out why there is a disagreement. */
export class Journal {
  commands = 0;
  #entries: Entry[] = [];

  constructor(private readonly seed: number, private readonly names: readonly string[]) {}

  note(now: number, by: string, command: Command, crossed = false): void {
    const to = command.findLast((word) => this.names.includes(word));
    const line = `${++this.commands} at ${now} ms: ${by}${crossed ? ', crossed' : ''}: ${short(command.join(' '))}`;
    this.#entries.push({ by, to, line });
    if (this.#entries.length > 20_000) this.#entries = this.#entries.slice(-10_000);
  }

  /** With the last words of the two concerned: who heard it, and whoever the first line that differs is about. */
  disagreement({ name, expected, heard }: Difference): Disagreement {
    const same = heard.findIndex((line, n) => line !== expected[n]);
    const at = same < 0 ? heard.length : same;
    const words = `${heard[at]} ${expected[at]}`.split(' ');
    const other = this.names.find((each) => each !== name && words.includes(each)) ?? this.#entries.at(-1)!.by;
    const concerned = (who: string | undefined) => who === name || who === other;
    const last = this.#entries.filter(({ by, to }) => concerned(by) && (to === undefined || concerned(to))).slice(-30);
    return new Disagreement(this.commands, [
      `FUZZ_SEED=${this.seed}, behind ${this.commands} commands: ${name} heard`,
      ...indented(heard),
      'and not',
      ...indented(expected),
      `The last that ${name} and ${other} said, but for what they said to others:`,
      ...indented(last.map(({ line }) => line)),
    ]);
  }
}

const short = (line: string): string => (line.length > 100 ? `${line.slice(0, 100)}…` : line);
const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${short(line)}`);
