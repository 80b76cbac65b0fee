import { palette } from '../../../client/ui/terminal/palette.js';
import type { Attack } from '../live/attack.js';
import type { Options } from './options.js';
import { count, type Result } from './run.js';
import { Table } from './table.js';

/** Where the table goes. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const [NARROWEST, USUAL] = [60, 80];

/** Writes each result as soon as it is there: for a person as a table, for a program as lines of JSON. */
export class Printer {
  readonly #table: Table;
  readonly #json: boolean;
  /** Somebody watches: what is going on is said, and taken away again. */
  readonly #live: boolean;

  constructor(private readonly output: Output, env: NodeJS.ProcessEnv, { json, colour }: Options) {
    const tty = output.isTTY === true;
    const columns = output.columns ?? (Number(env['COLUMNS']) || USUAL);
    this.#table = new Table(Math.max(NARROWEST, columns), palette(tty && colour && (env['NO_COLOR'] ?? '') === ''));
    this.#json = json;
    this.#live = tty && !json;
  }

  begin(greeting: string): void {
    if (!this.#json) this.output.write(`${this.#table.text(greeting)}\n${this.#table.heading()}`);
  }

  trying({ row, title }: Attack): void {
    if (this.#live) this.output.write(this.#table.waiting(row, title));
  }

  tried(result: Result): void {
    if (this.#live) this.output.write('\r\x1b[K');
    this.output.write(this.#json ? `${JSON.stringify(result)}\n` : this.#table.line(result));
  }

  end(results: readonly Result[]): void {
    const counts = {
      held: count(results, 'held'), succeeded: count(results, 'SUCCEEDED'), notTried: count(results, 'not tried'),
    };
    this.output.write(this.#json ? `${JSON.stringify(counts)}\n` : `\n${this.#table.summary(results)}`);
  }
}
