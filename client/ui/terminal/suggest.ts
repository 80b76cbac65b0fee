import { commandNames, commands } from './commands.js';

/** Two slips of the finger: more, and it is another word. */
const SLIPS_MAX = 2;

/** The command that a person may have meant, as it is typed. */
export function closest(word: string, how: 'plain' | 'slash'): string | undefined {
  const slash = how === 'slash' ? '/' : '';
  const ranked = commandNames
    .flatMap((name) => commands[name][how])
    .map((known) => ({ known, slips: slips(word.toLowerCase(), known) }))
    .filter(({ known, slips }) => slips <= SLIPS_MAX && slips < known.length - 1)
    .sort((a, b) => a.slips - b.slips);
  return ranked[0] && slash + ranked[0].known;
}

/** Letters added, left out, changed, or swapped with a neighbour (optimal string alignment). */
function slips(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > SLIPS_MAX) return SLIPS_MAX + 1;
  const rows = [Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      row.push(Math.min(row[j - 1]! + 1, rows[i - 1]![j]! + 1, rows[i - 1]![j - 1]! + same));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j]!, rows[i - 2]![j - 2]! + 1);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
