import { problem, quotation, type Row } from './row.js';

/** A text that was too long to be sent is too long to be shown again. */
const SHOWN_MAX = 400;

/** An error. @param own the text that it is about */
export function notDone(now: Date, text: string, own: string | undefined): Row[] {
  return own === undefined ? [problem(now, text)] : [problem(now, `Not sent: ${text}`), quotation(shortened(own))];
}

function shortened(text: string): string {
  const characters = [...text];
  if (characters.length <= SHOWN_MAX) return text;
  return `${characters.slice(0, SHOWN_MAX).join('')}… (the whole of it: arrow up)`;
}
