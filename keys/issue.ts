import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writePem } from '../common/bytes/pem.js';
import { type Certificate, parseCertificate, readCertificatesPem } from '../common/crypto/certificate.js';
import { type KeyObject, publicOf, randomBytes, spkiOf } from '../common/crypto/node.js';
import { forgetTemporary, noteTemporary } from '../common/files/temporary.js';
import { checkOpenssl, openssl } from './openssl.js';

export interface Issuer {
  /** Files: the certificate (not for a self-signed one) and the private key, under a passphrase. */
  readonly certificate?: string;
  readonly key: string;
  readonly passphrase: string;
}

export interface Subject {
  readonly commonName: string;
  readonly publicKey: Buffer;
  readonly days: number;
  /** Lines of an X509v3 section of openssl's configuration (x509v3_config(5)). */
  readonly extensions: readonly string[];
}

export const authorityExtensions = [
  'basicConstraints = critical, CA:TRUE',
  'keyUsage = critical, keyCertSign, cRLSign',
  'subjectKeyIdentifier = hash',
];

const leafExtensions = (purpose: string) => [
  'basicConstraints = critical, CA:FALSE',
  'keyUsage = critical, digitalSignature',
  `extendedKeyUsage = ${purpose}`,
  'subjectKeyIdentifier = hash',
  'authorityKeyIdentifier = keyid',
];

export const userExtensions = leafExtensions('clientAuth');

export const serverExtensions = (hosts: readonly string[]) => [
  ...leafExtensions('serverAuth'),
  `subjectAltName = ${hosts.map((host) => `${isIP(host) ? 'IP' : 'DNS'}:${host}`).join(', ')}`,
];

/**
 * Has openssl make a certificate. It is given the issuer's key under its passphrase, and of the subject the
 * public key only. All files lie in a folder of mode 0700 that is removed in any case.
 */
export async function issue(
  issuer: Issuer,
  { commonName, publicKey, days, extensions }: Subject,
): Promise<Certificate> {
  await checkOpenssl();
  const folder = await mkdtemp(join(tmpdir(), 'messageapp-'));
  noteTemporary(folder);
  try {
    const spki = join(folder, 'public.pem');
    const config = join(folder, 'extensions.cnf');
    const made = join(folder, 'made.pem');
    await writeFile(spki, writePem('PUBLIC KEY', publicKey));
    await writeFile(config, ['[made]', ...extensions, ''].join('\n'));
    const signer = issuer.certificate === undefined
      ? ['-key', issuer.key]
      : ['-CA', issuer.certificate, '-CAkey', issuer.key, '-force_pubkey', spki];
    // The first bit zero, the second one: a positive number that is never shorter.
    const serial = randomBytes(16);
    serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40, 0);
    await openssl([
      'x509', '-new', ...signer, '-passin', 'fd:3', '-sha256', '-subj', `/CN=${commonName}`,
      '-days', String(days), '-set_serial', `0x${serial.toString('hex')}`,
      '-extfile', config, '-extensions', 'made', '-out', made,
    ], issuer.passphrase);
    return parseCertificate(readCertificatesPem(await readFile(made, 'latin1'))[0]!.der);
  } finally {
    await rm(folder, { recursive: true, force: true });
    forgetTemporary(folder);
  }
}

export const certificatePem = ({ der }: Certificate): string => writePem('CERTIFICATE', der);

export const spkiOfPrivate = (key: KeyObject): Buffer => spkiOf(publicOf(key));
