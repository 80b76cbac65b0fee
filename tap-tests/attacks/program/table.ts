import type { Paint, Tone } from '../../../client/ui/terminal/palette.js';
import { wrap } from '../../../client/ui/terminal/width.js';
import { harmless } from '../../../common/text/harmless.js';
import { count, type Result, type Verdict } from './run.js';

/** From here on there is room for columns side by side; the last column of a terminal stays empty. */
const WIDE = 110;
const [ROW, ATTACK, VERDICT, GAP] = [4, 24, 9, 2];

const tones: Readonly<Record<Verdict, Tone>> = { 'held': 'good', 'SUCCEEDED': 'alarm', 'not tried': 'warning' };

/** The results as rows of a table that fits the terminal; each is written as soon as its attack has ended. */
export class Table {
  constructor(private readonly columns: number, private readonly paint: Paint) {}

  get #wide(): boolean {
    return this.columns >= WIDE;
  }

  /** What was done, and what was seen, share what the others leave. */
  get #width(): { did: number; saw: number } {
    const rest = this.columns - 1 - ROW - ATTACK - VERDICT - 4 * GAP;
    const did = Math.ceil(rest * 0.55);
    return { did, saw: rest - did };
  }

  text(text: string): string {
    const room = this.columns - 1;
    return wrap(text, room, room).map((line) => `${line}\n`).join('');
  }

  heading(): string {
    if (!this.#wide) return '';
    const { did, saw } = this.#width;
    const names = [['row', ROW], ['attack', ATTACK], ['what was done', did], ['what the server did', saw]] as const;
    return `${this.paint('quiet', cells(names).trimEnd())}\n`;
  }

  line(result: Result): string {
    return `${(this.#wide ? this.#side(result) : this.#stacked(result)).join('\n')}\n`;
  }

  /** What is being tried, in one line that is taken away again. */
  waiting(row: string, title: string): string {
    return this.paint('quiet', `${cells([[row, ROW + GAP]])}${title.slice(0, this.columns - ROW - GAP - 3)} …`);
  }

  /** All in columns. */
  #side({ row, attack, did, saw, verdict }: Result): string[] {
    const width = this.#width;
    const columns = [[row, ROW], [attack, ATTACK], [did, width.did], [saw, width.saw]] as const;
    const broken = columns.map(([text, room]) => wrap(harmless(text), room, room));
    const height = Math.max(...broken.map((rows) => rows.length));
    return Array.from({ length: height }, (_, at) => {
      const texts = columns.map(([, room], column): [string, number] => [broken[column]![at] ?? '', room]);
      const end = at === 0 ? this.paint(tones[verdict], verdict) : '';
      return `${cells(texts)}${' '.repeat(GAP)}${end}`.trimEnd();
    });
  }

  /** The attack with its verdict, below it what was done and what was seen. */
  #stacked({ row, attack, did, saw, verdict }: Result): string[] {
    const room = this.columns - 1 - ROW - GAP;
    const title = wrap(attack, room - VERDICT - GAP, room - VERDICT - GAP);
    const first = cells([[row, ROW], [title[0]!, room - VERDICT]]) + this.paint(tones[verdict], verdict);
    const below = (text: string, tone: Tone) => (text === '' ? [] : wrap(harmless(text), room, room - 2)
      .map((line, at) => this.paint(tone, at === 0 ? line : `  ${line}`)));
    const more = [...title.slice(1), ...below(did, 'quiet'), ...below(saw === '' ? '' : `→ ${saw}`, 'plain')];
    return [first, ...more.map((line) => ' '.repeat(ROW + GAP) + line)];
  }

  /** The last line. */
  summary(results: readonly Result[]): string {
    const [held, succeeded, not] = [count(results, 'held'), count(results, 'SUCCEEDED'), count(results, 'not tried')];
    const sentence = [
      `${results.length} ${results.length === 1 ? 'attack' : 'attacks'}: ${held} held`,
      succeeded > 0 ? this.paint('alarm', `${succeeded} SUCCEEDED`) : 'none succeeded',
      ...(not > 0 ? [this.paint('warning', `${not} could not be tried, which says nothing about them`)] : []),
    ].join(', ');
    return `${sentence}.\n`;
  }
}

/** Side by side, each filled up to its width. */
const cells = (texts: readonly (readonly [text: string, width: number])[]): string =>
  texts.map(([text, width]) => text.padEnd(width)).join(' '.repeat(GAP));
