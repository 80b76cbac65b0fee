import { readLine, type Run } from './ansi.js';

const CELL = { width: 7.8, height: 17 };
const MARGIN = 14;
const TITLE = 26;
const PALETTE = ['#4d5563', '#ff7b72', '#7ee787', '#e3b341', '#79c0ff', '#d2a8ff', '#76e3ea', '#e6edf3'];

export interface Pane {
  readonly title: string;
  readonly columns: number;
  /** Lines of `tmux capture-pane -e`. */
  readonly lines: readonly string[];
}

/** Terminals side by side, as a drawing that needs no font but a monospaced one. */
export function drawPanes(panes: readonly Pane[]): string {
  const rows = Math.max(...panes.map(({ lines }) => lines.length));
  const widths = panes.map(({ columns }) => columns * CELL.width + 2 * MARGIN);
  const height = rows * CELL.height + 2 * MARGIN + TITLE;
  const width = widths.reduce((sum, each) => sum + each + MARGIN, -MARGIN);
  let left = 0;
  const drawn = panes.map((pane, index) => {
    const box = drawPane(pane, left, widths[index]!, height);
    left += widths[index]! + MARGIN;
    return box;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width.toFixed(0)}" height="${height}" viewBox="0 0 ${width.toFixed(0)} ${height}">`,
    '<style>text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#c9d1d9;white-space:pre}</style>',
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function drawPane({ title, lines }: Pane, left: number, width: number, height: number): string {
  const top = TITLE + MARGIN;
  const rows = lines.map((line, row) => {
    let column = 0;
    return readLine(line).map((run) => {
      const x = left + MARGIN + column * CELL.width;
      column += run.text.length;
      return drawRun(run, x, top + (row + 0.8) * CELL.height);
    }).join('');
  });
  return [
    `<rect x="${left}" width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    `<text x="${left + width / 2}" y="19" text-anchor="middle" style="fill:#8b949e">${escape(title)}</text>`,
    ...rows.filter((row) => row !== ''),
  ].join('\n');
}

function drawRun({ text, bold, dim, colour }: Run, x: number, y: number): string {
  if (text.trim() === '') return '';
  const style = [
    ...(colour === undefined ? [] : [`fill:${PALETTE[colour]}`]), ...(bold ? ['font-weight:bold'] : []), ...(dim ? ['opacity:.65'] : []),
  ].join(';');
  const length = (text.length * CELL.width).toFixed(1);
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" textLength="${length}" xml:space="preserve"${style ? ` style="${style}"` : ''}>${escape(text)}</text>`;
}

const escape = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
