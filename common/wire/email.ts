export const EMAIL_BYTES_MAX = 100;

/** An e-mail as somebody may give it: one @ inside, nothing that is no character of a line. Nobody checks more. */
export function isEmail(text: string): boolean {
  return Buffer.byteLength(text) <= EMAIL_BYTES_MAX && /^[^@\s\p{C}]+@[^@\s\p{C}]+$/u.test(text);
}
