/**
 * How many columns a text takes, never fewer than on any usual terminal: a row that is broken too early looks
 * odd, one that the terminal breaks itself lets a text from others start a row.
 */
const NARROW_BELOW = 0x1100;
const WIDE_FROM = 0x2e80;
const NO_WIDTH = /^[\p{Mn}\p{Me}]$/u;
const PICTURE = /^\p{Emoji_Presentation}$/u;
/** Wide ones below WIDE_FROM that are no pictures (UAX #11): the beginnings of Hangul syllables, brackets, trigrams. */
const WIDE = /^[\u1100-\u115f\u2329\u232a\u2630-\u2637\u268a-\u268f]$/;
/** Makes a picture, two columns wide, of the sign before it. */
const AS_PICTURE = '\ufe0f';

export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  const point = character.codePointAt(0)!;
  if (point < 0x7f) return 1;
  if (character === AS_PICTURE) return 1;
  if (NO_WIDTH.test(character)) return 0;
  if (point < NARROW_BELOW) return 1;
  return point >= WIDE_FROM || PICTURE.test(character) || WIDE.test(character) ? 2 : 1;
}

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Breaks one line into rows, at spaces where it can, never inside of what a person takes for one character.
 * Nothing is left out: the rows one behind the other are the text, but for the one space at which a row was
 * broken.
 * @param first columns of the first row
 * @param rest columns of the others
 */
export function wrap(text: string, first: number, rest: number): string[] {
  if (text.length <= first && widthOf(text) <= first) return [text];
  const rows: string[] = [];
  let row = '';
  let width = 0;
  for (const segment of pieces(text, Math.min(first, rest))) {
    const wide = widthOf(segment);
    if (row !== '' && width + wide > (rows.length === 0 ? first : rest)) {
      const left = breakAt(row, segment, rest);
      rows.push(row.slice(0, left.end));
      row = row.slice(left.next);
      width = widthOf(row);
      if (row === '' && segment === ' ' && left.swallows) continue;
    }
    row += segment;
    width += wide;
  }
  return [...rows, row];
}

/** What a person takes for one character, as long as it fits in a row: pictures can be joined without an end. */
function* pieces(text: string, most: number): Generator<string> {
  for (const { segment } of characters.segment(text)) {
    if (widthOf(segment) <= most) yield segment;
    else yield* segment;
  }
}

function breakAt(row: string, next: string, rest: number): { end: number; next: number; swallows: boolean } {
  if (next === ' ') return { end: row.length, next: row.length, swallows: true };
  const space = row.lastIndexOf(' ');
  // A row of spaces with one word at its end, an address for instance, is no place to break; nor is one before what
  // does not fit in the next row.
  const fits = widthOf(row.slice(space + 1)) + widthOf(next) <= rest;
  const isPlace = space > 0 && row.slice(0, space).trim() !== '' && fits;
  const end = isPlace ? space : row.length;
  if (end === row.length) return { end, next: end, swallows: false };
  return { end: space, next: space + 1, swallows: false };
}
