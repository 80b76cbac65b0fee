/** What the pictures of the bench have in common. They are for light and dark. */
export const BASE_STYLE = `
text { font: 13px system-ui, sans-serif; fill: #1f2328 } .head { font-size: 17px; font-weight: 600 }
.group { font-weight: 600 } .note, .tick { font-size: 12px; fill: #59636e } .end { text-anchor: end }
.tick { text-anchor: middle } .paper { fill: #ffffff } .grid { stroke: #d1d9e0 }`;

export const BASE_DARK = `
text { fill: #e6edf3 } .note, .tick { fill: #9198a1 } .paper { fill: #0d1117 } .grid { stroke: #30363d }`;

export const style = (light: string, dark: string): string =>
  `<style>${BASE_STYLE}${light}\n@media (prefers-color-scheme: dark) {${BASE_DARK}${dark}\n}</style>`;

export const text = (x: number, y: number, content: string, kind: string): string =>
  `<text class="${kind}" x="${at(x)}" y="${at(y)}">${escaped(content)}</text>`;

/** A coordinate with as many digits as anybody sees. */
export const at = (value: number): string => String(Math.round(value * 10) / 10);

export const escaped = (content: string): string => content.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** The whole picture, on paper. */
export function picture({ width, height, title }: { width: number; height: number; title: string }, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"`,
    ` width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escaped(title)}</title>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}
