/** A text in the forms in which a program could let it slip out, none of them shorter than the text. */
export function formsOf(text: string): Map<string, Buffer> {
  const utf16 = Buffer.from(text, 'utf16le');
  return new Map([
    ['UTF-8', Buffer.from(text)], ['UTF-16LE', utf16], ['UTF-16BE', Buffer.from(utf16).swap16()],
    ['hexadecimal', Buffer.from(Buffer.from(text).toString('hex'))],
    ...[0, 1, 2].map((shift): [string, Buffer] => [`base64 behind ${shift} bytes`, base64(text, shift)]),
    ...[0, 1, 2].map((shift): [string, Buffer] => [`base64url, ${shift}`, base64(text, shift, 'base64url')]),
  ]);
}

/** Those characters of base64 that depend on nothing but the text, when `shift` bytes stand before it. */
function base64(text: string, shift: number, encoding: 'base64' | 'base64url' = 'base64'): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]);
  const encoded = bytes.toString(encoding);
  return Buffer.from(encoded.slice(Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6)));
}

export function countOf(haystack: Buffer, needle: Buffer): number {
  let count = 0;
  for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + 1)) count += 1;
  return count;
}
