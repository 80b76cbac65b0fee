import { mkdir } from 'node:fs/promises';
import { makeInvitation } from '../../common/files/invitations.js';
import { keysFolder } from '../../common/files/keys-folder.js';
import type { Io } from '../io.js';

export const INVITATION_DAYS = 7;

const DAY_MS = 86_400_000;

export interface InviteOptions {
  readonly keys: string;
  readonly days?: number;
}

/** `node keys invite`: a code that lets one person register (docs/PROTOCOL.md part 12); it is shown this once. */
export async function invite({ keys, days = INVITATION_DAYS }: InviteOptions, io: Io): Promise<void> {
  const { users } = keysFolder(keys);
  await mkdir(users, { recursive: true, mode: 0o755 });
  const until = new Date(io.now().getTime() + days * DAY_MS);
  io.print(await makeInvitation(users, until));
  io.print(`  It lets one person in, until ${until.toISOString().slice(0, 16).replace('T', ' ')} UTC:`);
  io.print('  node client HOST PORT --register --invitation CODE --authority ca.pem');
  io.print(`  ${users} goes to the server, which has to be run with --registration invite; no SIGHUP is needed.`);
}
