import { TrustError } from '../errors.js';
import { harmless } from '../text/harmless.js';
import { CERTIFICATES_MAX } from '../wire/limits.js';
import type { Certificate } from './certificate.js';
import { keyUsage, purpose } from './certificate-extensions.js';
import { KnownCertificates } from './known-certificates.js';
import { isFor, showAddress } from './server-name.js';

interface Trust {
  /** Whose certificates are believed, from a file of this person; they count as trusted, not as valid. */
  readonly authorities: readonly Certificate[];
  /** Every certificate, the authority's too, has to be valid at this time. */
  readonly now: Date;
}

export interface ServerTrust extends Trust {
  /** The host that was dialled, or the name given instead of it. */
  readonly serverName: string;
}

export interface UserTrust extends Trust {
  readonly username: string;
}

/** Ends a check with the reason, in words that go on from "The server's certificate is refused: ". */
class Fault extends Error {}

/**
 * Checks a server's certificates (docs/PROTOCOL.md, Notation): 1 to CERTIFICATES_MAX of DER, its own first,
 * each next one the issuer of the one before; the authority's own may be at the end or be left out.
 * @returns the server's own certificate
 * Throws TrustError 'bad-certificate' with a sentence that says which check failed.
 */
export function verifyServerChain(
  chain: readonly Buffer[],
  { serverName, ...trust }: ServerTrust,
): Certificate {
  return explained("The server's certificate", () => {
    const own = verifyChain(chain, trust, { oid: purpose.serverAuth, name: "a server's (serverAuth)" });
    if (!isFor(own, serverName)) throw new Fault(hostFault(own, serverName));
    return own;
  });
}

/**
 * Checks a user's certificates like a server's, but for the purpose clientAuth and exactly one common name,
 * which is the username. @returns the user's own certificate. Throws TrustError 'bad-certificate'.
 */
export function verifyUserChain(chain: readonly Buffer[], { username, ...trust }: UserTrust): Certificate {
  return explained("The user's certificate", () => {
    const own = verifyChain(chain, trust, { oid: purpose.clientAuth, name: "a user's (clientAuth)" });
    const [name, ...others] = own.subject.commonNames;
    if (name === undefined) throw new Fault(`${show(own)} has no common name.`);
    if (others.length > 0) throw new Fault(`${show(own)} has more than one common name.`);
    if (name !== username) throw new Fault(`it is for "${harmless(name)}", not for "${harmless(username)}".`);
    return own;
  });
}

function explained(whose: string, check: () => Certificate): Certificate {
  try {
    return check();
  } catch (cause) {
    if (cause instanceof Fault) {
      throw new TrustError('bad-certificate', `${whose} is refused: ${cause.message}`);
    }
    if (!(cause instanceof TrustError)) throw cause;
    throw new TrustError('bad-certificate', `${whose} is refused. ${cause.message}`, { cause });
  }
}

/** As many as a large team has. */
const known = new KnownCertificates(1024);

type Purpose = { readonly oid: string; readonly name: string };

function verifyChain(chain: readonly Buffer[], { authorities, now }: Trust, wanted: Purpose): Certificate {
  if (chain.length === 0) throw new Fault('there is none.');
  if (chain.length > CERTIFICATES_MAX) {
    throw new Fault(`there are more than ${CERTIFICATES_MAX} in its chain.`);
  }
  const certificates = chain.map((der) => known.read(der));
  const paths = possiblePaths(certificates, authorities);
  const faults: Fault[] = [];
  for (const [own, ...issuers] of paths) {
    try {
      checkPath(own, issuers, now, wanted.oid);
      checkUse(own, wanted);
      known.remember(certificates);
      return own;
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      faults.push(fault);
    }
  }
  throw faults[0] ?? new Fault(unknownIssuer(certificates));
}

type Path = readonly [own: Certificate, ...issuers: Certificate[]];

/**
 * From the own certificate to each authority that may be meant: one that was renewed is there twice by name.
 */
function possiblePaths(certificates: readonly Certificate[], authorities: readonly Certificate[]): Path[] {
  const [own, ...issuers] = certificates as [Certificate, ...Certificate[]];
  const last = issuers.at(-1);
  if (last && authorities.some(({ der }) => der.equals(last.der))) return [[own, ...issuers]];
  const issuer = (last ?? own).issuer.der;
  const meant = authorities.filter(({ subject }) => subject.der.equals(issuer));
  return meant.map((authority) => [own, ...issuers, authority]);
}

function unknownIssuer(certificates: readonly Certificate[]): string {
  const last = certificates.at(-1)!;
  return last.subject.der.equals(last.issuer.der)
    ? `${show(last)} is self-signed, and not an authority that is trusted here.`
    : `${show(last)} was issued by ${last.issuer.text}, which is not an authority that is trusted here.`;
}

/**
 * RFC 5280, 6.1, without policies and name constraints: certificates that need either were refused when read.
 */
function checkPath(own: Certificate, issuers: readonly Certificate[], now: Date, oid: string): void {
  let below = own;
  for (const [depth, issuer] of issuers.entries()) {
    if (!issuer.subject.der.equals(below.issuer.der)) {
      throw new Fault(`${show(below)} was issued by ${below.issuer.text}, but ${show(issuer)} follows it.`);
    }
    if (!issuer.isAuthority) {
      throw new Fault(`${show(below)} was issued by ${show(issuer)}, which is no authority.`);
    }
    if (issuer.keyUsage && !issuer.keyUsage.has(keyUsage.keyCertSign)) {
      throw new Fault(`the key of its issuer ${show(issuer)} is not for signing certificates.`);
    }
    // Issuers with the same subject as their own issuer count too. RFC 5280 does not ask that: stricter.
    if (issuer.pathLength !== undefined && depth > issuer.pathLength) {
      throw new Fault(
        `there are more authorities below ${show(issuer)} than it allows (${issuer.pathLength}).`,
      );
    }
    if (issuer.purposes && !issuer.purposes.has(oid)) {
      throw new Fault(`its issuer ${show(issuer)} may not issue certificates for this purpose.`);
    }
    if (!below.signedBy(issuer)) {
      throw new Fault(
        `the signature on ${show(below)} was not made by the authority it names, ${show(issuer)}.`,
      );
    }
    below = issuer;
  }
  for (const certificate of [own, ...issuers]) checkDates(certificate, now);
}

function checkDates(certificate: Certificate, now: Date): void {
  const { notBefore, notAfter } = certificate;
  if (now < notBefore) {
    throw new Fault(
      `${show(certificate)} is not valid before ${showTime(notBefore)}. Is the clock of this machine right?`,
    );
  }
  if (now > notAfter) {
    throw new Fault(`${show(certificate)} expired on ${showTime(notAfter)} and has to be renewed.`);
  }
}

function checkUse(own: Certificate, { oid, name }: Purpose): void {
  if (own.isAuthority) throw new Fault(`${show(own)} is an authority's, and not for use by itself.`);
  if (!own.purposes?.has(oid)) throw new Fault(`its purpose is not ${name}.`);
  if (!own.keyUsage?.has(keyUsage.digitalSignature)) {
    throw new Fault('its key is not for signatures (digitalSignature).');
  }
}

function hostFault({ dnsNames, addresses }: Certificate, serverName: string): string {
  const names = [...dnsNames, ...addresses.map(showAddress)].map((name) => harmless(name)).join(', ');
  const shown = names.length > 200 ? `${names.slice(0, 199)}…` : names;
  if (names === '') {
    return `it names no host as alternative name, so it is not for "${harmless(serverName)}".`;
  }
  const wildcard = dnsNames.some((name) => name.includes('*')) ? ' Wildcards are not accepted.' : '';
  return `it is for ${shown}, not for "${harmless(serverName)}".${wildcard}`;
}

const show = (certificate: Certificate) => `"${certificate.subject.text}"`;

const showTime = (date: Date) => date.toISOString().replace(/T(..:..).*/, ' $1 UTC');
