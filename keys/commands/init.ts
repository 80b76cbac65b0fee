import { shownPath } from '../../common/files/bounded-read.js';
import { UsageError } from '../../common/errors.js';
import { keysFolder } from '../../common/files/keys-folder.js';
import {
  type AuthorityOptions, type PassphraseFiles, authorityPassphrase, hasAuthority, makeAuthority,
} from '../authority.js';
import type { Io } from '../io.js';

export interface InitOptions extends AuthorityOptions, PassphraseFiles {
  readonly keys: string;
}

/** `node keys init`. Throws UsageError 'exists' before it asks for anything. */
export async function init({ keys, ...options }: InitOptions, io: Io): Promise<void> {
  const folder = keysFolder(keys);
  if (hasAuthority(folder)) {
    throw new UsageError(
      'exists',
      `There is an authority in ${shownPath(folder.authority.folder)} already. Move it away to make another.`,
    );
  }
  await makeAuthority(folder, await authorityPassphrase(options, true, io), options, io);
}
