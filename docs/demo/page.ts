const colour = process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';
const paint = (code: number) => (text: string) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);

export const bold = paint(1);
export const dim = paint(2);
export const green = paint(32);
export const red = paint(31);
export const cyan = paint(36);

const WIDTH = 22;

export function title(text: string): void {
  console.log(`\n${bold(text)}`);
}

export function line(label: string, text = ''): void {
  console.log(`  ${label.padEnd(WIDTH)} ${text}`);
}

/** The first bytes of a field in hexadecimal, with its length. */
export function bytes(field: Buffer, shown = 12): string {
  const digits = field.toString('hex', 0, shown).replace(/(..)(?=.)/g, '$1 ');
  return field.length > shown ? `${digits} … ${dim(`(${field.length} bytes)`)}` : digits;
}

/** A check that the demonstration makes: one that fails fails it. */
export function check(what: string, holds: boolean): void {
  console.log(`  ${holds ? green('✓') : red('✗ FAILED')} ${what}`);
  if (!holds) process.exitCode = 1;
}
