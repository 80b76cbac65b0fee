/**
 * Text from others, made safe to print on a terminal. Nothing in the result moves the cursor, changes a mode,
 * reverses a line, hides itself, or starts a line that the caller did not start; a person sees what was there
 * as `\u{202e}`.
 *
 * Escaped are the general categories Cc, Cf and Cs, line and paragraph separators, and all that Unicode calls
 * default ignorable (zero width, fillers, tags, invisible operators), except for variation selectors, the
 * visible signs among Cf (Arabic and Kaithi number signs), and a zero width joiner between two pictures.
 */
export interface HarmlessOptions {
  /** Keep line feeds (also those of CR LF). Then the caller marks whose line each is. */
  readonly multiline?: boolean;
}

const UNSAFE = /(?!\p{VS})[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]/gu;
const VISIBLE = /^[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]$/u;

const JOINER = 0x200d;
const PICTURE_BEFORE = /\p{Extended_Pictographic}\ufe0f?[\u{1f3fb}-\u{1f3ff}]?$/u;
const PICTURE_AFTER = /^\p{Extended_Pictographic}/u;

/** Vietnamese and Hebrew need three marks on a letter; stacks of dozens cover the lines around. */
export const MARKS_MAX = 8;
const MARKS_TOO_MANY = new RegExp(`(\\p{M}{${MARKS_MAX}})\\p{M}+`, 'gu');

/** A mark at the start of a line would sit on whatever the program printed before it. */
const MARK_FIRST = /(^|\n)(?=\p{M})/gu;

const TAB = '    ';

/** @returns `text` with everything of the above escaped; harmless text comes back as it is. */
export function harmless(text: string, { multiline = false }: HarmlessOptions = {}): string {
  return (multiline ? text.replace(/\r\n/g, '\n') : text)
    .replace(UNSAFE, (character, offset: number, whole: string) => {
      const point = character.codePointAt(0)!;
      if (character === '\t') return TAB;
      if (character === '\n' && multiline) return character;
      if (VISIBLE.test(character)) return character;
      if (point === JOINER && joinsPictures(whole, offset)) return character;
      return `\\u{${point.toString(16)}}`;
    })
    .replace(MARKS_TOO_MANY, '$1\ufffd')
    .replace(MARK_FIRST, '$1\u25cc');
}

/** Looks at 8 UTF-16 units on either side: enough for a picture, its selector and its skin. */
function joinsPictures(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 8), at);
  return PICTURE_BEFORE.test(before) && PICTURE_AFTER.test(text.slice(at + 1, at + 3));
}
