import { type Codec, mapped, vec8, rest } from '../bytes/codec.js';
import { UsageError, WireError } from '../errors.js';

/** docs/PROTOCOL.md, Notation: 1 to 16 characters of A-Z a-z 0-9 -, compared byte for byte. */
export const USERNAME_MAX = 16;
const USERNAME = /^[A-Za-z0-9-]{1,16}$/;
const PART = /^[A-Za-z0-9-]{0,16}$/;

export function isUsername(name: string): boolean {
  return USERNAME.test(name);
}

/** For names that a person typed. Throws UsageError 'bad-name'. */
export function checkUsername(name: string): string {
  if (!isUsername(name)) {
    const shown = JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name);
    throw new UsageError('bad-name', `${shown} is not a username: use 1 to 16 letters A-Z a-z, digits and hyphens.`);
  }
  return name;
}

const named = (codec: Codec<Buffer>, grammar: RegExp) =>
  mapped(codec, (value: string) => Buffer.from(value, 'latin1'), (raw) => {
    const value = raw.toString('latin1');
    if (!grammar.test(value)) throw new WireError('malformed', `${codec.field}: not a username`);
    return value;
  });

/** A username behind its length in one byte. */
export const username = (field: string) => named(vec8(field, { min: 1, max: USERNAME_MAX }), USERNAME);

/** A username that may be empty, or the beginning of one. */
export const usernamePart = (field: string) => named(vec8(field, { max: USERNAME_MAX }), PART);

/** A username that fills the payload. */
export const bareUsername = (field: string) => named(rest(field, { min: 1, max: USERNAME_MAX }), USERNAME);
