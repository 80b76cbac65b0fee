import { test } from 'tap';
import { X509Certificate } from 'node:crypto';
import { writePem } from '../../../common/bytes/pem.js';
import { tag, writeElement, writeOid } from '../../../common/bytes/der.js';
import { parseCertificate, readCertificatesPem } from '../../../common/crypto/certificate.js';
import { TrustError } from '../../../common/errors.js';
import {
  TRUE, cn, ext, extension, generalized, good, seq, serverExtensions, utc, utf8,
} from '../../support/certificate-maker.js';

test('every field, as Node reads it too', async (t) => {
  const der = good.server();
  const own = parseCertificate(der);
  const node = new X509Certificate(der);
  t.equal(own.notBefore.toISOString(), new Date(node.validFrom).toISOString());
  t.equal(own.notAfter.toISOString(), new Date(node.validTo).toISOString());
  t.equal(own.serial.toString('hex').toUpperCase(), node.serialNumber);
  t.equal(own.issuer.text, 'CN=Test authority');
  t.same(own.publicKey.spki, node.publicKey.export({ format: 'der', type: 'spki' }));
  t.same(own.dnsNames, ['localhost']);
  t.same(own.addresses.map(({ length }) => length), [4, 16]);
  t.same([...own.purposes!], ['1.3.6.1.5.5.7.3.1']);
  t.same([...own.keyUsage!], [0]);
  t.same([own.isAuthority, own.pathLength], [false, undefined]);
  t.ok(own.signedBy(parseCertificate(good.authority())));
  t.notOk(own.signedBy(own));
  const ca = parseCertificate(good.authority({ extensions: [ext.ca(3)] }));
  t.same([ca.isAuthority, ca.pathLength, ca.keyUsage, ca.purposes], [true, 3, undefined, undefined]);
});

const field = (oid: string, value: Buffer) => writeElement(tag.set, seq(writeOid(oid), value));

test('names, safe to print', async (t) => {
  const subject = (...parts: Buffer[]) => parseCertificate(good.server({ subject: seq(...parts) })).subject;
  t.equal(subject(field('2.5.4.10', utf8('Example, Inc.')), field('2.5.4.3', utf8('x'))).text, 'O="Example, Inc.", CN=x');
  t.equal(subject(field('1.2.3.4', utf8('x'))).text, '1.2.3.4=x');
  t.equal(subject(field('2.5.4.3', utf8('\x1b]0;x\x07\r\n\u202e'))).text, 'CN="\\u001b]0;x\\u0007\\r\\n\\u{202e}"');
  t.equal(subject(field('2.5.4.3', utf8('\x9b1m'))).text, 'CN=\\u{9b}1m');
  t.same(subject(field('2.5.4.3', writeElement(0x1e, Buffer.from('0061', 'hex')))).commonNames, ['#1e020061'], 'BMPString');
  t.equal(subject().text, '(no name)');
  t.equal(subject(field('2.5.4.3', utf8('x'.repeat(1000)))).text.length, 200);
  t.throws(() => subject(field('2.5.4.3', writeElement(tag.utf8String, Buffer.from([0xff])))), /not of its type/);
  t.throws(() => subject(writeElement(tag.set)), /empty part/);
});

test('dates', async (t) => {
  const from = (notBefore: Buffer) => parseCertificate(good.server({ notBefore })).notBefore.toISOString();
  t.equal(from(utc('491231235959Z')), '2049-12-31T23:59:59.000Z');
  t.equal(from(utc('500101000000Z')), '1950-01-01T00:00:00.000Z');
  t.equal(from(generalized('20510101000000Z')), '2051-01-01T00:00:00.000Z');
  for (const bad of [utc('2601010000Z'), utc('260101000000+0100'), utc('261301000000Z'), utc('260230000000Z'), utc('260101240000Z'),
    utc('260101000060Z'), generalized('20260101000000.5Z'), generalized('20260101000000'), utf8('260101000000Z'), utc('')]) {
    t.throws(() => from(bad), { code: 'bad-certificate' }, bad.toString('latin1'));
  }
});

test('what is not read', async (t) => {
  const fault = (change: Parameters<typeof good.server>[0], sentence: RegExp) =>
    t.throws(() => parseCertificate(good.server(change)), { name: 'TrustError', code: 'bad-certificate', message: sentence });
  fault({ version: [] }, /not of version 3/);
  fault({ version: [writeElement(0xa0, Buffer.from([2, 1, 1]))] }, /not of version 3/);
  fault({ serial: Buffer.from([2, 1, 0xff]) }, /negative/);
  fault({ serial: writeElement(tag.integer, Buffer.alloc(21, 1)) }, /too long/);
  fault({ algorithm: seq(writeOid('1.2.840.113549.1.1.11')) }, /none of SHA-256/);
  fault({ more: [writeElement(tag.null)] }, /field too many/);
  fault({ extensions: [] }, /empty/);
  fault({ extensions: [ext.notCa(), extension('2.5.29.37', seq())] }, /purposes is empty/);
  fault({ extensions: [extension('2.5.29.17', seq())] }, /alternative names is empty/);
  fault({ extensions: serverExtensions({ names: ext.names({ ip: [1, 2, 3] }) }) }, /unfit length/);
  fault({ extensions: [extension('2.5.29.19', seq(Buffer.from([2, 1, 0])))] }, /without being an authority/);
  fault({ extensions: [extension('2.5.29.19', seq(Buffer.from([1, 1, 0])))] }, /not TRUE/);
  fault({ extensions: [seq(writeOid('1.2.3'), Buffer.from([1, 1, 0]), writeElement(tag.octetString))] }, /not TRUE/);
  fault({ extensions: [seq(writeOid('1.2.3'), TRUE)] }, /critical extension 1.2.3/);
  fault({ subject: cn('x'.repeat(4000)) }, /at most 3500/);
  t.ok(parseCertificate(good.server({ extensions: [...serverExtensions(), extension('1.2.3', Buffer.alloc(3))] })), 'not critical');
});

test('20,000 damaged certificates are refused in the one way, or read', async (t) => {
  const der = good.server();
  let seed = 11;
  const next = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
  for (let round = 0; round < 20_000; round++) {
    const changed = Buffer.from(der);
    for (let count = 1 + next(4); count > 0; count--) changed.writeUInt8(next(256), next(changed.length));
    try {
      parseCertificate(changed);
    } catch (error) {
      if (!(error instanceof TrustError)) t.fail(`${changed.toString('hex')}: ${String(error)}`);
    }
  }
});

test('PEM', async (t) => {
  const pem = writePem('CERTIFICATE', good.server());
  t.equal(readCertificatesPem(`text\n${pem}${pem}`).length, 2);
  t.throws(() => readCertificatesPem(''), { code: 'bad-file', message: /there is none/ });
  t.throws(() => readCertificatesPem(writePem('PRIVATE KEY', Buffer.alloc(3))), { message: /there is private key/ });
  t.throws(() => readCertificatesPem(pem.slice(0, 100)), { message: /damaged/ });
});

test('a path length of several bytes', async (t) => {
  const of = (...bytes: number[]) => parseCertificate(good.authority({ extensions: [extension('2.5.29.19', seq(TRUE, writeElement(tag.integer, Buffer.from(bytes))))] }));
  t.equal(of(0x7f).pathLength, 127);
  t.throws(() => of(1, 0), { code: 'bad-certificate', message: /path length is not sensible/ });
});

test('a PrintableString has no other characters than its own', async (t) => {
  const subject = (text: string) =>
    parseCertificate(good.server({ subject: seq(field('2.5.4.10', writeElement(tag.printableString, Buffer.from(text, 'latin1')))) })).subject.text;
  t.equal(subject("Example's (Test) +,-./:=? 9"), `O="Example's (Test) +,-./:=? 9"`);
  for (const text of ['a@b', 'a_b', 'a*b', 'a&b', 'a\0b', 'caf\xe9']) t.throws(() => subject(text), { code: 'bad-certificate', message: /not of its type/ }, text);
});
