/** What a terminal takes for more than a character, or a person for less than one. */
export const hostile: readonly string[] = [
  // CSI: clear, colour, cursor, questions that the terminal answers as if it were typed, modes, the end of a paste.
  '\x1b[2J\x1b[1;1H', '\x1b[31m', '\x1b[2A\x1b[J', '\x1b[6n', '\x1b[c', '\x1b[?1000h\x1b[?1049h', '\x1b[201~',
  // Other escapes, and beginnings that would take what follows with them.
  '\x1b#8', '\x1b(0', '\x1bc', 'x\x1b', 'x\x1b[', 'x\x1b[3',
  // OSC (title, clipboard, link), DCS, APC, PM, SOS.
  '\x1b]0;title\x07', '\x1b]52;c;aGk=\x07', '\x1b]8;;http://x/\x1b\\bob\x1b]8;;\x1b\\', '\x1bP$q"p\x1b\\',
  '\x1b_apc\x1b\\', '\x1b^pm\x1b\\', '\x1bXsos\x1b\\',
  // The same in one byte, C1.
  '\x9b2J', '\x9b31m', '\x9d0;title\x9c', '\x90$qm\x9c', '\x9fapc\x9c', '\x9epm\x9c', '\x98sos\x9c', 'a\x85b', 'a\x84b',
  'a\x8db', '\x8e\x8f',
  // C0, and line ends that are none here.
  'a\rb', 'a\bb', 'a\vb', 'a\fb', '\x07', '\x0e\x0f', '\0', '\x7f', 'a\u2028b', 'a\u2029b',
  // Directions, zero width, invisible operators, tags, annotations, fillers, and what else has no shape.
  '\u202egnp.exe', '\u202a\u202b\u202c\u202d', '\u2066\u2067\u2068\u2069', '\u200e\u200f\u061c',
  '\u200b\u200c\u2060\ufeff', 'a\u200db', '\u200d', 'a\u00adb', '\u2061\u2062\u2063\u2064',
  'a\u{e0041}\u{e0042}\u{e007f}b', '\ufff9a\ufffab\ufffb', '\u115f\u1160\u3164\uffa0', '\u180e\u17b4\u17b5',
  '\u206a\u206f', '\u{1d173}\u{1d17a}', '\u{1bca0}',
];

/**
 * Controls, and all that has no shape: to be seen as an escape. Not among them are the selectors, which choose a shape,
 * and the few signs of Cf that have one.
 */
export const HIDDEN =
  /(?![\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]|\p{VS})[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]/gu;

/** As a person is to see it: `\u{1b}`. */
export const visible = (text: string): string =>
  text.replace(HIDDEN, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);

/** What the client itself writes besides text: what its line editor needs, its colours, one mode of the keyboard. */
const OWN = /\x1b\[(?:\d+[ABCDG]|0?[JK]|\?2004[hl]|(?:[012]|3[1-3]|1;3[2-6]|1;97;41)m)|\r\n|\r|\n/gu;

/** The joiner in a picture made of pictures, also of one that is so long that it goes on in the next row. */
const JOINER =
  /(?<=\p{ExtPict}\ufe0f?\p{Emoji_Modifier}?(?: {6}\| )?)\u200d(?=(?: {6}\| )?\p{ExtPict})/gu;

/** What is in the output of a terminal client, and is neither text nor one of the client's own sequences. */
export const foreignIn = (written: string): string[] =>
  written.replace(OWN, '').replace(JOINER, '').match(HIDDEN) ?? [];
