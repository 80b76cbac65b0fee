import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { passphrase, PASSWORD_VARIABLE } from '../common/cli/passphrase.js';
import { writePem } from '../common/bytes/pem.js';
import type { Certificate } from '../common/crypto/certificate.js';
import { privateIdentity } from '../common/crypto/identity.js';
import { type KeyObject, makeEd25519Pair } from '../common/crypto/node.js';
import { passwordBytes } from '../common/crypto/password.js';
import { HandshakeError, UsageError } from '../common/errors.js';
import { writeAtomically } from '../common/files/atomic-write.js';
import { shownPath } from '../common/files/bounded-read.js';
import { makeFolder } from '../common/files/folder-aside.js';
import { keysFolder, type PrivateFolder, privateFolder, privateFolderOf } from '../common/files/keys-folder.js';
import { writePrivateKey } from '../common/files/private-key.js';
import { readCertificates } from './credentials.js';
import { dial } from './engine/dial.js';
import { RefusedError } from './engine/login.js';
import { NotRegisteredError, register } from './engine/register.js';
import type { ClientOptions } from './options.js';

const REGISTER_MS = 60_000;

export interface Registered {
  readonly username: string;
  /** Where the key is. */
  readonly folder: string;
  /** 32 bytes. */
  readonly fingerprint: Buffer;
}

/**
 * `node client HOST PORT --register`: a key, and an account for it. The private folder is there, whole, before the
 * server is asked: a key that is enrolled and lost would take the name with it. Where the server says no, inside of the
 * encryption, it goes again.
 * Throws MessageAppError.
 */
export async function registerAccount(username: string, options: ClientOptions): Promise<Registered> {
  const folder = options.identity === undefined
    ? privateFolderOf(keysFolder(options.keys), username) : privateFolder(options.identity);
  if (existsSync(folder.folder)) {
    throw new UsageError(
      'exists',
      `There is a key of ${username} already (${shownPath(folder.folder)}). If a registration was cut short, try to `
        + 'log in with it; if that is refused, move the folder away and register again.',
    );
  }
  const authorities = await readCertificates(authorityPath(options), 'The certificate of the authority');
  const { secret, password } = await askBoth(username, options);
  const { privateKey } = makeEd25519Pair();
  const identity = privateIdentity(privateKey);
  const account = { username, invitation: options.invitation, email: options.email, password };
  const stream = await dial(options.host, options.port);
  const abort = new AbortController();
  const late = () => abort.abort(new HandshakeError('too-slow', 'The server did not answer in time.'));
  const timer = setTimeout(late, REGISTER_MS);
  try {
    await register(stream, account, {
      identity, authorities, suites: options.suites, serverName: options.serverName, now: new Date(),
      signal: abort.signal, keep: () => fill(folder, privateKey, secret, authorities),
    });
  } catch (error) {
    if (error instanceof NotRegisteredError) await rm(folder.folder, { recursive: true, force: true });
    // Anybody on the way can have made a refusal: it does not say that nobody was enrolled.
    if (!(error instanceof RefusedError) || !existsSync(folder.folder)) throw error;
    throw new HandshakeError('refused', `${error.message} ${username} may be registered all the same: try to log in. `
      + `If that is refused, move the folder ${shownPath(folder.folder)} away, and register again.`);
  } finally {
    clearTimeout(timer);
    password.fill(0);
    stream.destroy();
  }
  return { username, folder: folder.folder, fingerprint: identity.public.fingerprint };
}

/** Whoever registers has of the server only what its administrator gave: no key is believed at first sight. */
function authorityPath({ authority, keys }: ClientOptions): string {
  if (authority !== undefined) return authority;
  const own = keysFolder(keys).authority.certificate;
  if (existsSync(own)) return own;
  throw new UsageError(
    'bad-argument', "Say whom you believe: --authority FILE, with the authority's certificate (ca.pem) of this server.",
  );
}

async function askBoth(username: string, { passphraseFile: file, passwordFile, setPassword }: ClientOptions) {
  const secret = await passphrase({ file, prompt: `New passphrase for ${username}'s private key`, confirm: true });
  if (!setPassword) return { secret, password: Buffer.alloc(0) };
  const password = await passphrase({
    file: passwordFile, variable: PASSWORD_VARIABLE, option: '--password-file', confirm: true,
    prompt: `New password of ${username}, which the server asks for`,
  });
  return { secret, password: passwordBytes(password).bytes };
}

const fill = (folder: PrivateFolder, key: KeyObject, secret: string, authorities: readonly Certificate[]) =>
  makeFolder(folder.folder, async (aside) => {
    const own = privateFolder(aside);
    await writePrivateKey(own.key, key, secret);
    const pem = authorities.map(({ der }) => writePem('CERTIFICATE', der)).join('');
    await writeAtomically(own.authority, pem, { mode: 0o644 });
  });
