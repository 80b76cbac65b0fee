import { type Element, readElements, readOid, readOnly, tag } from '../bytes/der.js';
import { WireError } from '../errors.js';
import { harmless } from '../text/harmless.js';

/** The subject or issuer of a certificate (RFC 5280, 4.1.2.4). */
export interface DistinguishedName {
  /** Names are the same if their bytes are. */
  readonly der: Buffer;
  /** Like `CN=alice, O=Example`: for people, safe on a terminal, at most 200 characters. */
  readonly text: string;
  /** Every common name in it, exactly as it stands there: for comparing, not for printing. */
  readonly commonNames: readonly string[];
}

const COMMON_NAME = '2.5.4.3';
const SHORT: ReadonlyMap<string, string> = new Map([
  [COMMON_NAME, 'CN'], ['2.5.4.5', 'serialNumber'], ['2.5.4.6', 'C'], ['2.5.4.7', 'L'], ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'street'], ['2.5.4.10', 'O'], ['2.5.4.11', 'OU'], ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.25', 'DC'], ['1.2.840.113549.1.9.1', 'emailAddress'],
]);
const TEXT_MAX = 200;

/** What a PrintableString may have (X.680, 41.4). */
const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/;

/** Reads a Name: a SEQUENCE of SETs of (type, value). Throws WireError 'malformed'. */
export function readName(name: Element, what: string): DistinguishedName {
  const attributes = readElements(name.content).flatMap((set) => {
    const pairs = readElements(readOnly(set.whole, tag.set, what).content);
    if (pairs.length === 0) throw new WireError('malformed', `${what}: an empty part`);
    return pairs.map((pair) => readAttribute(pair, what));
  });
  const shown = attributes.map(({ type, value }) => `${SHORT.get(type) ?? type}=${quoted(value)}`);
  const text = harmless(shown.join(', '));
  return {
    der: name.whole,
    text: text === '' ? '(no name)' : text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1)}…` : text,
    commonNames: attributes.filter(({ type }) => type === COMMON_NAME).map(({ value }) => value),
  };
}

function readAttribute(pair: Element, what: string): { type: string; value: string } {
  const [type, value, ...others] = readElements(readOnly(pair.whole, tag.sequence, what).content);
  if (!type || !value || others.length > 0) {
    throw new WireError('malformed', `${what}: not a type and a value`);
  }
  return { type: readOid(type, what), value: readString(value, what) };
}

/** A string of a type that is no longer made comes as `#` and its bytes in hexadecimal (RFC 4514, 2.4). */
function readString({ tag: kind, content, whole }: Element, what: string): string {
  if (kind !== tag.utf8String && kind !== tag.printableString && kind !== tag.ia5String) {
    return `#${whole.toString('hex')}`;
  }
  const value = content.toString(kind === tag.utf8String ? 'utf8' : 'latin1');
  const fits = kind === tag.utf8String ? Buffer.from(value, 'utf8').equals(content)
    : kind === tag.printableString ? PRINTABLE.test(value)
      : content.every((byte) => byte < 0x80);
  if (!fits) throw new WireError('malformed', `${what}: a string that is not of its type`);
  return value;
}

/** In quotation marks where it could be taken for more than one value. */
function quoted(value: string): string {
  return /[,+="\\<>;#]|^\s|\s$|^$/.test(value) ? JSON.stringify(value) : value;
}
