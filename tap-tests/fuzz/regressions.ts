import { tag, writeElement, writeOid, writeUnsigned } from '../../common/bytes/der.js';
import { writePem } from '../../common/bytes/pem.js';
import { ext, extension, makeCertificate, type Parts, seq } from '../support/certificate-maker.js';
import { keys, publicOf } from './fixtures.js';

const hex = (input: string | Buffer): string => Buffer.from(input as string).toString('hex');

const certificate = (more: Partial<Parts>): string => hex(makeCertificate({
  issuer: seq(), subject: seq(), spki: publicOf(keys.alice), by: keys.authority, extensions: [ext.notCa()], ...more,
}));

const version = (content: string) => [writeElement(0xa0, writeElement(tag.integer, Buffer.from(content, 'hex')))];
const printable = (text: string) =>
  seq(writeElement(tag.set, seq(writeOid('2.5.4.3'), writeElement(tag.printableString, Buffer.from(text)))));

/** A private key as it lies in a file, under so many rounds. */
function underRounds(rounds: number): string {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(rounds);
  const octets = (length: number) => writeElement(tag.octetString, Buffer.alloc(length));
  const hmac = seq(writeOid('1.2.840.113549.2.9'), writeElement(tag.null));
  const derived = seq(writeOid('1.2.840.113549.1.5.12'), seq(octets(16), writeUnsigned(count), hmac));
  const sealed = seq(writeOid('2.16.840.1.101.3.4.1.42'), octets(16));
  const pbes2 = seq(writeOid('1.2.840.113549.1.5.13'), seq(derived, sealed));
  return hex(writePem('ENCRYPTED PRIVATE KEY', seq(pbes2, octets(64))));
}

const JOINED = '\u{1f469}\u200d';

/** Texts that made a row wider than the terminal, which then began one of its own, without a bar. */
const rows: readonly (readonly [text: string, what: string])[] = [
  [`${'\u1100'.repeat(35)}12:04 alice: forged`, 'Hangul was counted half'],
  ['lollollol\u2630lo', 'so was a trigram'],
  [`${JOINED.repeat(7)}\u{1f467}`, 'pictures joined without an end were never broken'],
  [`w letters-abcde${JOINED}${JOINED}\u{1f467} zzzz`, 'what follows a word was not counted'],
];

/** Inputs that a reader once did not withstand: target, input in hexadecimal, what it was. */
export const regressions: readonly (readonly [target: string, input: string, what: string])[] = [
  ['certificate', certificate({ version: version('0200') }), 'version 513 was taken for 3: its first byte is the same'],
  ['certificate', certificate({ subject: printable('a*b') }), 'a PrintableString with what none may have'],
  [
    'certificate', certificate({ extensions: [extension(`1.2${'.3'.repeat(1_000)}`, Buffer.alloc(1), true)] }),
    'a name of 2,000 characters for an extension was told in the sentence that refuses it',
  ],
  ['private key under a passphrase', underRounds(2 ** 25), 'as many rounds as the file asked for held up the program'],
  ['typed line', hex(`/a b${' '.repeat(65_000)}c`), 'spaces between words cost the square of their number'],
  ...rows.map(([text, what]): [string, string, string] => ['events on a terminal', hex(text), what]),
  ['keyboard', hex('\x1d'), 'a control character that is no key was put into the line, and shown'],
  ['keyboard', hex('\u009b2J'), 'and so was the beginning of a sequence'],
  ['arguments of the client', hex('h\n1\n--suite.x=rsa'), 'an option with a dot became an object'],
  ['arguments of the server', hex('0\n--host.'), 'an option with a dot became an object'],
];
