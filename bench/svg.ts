/** What the pictures of the bench have in common. They are for light and dark. */
const BASE_STYLE = `
text { font: 13px system-ui, sans-serif; fill: #1f2328 } .head { font-size: 17px; font-weight: 600 }
.group { font-weight: 600 } .note, .tick { font-size: 12px; fill: #59636e } .end { text-anchor: end }
.tick { text-anchor: middle } .paper { fill: #ffffff } .grid { stroke: #d1d9e0 }`;

const BASE_DARK = `
text { fill: #e6edf3 } .note, .tick { fill: #9198a1 } .paper { fill: #0d1117 } .grid { stroke: #30363d }`;

const style = (light: string, dark: string): string =>
  `<style>${BASE_STYLE}${light}\n@media (prefers-color-scheme: dark) {${BASE_DARK}${dark}\n}</style>`;

export const text = (x: number, y: number, content: string, kind: string): string =>
  `<text class="${kind}" x="${at(x)}" y="${at(y)}">${escaped(content)}</text>`;

/** A coordinate with as many digits as anybody sees. */
export const at = (value: number): string => String(Math.round(value * 10) / 10);

export const escaped = (content: string): string => content.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A run of the bench, as far as a picture says which one it shows. */
interface Made {
  readonly date: string;
  readonly node: string;
  readonly machine: string;
}

interface Sheet {
  readonly width: number;
  readonly height: number;
  /** For who hears it read. */
  readonly title: string;
  readonly light: string;
  readonly dark: string;
  readonly head: string;
  readonly note: string;
  readonly made: Made;
  /** Behind the machine at the foot. */
  readonly remark?: string;
}

/** The whole picture, on paper: with a head, a note under it, and at the foot when and where it was measured. */
export function sheet(
  { width, height, title, light, dark, head, note, made: { date, node, machine }, remark = '' }: Sheet,
  parts: readonly string[],
): string {
  return picture({ width, height, title }, [
    style(light, dark),
    `<rect class="paper" width="${width}" height="${at(height)}"/>`,
    text(16, 28, head, 'head'),
    text(16, 50, note, 'note'),
    ...parts,
    text(16, height - 10, `${date.slice(0, 10)}, Node ${node}, ${machine}${remark}`, 'note'),
  ]);
}

function picture({ width, height, title }: { width: number; height: number; title: string }, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"`,
    ` width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escaped(title)}</title>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}
