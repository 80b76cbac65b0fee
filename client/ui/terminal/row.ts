import { harmless } from '../../../common/text/harmless.js';
import { type Paint, type Tone, toneOf } from './palette.js';
import { widthOf, wrap } from './width.js';

/**
 * What is printed: a head (time and speaker), a text, and what each further row begins with. Whatever is
 * shown goes through `render`, so that no text from others reaches the terminal as it came, or starts a row.
 */
export interface Row {
  readonly head: string;
  readonly headTone: Tone;
  readonly text: string;
  readonly tone: Tone;
  readonly more: string;
}

/** As wide as `12:03 `. */
const INDENT = '      ';
const QUOTED = `${INDENT}| `;
const LABEL = 12;
/** Narrower terminals are written to as if they had this many columns. */
const COLUMNS_MIN = 24;
/** A head that leaves less than this has a row of its own. */
const TEXT_MIN = 8;

export function clockTime(at: Date): string {
  return `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
}

/** Something happened. */
export function notice(at: Date, text: string, tone: Tone = 'plain'): Row {
  return { head: `${clockTime(at)} * `, headTone: 'quiet', text, tone, more: `${INDENT}  ` };
}

/** Something is wrong, or was not done. */
export function problem(at: Date, text: string, tone: Tone = 'bad'): Row {
  return { head: `${clockTime(at)} ! `, headTone: tone, text, tone, more: `${INDENT}  ` };
}

/** Belongs to the row above. */
export function aside(text: string, tone: Tone = 'plain'): Row {
  return { head: `${INDENT}  `, headTone: 'plain', text, tone, more: `${INDENT}  ` };
}

/** A name and its value, under a notice. */
export function detail(label: string, value: string, tone: Tone = 'plain'): Row {
  const head = `${INDENT}  ${label.padEnd(LABEL)}`;
  return { head, headTone: 'quiet', text: value, tone, more: ' '.repeat(head.length) };
}

/** Somebody's words; each row but the first begins with a bar. */
export function speech(
  at: Date, speaker: string, text: string, { own = false, to = '', mark = '' } = {},
): Row {
  const who = `${mark === '' ? '' : `[${mark}] `}${speaker}${to === '' ? '' : ` to ${to}`}`;
  const headTone = own ? 'own' : toneOf(speaker);
  return { head: `${clockTime(at)} ${who}: `, headTone, text, tone: 'plain', more: QUOTED };
}

/** Words that are shown again, as those that were not sent. */
export function quotation(text: string): Row {
  return { head: QUOTED, headTone: 'quiet', text, tone: 'plain', more: QUOTED };
}

/** A table's row, or a line of its own. */
export function line(text: string, tone: Tone = 'plain', head = ''): Row {
  return { head, headTone: 'strong', text, tone, more: ' '.repeat(widthOf(head)) };
}

/**
 * The rows of the screen, without line ends.
 * @param columns of the terminal, or Infinity where lines are not broken
 */
export function render({ head, headTone, text, tone, more }: Row, columns: number, paint: Paint): string[] {
  // The last column stays empty: a terminal that has filled it is between two rows.
  const room = Math.max(columns, COLUMNS_MIN) - 1;
  const indent = widthOf(more) > room / 2 ? `${INDENT}    ` : more;
  const rest = room - widthOf(indent);
  const rows = (first: number) => harmless(text, { multiline: true }).split('\n')
    .flatMap((one, at) => wrap(one, at === 0 ? first : rest, rest));
  const painted = (all: string[], inTone: Tone, from: number) =>
    all.map((row, at) => (at < from ? '' : paint('quiet', indent)) + paint(inTone, row));

  const safeHead = harmless(head);
  const left = room - widthOf(safeHead);
  if (left < TEXT_MIN && text !== '') {
    return [...painted(wrap(safeHead, room, rest), headTone, 1), ...painted(rows(rest), tone, 0)];
  }
  const [first = '', ...others] = rows(Math.max(left, 1));
  return [paint(headTone, safeHead) + paint(tone, first), ...painted(others, tone, 0)];
}
