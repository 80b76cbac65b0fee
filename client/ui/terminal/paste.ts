/** Stands for a line break in the line being typed. */
export const BREAK = '⏎';

/**
 * A pasted text as it stands in the line being typed: breaks visible, the last one left out, and no control
 * character, which would act on the terminal as soon as it is shown.
 */
export function pastedIntoLine(text: string): string {
  return text
    .replace(/\r\n?|[\v\f\x85\u2028\u2029]/g, '\n')
    .replace(/\n$/, '')
    .replace(/(?![\n\t])\p{Cc}/gu, '')
    .replaceAll('\n', BREAK);
}

/** The text that a typed line stands for. */
export function textOfLine(line: string): string {
  return line.replaceAll(BREAK, '\n');
}

/** Bracketed paste (xterm): what is pasted comes between marks, which readline knows as keys. */
export const PASTE_ON = '\x1b[?2004h';
export const PASTE_OFF = '\x1b[?2004l';
