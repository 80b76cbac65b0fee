import { type KeyObject, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Credentials } from '../../../client/engine/login.js';
import { passphrase } from '../../../common/cli/passphrase.js';
import { type Certificate, readCertificatesPem } from '../../../common/crypto/certificate.js';
import { privateIdentity } from '../../../common/crypto/identity.js';
import { makeEd25519Pair } from '../../../common/crypto/node.js';
import { UsageError } from '../../../common/errors.js';
import { readBounded, shownPath } from '../../../common/files/bounded-read.js';
import { type KeysFolder, keysFolder, privateFolderOf } from '../../../common/files/keys-folder.js';
import { readPrivateKey } from '../../../common/files/private-key.js';
import { personWith } from '../../support/attacker/primitives.js';
import type { Field, Insider } from '../live/attack.js';
import { type Authority, openAuthority } from './authority.js';
import type { Options } from './options.js';

/** A user, for the attacker and for a real client. */
interface User {
  readonly insider: Insider;
  readonly credentials: Credentials;
}

/** Where there are several, pairs take turns: an attack, or a look at honest users, uses up what a user may say. */
type PairOf<T> = readonly [T, T];
export type Pair = PairOf<Credentials>;

/** How many pairs of attackers, and of honest users, are made. */
const PAIRS = 3;

/** Who takes part. */
export interface Cast extends Pick<Field, 'authority' | 'serverPair'> {
  readonly attackers: readonly PairOf<Insider>[];
  /** The honest users may be the attackers. */
  readonly honest: readonly Pair[];
}

/** Throws UsageError and TrustError with what to do. */
export async function makeCast(options: Options): Promise<Cast> {
  const folder = keysFolder(options.keys);
  const serverPair = await readServerPair(folder);
  if (!options.users) return shortLived(await openAuthority(folder, options), serverPair);
  const [first, second] = options.users;
  const [one, other] = [await enrolled(folder, first, options), await enrolled(folder, second, options)];
  return { attackers: [[one.insider, other.insider]], honest: [[one.credentials, other.credentials]], serverPair };
}

/** Nothing of these users is written down. A server keeps a name with its key for a day: so each is a new one. */
function shortLived(authority: Authority, serverPair: Insider | undefined): Cast {
  const mark = randomBytes(3).toString('hex');
  const make = (name: string): User => {
    const { privateKey } = makeEd25519Pair();
    const certificates = authority.certify(name, personWith(privateKey).spki);
    return userOf(name, privateKey, certificates, [authority.certificate]);
  };
  const pairs = (what: string): PairOf<User>[] => Array.from({ length: PAIRS }, (_, at) =>
    [make(`${what}-${mark}-${2 * at + 1}`), make(`${what}-${mark}-${2 * at + 2}`)]);
  return {
    attackers: pairs('attack').map(([one, other]) => [one.insider, other.insider]),
    honest: pairs('honest').map(([one, other]) => [one.credentials, other.credentials]),
    authority: authority.certify, serverPair,
  };
}

async function enrolled(folder: KeysFolder, name: string, { passphraseFile: file }: Options): Promise<User> {
  const own = privateFolderOf(folder, name);
  if (!existsSync(own.key)) {
    throw new UsageError('no-key',
      `There is no private key of ${name} here (${shownPath(own.key)}): --keys says where it is.`);
  }
  const key = await readPrivateKey(own.key, () => passphrase({ prompt: `Passphrase of ${name}'s private key`, file }));
  const certificates = existsSync(own.certificate) ? await readChain(own.certificate) : [];
  return userOf(name, key, certificates.map(({ der }) => der), await readChain(own.authority));
}

function userOf(
  name: string, key: KeyObject, certificates: readonly Buffer[], authorities: readonly Certificate[],
): User {
  return {
    insider: { name, person: personWith(key), certificates },
    credentials: { username: name, identity: privateIdentity(key), certificates, authorities },
  };
}

/** The server's own pair, where it lies there and under no passphrase: then its theft can be tried too. */
async function readServerPair({ server }: KeysFolder): Promise<Insider | undefined> {
  try {
    const chain = await readChain(server.chain);
    const person = personWith(await readPrivateKey(server.key));
    const [name] = chain[0]!.subject.commonNames;
    return name === undefined ? undefined : { name, person, certificates: chain.map(({ der }) => der) };
  } catch {
    return undefined;
  }
}

async function readChain(path: string): Promise<Certificate[]> {
  const pem = await readBounded(path, { what: 'The certificate', maxBytes: 65_536 });
  return readCertificatesPem(pem.toString('latin1'));
}
