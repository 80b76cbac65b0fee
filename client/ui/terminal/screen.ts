import type { Interface } from 'node:readline';
import type { TerminalIo } from './io.js';
import type { Paint } from './palette.js';
import { render, type Row } from './row.js';

/** Where rows are printed. */
export interface Screen {
  /** How many columns rows may take; Infinity where nothing is known. */
  readonly columns: number;
  print(rows: readonly Row[]): void;
  /** The prompt may have to change. */
  refresh(): void;
  /** Takes the line that was just entered off the screen: it is shown in another shape. */
  takeBack(): void;
}

/**
 * Output that is no terminal, or no terminal that can be written up and down: one row a line, never broken.
 */
export class PlainScreen implements Screen {
  readonly columns = Infinity;

  constructor(private readonly output: TerminalIo['output'], private readonly paint: Paint) {}

  print(rows: readonly Row[]): void {
    this.output.write(lines(rows, this.columns, this.paint, '\n'));
  }

  refresh(): void {}

  takeBack(): void {}
}

const lines = (rows: readonly Row[], columns: number, paint: Paint, end: string): string =>
  rows.flatMap((row) => render(row, columns, paint)).map((row) => row + end).join('');

const COLUMNS_USUAL = 80;

/** Up so many rows, to the first column, and all below is gone. */
const liftOver = (rows: number): string => `${rows > 0 ? `\x1b[${rows}A` : ''}\r\x1b[J`;

/**
 * A terminal with a line being typed at its foot. What is printed goes above that line, which is taken away
 * and drawn again with its cursor where it was, however many rows it takes.
 */
export class LineScreen implements Screen {
  /** The prompt and what is typed are on the screen. */
  #drawn = false;
  #entered = 0;
  #prompt = '';

  constructor(
    private readonly rl: Interface,
    private readonly output: TerminalIo['output'],
    private readonly paint: Paint,
    private readonly prompt: () => string,
  ) {}

  get columns(): number {
    return this.output.columns ?? COLUMNS_USUAL;
  }

  print(rows: readonly Row[]): void {
    if (rows.length === 0) return this.refresh();
    this.#above(lines(rows, this.columns, this.paint, '\r\n'));
  }

  refresh(): void {
    if (this.#drawn && this.prompt() !== this.#prompt) this.#above('');
  }

  /**
   * The line that was typed has been entered, and readline has gone to the row below it. Nothing is drawn
   * until `draw`.
   * @param rows how far the last row of the line was below its first
   */
  entered(rows: number): void {
    this.#drawn = false;
    this.#entered = rows + 1;
  }

  takeBack(): void {
    if (this.#drawn) return;
    this.output.write(liftOver(this.#entered));
    this.#entered = 0;
  }

  /** Draws the prompt and what is typed behind it. */
  draw(): void {
    this.#drawn = true;
    this.#entered = 0;
    this.#prompt = this.prompt();
    this.rl.setPrompt(this.#prompt);
    this.rl.prompt(true);
  }

  /** Takes the prompt away for good. */
  close(): void {
    if (this.#drawn) this.output.write(liftOver(this.rl.getCursorPos().rows));
    this.#drawn = false;
  }

  #above(printed: string): void {
    if (!this.#drawn) {
      this.output.write(printed);
      return;
    }
    const { rows } = this.rl.getCursorPos();
    // readline goes up as many rows as its cursor was below the first row before it draws: they are given to
    // it.
    this.output.write(liftOver(rows) + printed + '\r\n'.repeat(rows));
    this.draw();
  }
}
