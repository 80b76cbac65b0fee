import type { Certificate } from '../../common/crypto/certificate.js';
import type { ServerInfo } from './protocol.js';

/** What a person is told of the server. */
export function serverInfo(name: string, certificate: Certificate): ServerInfo {
  return {
    name,
    subject: certificate.subject.text,
    issuer: certificate.issuer.text,
    validFrom: certificate.notBefore.toISOString(),
    validTo: certificate.notAfter.toISOString(),
    fingerprint: certificate.publicKey.fingerprint.toString('hex'),
  };
}
