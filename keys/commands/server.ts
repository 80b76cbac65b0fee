import { passphrase } from '../../common/cli/passphrase.js';
import type { IdentityKind } from '../../common/crypto/identity.js';
import { UsageError } from '../../common/errors.js';
import { shownPath } from '../../common/files/bounded-read.js';
import { keysFolder } from '../../common/files/keys-folder.js';
import { type PassphraseFiles, authorityPassphrase, hasAuthority, makeAuthority } from '../authority.js';
import type { Io } from '../io.js';
import { checkHost, hasServer, makeServer } from '../server-pair.js';

export interface ServerCommandOptions extends PassphraseFiles {
  readonly keys: string;
  readonly host?: readonly string[];
  readonly type?: IdentityKind;
  readonly days?: number;
  readonly protect?: boolean;
  readonly force?: boolean;
}

/** `node keys server`. Throws UsageError 'exists', 'bad-host' before it asks for anything. */
export async function server(options: ServerCommandOptions, io: Io): Promise<void> {
  const { keys, host, type, days, protect = false, force = false } = options;
  const folder = keysFolder(keys);
  if (hasServer(folder) && !force) {
    throw new UsageError(
      'exists',
      `There is a server's pair in ${shownPath(folder.server.folder)} already. To replace it, add --force.`,
    );
  }
  host?.forEach(checkHost);
  const prompt = "New passphrase for the server's private key";
  const isNew = !hasAuthority(folder);
  const secret = await authorityPassphrase(options, isNew, io);
  if (isNew) await makeAuthority(folder, secret, {}, io);
  await makeServer(folder, secret, {
    ...(host === undefined ? {} : { hosts: host }),
    ...(type === undefined ? {} : { type }),
    ...(days === undefined ? {} : { days }),
    protect: protect
      ? await passphrase({ file: options.passphraseFile, prompt, confirm: true }, io.terminal)
      : undefined,
  }, io);
}
