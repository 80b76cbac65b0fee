/** A run of characters of one look, as a terminal showed it. */
export interface Run {
  readonly text: string;
  readonly bold: boolean;
  readonly dim: boolean;
  /** 0 to 7, the eight colours of every terminal. */
  readonly colour: number | undefined;
}

const SGR = /\x1b\[([0-9;]*)m/g;

/** A line of `tmux capture-pane -e` as runs. */
export function readLine(line: string): Run[] {
  const runs: Run[] = [];
  let look = { bold: false, dim: false, colour: undefined as number | undefined };
  let at = 0;
  const take = (text: string) => {
    if (text !== '') runs.push({ text, ...look });
  };
  for (const match of line.matchAll(SGR)) {
    take(line.slice(at, match.index));
    at = match.index + match[0].length;
    for (const code of (match[1] || '0').split(';').map(Number)) look = apply(look, code);
  }
  take(line.slice(at));
  return runs;
}

function apply<L extends { bold: boolean; dim: boolean; colour: number | undefined }>(look: L, code: number): L {
  if (code === 0) return { ...look, bold: false, dim: false, colour: undefined };
  if (code === 1) return { ...look, bold: true };
  if (code === 2) return { ...look, dim: true };
  if (code === 22) return { ...look, bold: false, dim: false };
  if (code === 39) return { ...look, colour: undefined };
  if (code >= 30 && code <= 37) return { ...look, colour: code - 30 };
  return look;
}
