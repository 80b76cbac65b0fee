import { join } from 'node:path';
import { UsageError } from '../errors.js';
import { checkUsername } from '../wire/username.js';

/**
 * Where everything lies that `node keys` makes; no other place builds these paths, and none is ever built
 * from what a peer sent.
 * ```
 * authority/ca.pem  ca.key               stays where certificates are made
 * server/server.pem  server.key  ca.pem  to the server's machine; server.pem is the chain, its own
 * certificate first
 * users/NAME.pem  NAME.password  revoked to the server's machine; public keys, certificates, hashes of passwords
 * private/NAME/key.pem  [certificate.pem]  ca.pem    to that user; [transcripts/] of signed conversations
 * ```
 */
export interface KeysFolder {
  readonly root: string;
  readonly authority: { readonly folder: string; readonly certificate: string; readonly key: string };
  readonly server: {
    readonly folder: string;
    readonly chain: string;
    readonly key: string;
    readonly authority: string;
  };
  readonly users: string;
  readonly private: string;
}

export const DEFAULT_KEYS = './keys';

export function keysFolder(root: string): KeysFolder {
  const [authority, server] = [join(root, 'authority'), join(root, 'server')];
  return {
    root,
    authority: { folder: authority, certificate: join(authority, 'ca.pem'), key: join(authority, 'ca.key') },
    server: {
      folder: server,
      chain: join(server, 'server.pem'),
      key: join(server, 'server.key'),
      authority: join(server, 'ca.pem'),
    },
    users: join(root, 'users'),
    private: join(root, 'private'),
  };
}

/**
 * In the folder `users`. Throws UsageError 'bad-name' for what is not a username, so that no name leaves the
 * folder.
 */
export const entryPath = (users: string, name: string): string => join(users, `${checkUsername(name)}.pem`);

/** Of a user who has a password beside the key. Throws UsageError 'bad-name'. */
export const passwordPath = (users: string, name: string): string => join(users, `${checkUsername(name)}.password`);

/** What lets people register: a file for each invitation, called after its hash. */
export const invitationsFolder = (users: string): string => join(users, 'invitations');

export const revokedPath = (users: string): string => join(users, 'revoked');

export interface PrivateFolder {
  readonly folder: string;
  readonly key: string;
  /** Only of a user enrolled by certificate. */
  readonly certificate: string;
  readonly authority: string;
  /** Folder of the transcripts of signed conversations. */
  readonly transcripts: string;
}

export const privateFolder = (folder: string): PrivateFolder => ({
  folder,
  key: join(folder, 'key.pem'),
  certificate: join(folder, 'certificate.pem'),
  authority: join(folder, 'ca.pem'),
  transcripts: join(folder, 'transcripts'),
});

/**
 * In the folder `transcripts`. Throws UsageError 'bad-name' for what is not a username, or not the 16 hexadecimal
 * digits of a conversation.
 */
export function transcriptPath(transcripts: string, peer: string, conversation: string): string {
  if (!/^[0-9a-f]{16}$/.test(conversation)) throw new UsageError('bad-name', 'This is not the id of a conversation.');
  return join(transcripts, `${checkUsername(peer)}-${conversation}.jsonl`);
}

/** The private folder of a user. Throws UsageError 'bad-name'. */
export const privateFolderOf = ({ private: all }: KeysFolder, name: string): PrivateFolder =>
  privateFolder(join(all, checkUsername(name)));
