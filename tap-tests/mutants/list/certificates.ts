import { type Mutant, sabotage } from '../mutant.js';

const A1 = 'attacks/A1-certificates.test.ts';
const A17 = 'attacks/A17-server-as-user.test.ts';
const KNOWN = 'common/crypto/known-certificates.test.ts';
const CERTIFICATE = 'common/crypto/certificate.test.ts';

/** docs/PROTOCOL.md, Certificates. */
export const certificates: readonly Mutant[] = [
  ...sabotage('common/crypto/certificate.ts', CERTIFICATE, [
    ['certificates may be of any size', 'if (der.length > CERTIFICATE_BYTES_MAX) {', 'if (false) {'],
    ['certificates may be of version 1', 'if (!version?.content.equals(VERSION_3)) {', 'if (version === undefined) {'],
    ['a serial number may be of any length', 'if (serial.length > SERIAL_BYTES_MAX)', 'if (false)'],
    ['a certificate may name two algorithms', 'if (!fields.next(tag.sequence).whole.equals(algorithm.whole)) {',
      'if (fields.next(tag.sequence).tag === 0) {', A1],
    ['an Ed25519 signature on a certificate is not verified', '&& by.verify(signed.whole, signature);', ';', A1],
    ['an RSA signature on a certificate is not verified', '&& verifyPkcs1(by.spki, digest, signed.whole, signature);',
      ';', A1],
  ]),
  ...sabotage('common/crypto/certificate-extensions.ts', CERTIFICATE, [
    ['a critical extension that is not understood is passed over', 'if (critical && !UNDERSTOOD.has(id))',
      'if (false)', A1],
    ['name constraints are passed over', 'if (id === NAME_CONSTRAINTS)', 'if (false)', A1],
    ['an extension may be there twice', 'if (values.has(id))', 'if (false)', A1],
    ['critical may be any byte', "if (critical) readTrue(critical, 'critical');", ''],
    ['basic constraints may say TRUE with any byte', "if (authority) readTrue(authority, 'basicConstraints');", ''],
    ['a path length without an authority', 'if (length && !authority)', 'if (false)'],
    ['a path length of several bytes', 'if (digits && digits.length > 1)', 'if (false)'],
    ['an empty list of purposes', 'if (purposes.length === 0)', 'if (false)'],
    ['an address of three bytes', 'length !== 4 && length !== 16', 'length > 16'],
  ]),
  ...sabotage('common/crypto/certificate-time.ts', CERTIFICATE, [
    ['the 30th of February is a date', " || date.toISOString().replace(/[-:T]|\\.000/g, '') !== text", ''],
    ['the year 50 is of the 21st century', '>= 50', '> 50'],
  ]),
  ...sabotage('common/crypto/certificate-name.ts', CERTIFICATE, [
    ['a name with an empty part', 'if (pairs.length === 0)', 'if (false)'],
    ['a string that is not of its type', 'if (!fits)', 'if (false)'],
    ['a PrintableString of anything', '? PRINTABLE.test(value)', '? true'],
    ['names of certificates reach the terminal as they are', "const text = harmless(shown.join(', '));",
      "const text = shown.join(', ');"],
  ]),
  ...sabotage('common/crypto/certificate.ts', KNOWN, [
    ['any signature was right once', 'if (right) proven.add(by);', 'proven.add(by);'],
  ]),
  ...sabotage('common/crypto/known-certificates.ts', KNOWN, [
    ['certificates are remembered without end', 'if (this.#known.size > this.most)', 'if (false)'],
    ['a certificate is known by its length', "der.toString('latin1')", 'String(der.length)'],
  ]),
  ...sabotage('common/crypto/chain.ts', KNOWN, [
    ['a chain that is not yet found right is remembered', '  const paths = possiblePaths(certificates, authorities);\n',
      '  known.remember(certificates);\n  const paths = possiblePaths(certificates, authorities);\n'],
    ['nobody is known', '      known.remember(certificates);\n', ''],
  ]),
  ...sabotage('common/crypto/chain.ts', A1, [
    ['a chain may be of any length', 'if (chain.length > CERTIFICATES_MAX) {', 'if (false) {'],
    ['any issuer may follow in a chain', 'if (!issuer.subject.der.equals(below.issuer.der)) {', 'if (false) {'],
    ['a leaf may issue certificates', 'if (!issuer.isAuthority) {', 'if (false) {'],
    ['any key of an authority signs certificates',
      'if (issuer.keyUsage && !issuer.keyUsage.has(keyUsage.keyCertSign)) {', 'if (false) {'],
    ['a path length is off by one', 'depth > issuer.pathLength) {', 'depth > issuer.pathLength + 1) {'],
    ['an authority for one purpose issues for another', 'if (issuer.purposes && !issuer.purposes.has(oid)) {',
      'if (false) {'],
    ['the signature on a certificate does not count', 'if (!below.signedBy(issuer)) {', 'if (false) {'],
    ['a certificate of tomorrow is valid', 'if (now < notBefore) {', 'if (false) {'],
    ['a certificate of yesterday is valid', 'if (now > notAfter) {', 'if (false) {'],
    ["the authority's own dates do not count",
      'for (const certificate of [own, ...issuers]) checkDates(certificate, now);', 'checkDates(own, now);'],
    ['an authority may be a server itself', 'if (own.isAuthority) throw', 'if (false) throw'],
    ['a certificate without purposes is for all', 'if (!own.purposes?.has(oid))',
      'if (own.purposes && !own.purposes.has(oid))'],
    ['a purpose is not looked at', 'if (!own.purposes?.has(oid))', 'if (false)', A17],
    ['a key that does not sign will do', 'if (!own.keyUsage?.has(keyUsage.digitalSignature)) {', 'if (false) {'],
    ['a key without usage will do', 'if (!own.keyUsage?.has(', 'if (own.keyUsage && !own.keyUsage.has(', A17],
    ['an authority in the chain is known by its name alone', 'authorities.some(({ der }) => der.equals(last.der))',
      'authorities.some(({ subject }) => subject.der.equals(last.subject.der))'],
    ['a server for any host will do', 'if (!isFor(own, serverName))', 'if (false)'],
    ['one common name of several will do', 'if (others.length > 0) throw', 'if (false) throw', A17],
    ["another user's certificate will do", 'if (name !== username) throw', "if (name === '') throw", A17],
    ['common names are compared without regard to case', 'if (name !== username) throw',
      'if (name.toLowerCase() !== username.toLowerCase()) throw', A17],
  ]),
  ...sabotage('common/crypto/server-name.ts', 'common/crypto/server-name.test.ts', [
    ['a dNSName may stand for an address',
      'if (address) return certificate.addresses.some((each) => each.equals(address));',
      'if (address && certificate.addresses.some((each) => each.equals(address))) return true;'],
    ['a wildcard matches itself', " || wanted.includes('*')", ''],
    ['a host may be the end of a dNSName', '(name) => name.toLowerCase() === wanted',
      '(name) => name.toLowerCase().endsWith(wanted)'],
  ]),
];
