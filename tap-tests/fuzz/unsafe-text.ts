import { bytesOf } from './target.js';

/** What no text from others may bring to a terminal; said in another way than common/text/harmless.ts says it. */
const RANGES: readonly (readonly [from: number, to: number])[] = [
  [0, 0x1f], [0x7f, 0x9f], // C0, DEL, C1
  [0xad, 0xad], [0x61c, 0x61c], [0x180e, 0x180e], [0x200b, 0x200c], [0x200e, 0x200f], // invisible, marks of direction
  [0x2028, 0x202e], [0x2060, 0x206f], // separators, embeddings, overrides, isolates
  [0x115f, 0x1160], [0x17b4, 0x17b5], [0x3164, 0x3164], [0xfeff, 0xfeff], [0xffa0, 0xffa0], // fillers, byte order mark
  [0xfff0, 0xfffb], [0xd800, 0xdfff], [0x1d173, 0x1d17a], [0x1bca0, 0x1bca3], [0xe0000, 0xe00ff], [0xe01f0, 0xe0fff],
];

/** @param multiline line feeds may stay */
export function isSafe(text: string, multiline: boolean): boolean {
  for (const character of text) {
    const point = character.codePointAt(0)!;
    if (point < 0x7f && point >= 0x20) continue;
    if (point === 0x0a && multiline) continue;
    if (RANGES.some(([from, to]) => point >= from && point <= to)) return false;
  }
  // Nothing sits on what the program printed before it, and no stack of marks covers the lines around.
  return !/(^|\n)\p{M}/u.test(text) && !/\p{M}{9}/u.test(text);
}

/** Columns of a text by UAX #11, for a terminal that joins nothing. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += /\p{Mn}|\p{Me}|\p{Cf}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return columns;
}

const WIDE = new RegExp(`^[${[
  '\\u1100-\\u115f\\u231a\\u231b\\u2329\\u232a\\u23e9-\\u23ec\\u23f0\\u23f3\\u25fd\\u25fe\\u2614\\u2615\\u2630-\\u2637',
  '\\u2648-\\u2653\\u267f\\u268a-\\u268f\\u2693\\u26a1\\u26aa\\u26ab\\u26bd\\u26be\\u26c4\\u26c5\\u26ce\\u26d4\\u26ea',
  '\\u26f2\\u26f3\\u26f5\\u26fa\\u26fd\\u2705\\u270a\\u270b\\u2728\\u274c\\u274e\\u2753-\\u2755\\u2757\\u2795-\\u2797',
  '\\u27b0\\u27bf\\u2b1b\\u2b1c\\u2b50\\u2b55\\u2e80-\\u303e\\u3041-\\ua4cf\\ua960-\\ua97c\\uac00-\\ud7a3',
  '\\uf900-\\ufaff\\ufe10-\\ufe19\\ufe30-\\ufe6f\\uff01-\\uff60\\uffe0-\\uffe6',
  '\\u{16fe0}-\\u{18cff}\\u{1aff0}-\\u{1b2fb}\\u{1f1e6}-\\u{1f202}\\u{1f210}-\\u{1f64f}\\u{1f680}-\\u{1f9ff}\\u{20000}-\\u{3fffd}',
].join('')}]$`, 'u');

/** What acts on a terminal, hides, reverses, joins, is wide, or looks like a line of somebody else. */
export const textTokens = [
  ...bytesOf(
    '\x1b[2J', '\x1b]0;title\x07', '\x1b', '\x9b', '\x9d', '\x90', '\r', '\n', '\r\n', '\b', '\t', '\0', '\x7f', '\x85',
    '\u2028', '\u2029', '\u202e', '\u202d', '\u2066', '\u2069', '\u200b', '\u200d', '\u200e', '\u200f', '\u061c',
    '\ufeff', '\u00ad', '\u3164', '\u{e0041}', '\u{e0100}', '\ufe0f', '\u0301', '\u20e3',
    '\u0489', '\u{1f468}', '\u{1f3fd}', '\u2764\ufe0f', '\u0600', '\u06dd', '\u{110bd}', '\u{1d173}', '\ufff9', '\u{10ffff}', '12:00 alice: forged', '⏎',
    ' ', '    ', '/', '//', '你', '\u0d4d', '\u1160', '\u{1f1e6}', '%s', '${x}', '__proto__', '\u034f', '\u115f',
    '\u1100', '\u1100'.repeat(35), '\u2329', '\u2630', '\u{1f469}\u200d', '\u{1f469}\u200d'.repeat(20), '\ufdfd',
  ),
  Buffer.from([0xed, 0xa0, 0x80]), Buffer.from([0xff, 0xfe]),
];
