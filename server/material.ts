import { readCertificatesPem } from '../common/crypto/certificate.js';
import type { Certificate } from '../common/crypto/certificate.js';
import { type Identity, privateIdentity } from '../common/crypto/identity.js';
import { UsageError } from '../common/errors.js';
import { readBounded, shownPath } from '../common/files/bounded-read.js';
import { revokedPath } from '../common/files/keys-folder.js';
import { readPrivateKey } from '../common/files/private-key.js';
import { renewRevoked } from '../common/files/revoked-list.js';
import { readUsers, type Users, type UsersInFolder } from '../common/files/users-folder.js';
import { CELL_BODY_MAX, CERTIFICATES_MAX, SIGNATURE_BYTES_MAX } from '../common/wire/limits.js';
import type { Material } from './relay/relay.js';

export interface MaterialPaths {
  /** The server's certificate and its issuers, PEM. */
  readonly certificate: string;
  readonly privateKey: string;
  /** Whose users' certificates are believed, PEM; undefined: nobody's. */
  readonly authority: string | undefined;
  readonly users: string;
}

const PEM_BYTES_MAX = 65_536;
const MISSING = 'Make one with: node keys server (or name your own with --certificate and --private-key).';

/** M2 besides certificates: their count, suite, R2, the ephemeral key and the signature with their lengths. */
const M2_OTHERS = 1 + 1 + 32 + 2 + 270 + 2 + SIGNATURE_BYTES_MAX;

/** What was read from files. */
export interface MaterialRead extends Material {
  readonly users: UsersInFolder;
}

/**
 * Reads everything that a server needs. Throws UsageError or TrustError with what to do.
 * @param askPassphrase of the private key, if it is under one; undefined where there is nobody to ask
 * @param former what was read before: its key stays where that is under a passphrase that nobody is there to type, and
 * its list of those revoked where the one that is there is none, or older
 */
export async function readMaterial(
  paths: MaterialPaths, askPassphrase: (() => Promise<string>) | undefined, former?: MaterialRead,
): Promise<MaterialRead> {
  const chain = await readPem(paths.certificate, "The server's certificate", MISSING);
  checkFits(chain);
  const identity = await readIdentity(paths.privateKey, askPassphrase, former?.identity);
  const own = chain[0]!;
  if (!own.publicKey.fingerprint.equals(identity.public.fingerprint)) {
    const [key, certificate] = [shownPath(paths.privateKey), shownPath(paths.certificate)];
    throw new UsageError('bad-key-file', `The private key ${key} is not that of the certificate ${certificate}.`);
  }
  const { authority } = paths;
  const authorities = authority === undefined ? [] : await readPem(authority, "The authority's certificate");
  const signers = authorities.map(({ publicKey }) => publicKey);
  const { revoked, problem } = await renewRevoked(revokedPath(paths.users), signers, former?.users.revoked);
  const users = await readUsers(paths.users, revoked);
  const problems = [...problem === undefined ? [] : [problem], ...expiry(own), ...nobody(users), ...users.problems];
  return { identity, certificates: chain.map(({ der }) => der), authorities, users, problems };
}

async function readPem(path: string, what: string, missing = ''): Promise<Certificate[]> {
  return readCertificatesPem((await readBounded(path, { what, maxBytes: PEM_BYTES_MAX, missing })).toString('latin1'));
}

function checkFits(chain: readonly Certificate[]): void {
  const bytes = chain.reduce((sum, { der }) => sum + 2 + der.length, M2_OTHERS);
  if (chain.length > CERTIFICATES_MAX || bytes > CELL_BODY_MAX) {
    throw new UsageError(
      'bad-file',
      "The server's chain of certificates is too long: leave the authority's own out, or take smaller keys.",
    );
  }
}

async function readIdentity(
  path: string, askPassphrase: (() => Promise<string>) | undefined, former: Identity | undefined,
): Promise<Identity> {
  try {
    return privateIdentity(await readPrivateKey(path, askPassphrase));
  } catch (error) {
    if (former && error instanceof UsageError && error.code === 'no-passphrase') return former;
    throw error;
  }
}

const nobody = ({ users }: Users): string[] => users.size > 0 ? [] : ['Nobody is enrolled yet: node keys user alice'];

function expiry({ notBefore, notAfter }: Certificate): string[] {
  const now = new Date();
  const [from, to] = [notBefore.toISOString(), notAfter.toISOString()];
  const expired = `The server's certificate expired on ${to}: clients refuse it. Renew it: node keys server`;
  if (now > notAfter) return [expired];
  return now < notBefore ? [`The server's certificate is not valid before ${from}: clients refuse it.`] : [];
}
