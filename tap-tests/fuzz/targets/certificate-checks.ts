import { X509Certificate } from 'node:crypto';
import { type Element, readElement, readElements, tag, writeUnsigned } from '../../../common/bytes/der.js';
import type { Certificate } from '../../../common/crypto/certificate.js';
import { harmless } from '../../../common/text/harmless.js';
import { algorithms, generalized, seq, utc } from '../../support/certificate-maker.js';
import { check, same } from '../target.js';

const ALGORITHMS = [algorithms.sha256, algorithms.sha384, algorithms.sha512, algorithms.ed25519];

/** Who writes down what was read of a certificate comes to the same bytes, field by field; and OpenSSL agrees. */
export function checkRead(der: Buffer, read: Certificate): void {
  const signed = readElements(readElement(der).content)[0]!;
  const [version, serial, algorithm, issuer, validity, subject, key, extensions, ...more] = readElements(signed.content)
    .map(({ whole }) => whole);
  same('the version', version!, Buffer.from('a003020102', 'hex'));
  same('the serial number', serial!, writeUnsigned(read.serial));
  check(ALGORITHMS.some((known) => known.equals(algorithm!)), 'another algorithm');
  same('the issuer', issuer!, read.issuer.der);
  const dates = times(read.notBefore).flatMap((from) => times(read.notAfter).map((to) => seq(from, to)));
  check(dates.some((each) => each.equals(validity!)), 'other dates');
  same('the subject', subject!, read.subject.der);
  same('the key', key!, read.publicKey.spki);
  check(extensions?.[0] === 0xa3 && more.length === 0, 'other fields');
  for (const name of [read.subject, read.issuer]) {
    check(harmless(name.text) === name.text && name.text.length <= 200, 'a name that does harm');
    check(valuesOf(name.der).every(isOfItsType), 'a name with a string that is not of its type');
  }
  checkWithOpenssl(der, read);
}

/** As the two types of time write it. */
function times(date: Date): Buffer[] {
  const text = date.toISOString().replace(/[-:T]|\.\d+/g, '');
  const year = date.getUTCFullYear();
  return [generalized(text), ...(year >= 1950 && year < 2050 ? [utc(text.slice(2))] : [])];
}

const valuesOf = (name: Buffer): Element[] => readElements(readElement(name).content)
  .flatMap((set) => readElements(set.content))
  .map((pair) => readElements(pair.content)[1]!);

/** What each type of string may have (X.680, 41). */
const LETTERS: ReadonlyMap<number, RegExp> = new Map([
  [tag.utf8String, /^[^]*$/], [tag.printableString, /^[A-Za-z0-9 '()+,\-./:=?]*$/], [tag.ia5String, /^[\0-\x7f]*$/],
]);

const isOfItsType = ({ tag: kind, content }: Element): boolean =>
  LETTERS.get(kind)?.test(content.toString('latin1')) ?? true;

/** It reads no names with values that are no strings; all else it reads, with the same number, key and end. */
function checkWithOpenssl(der: Buffer, { subject, issuer, serial, publicKey, notAfter }: Certificate): void {
  let other: X509Certificate;
  try {
    other = new X509Certificate(der);
  } catch {
    const hasOthers = [subject, issuer].some((name) => valuesOf(name.der).some(({ tag: kind }) => !LETTERS.has(kind)));
    return check(hasOthers, 'OpenSSL does not read it');
  }
  check(BigInt(`0x${other.serialNumber}`) === BigInt(`0x${serial.toString('hex')}`), 'OpenSSL reads another number');
  same('the key of OpenSSL', other.publicKey.export({ format: 'der', type: 'spki' }), publicKey.spki);
  check(new Date(other.validTo).getTime() === notAfter.getTime(), `OpenSSL reads that it ends on ${other.validTo}`);
}
