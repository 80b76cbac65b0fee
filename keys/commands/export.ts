import { keysFolder } from '../../common/files/keys-folder.js';
import { entryText } from '../../common/files/enrolment.js';
import type { Io } from '../io.js';
import { usersIn } from '../revoked.js';

export interface ExportOptions {
  readonly keys: string;
}

/**
 * `node keys export`: everybody's public key or certificates as one readable text, each entry as `node keys enrol`
 * takes it; no passwords, no e-mails, nothing of invitations. Whoever is revoked, and what is damaged, is left out.
 */
export async function exportUsers({ keys }: ExportOptions, io: Io): Promise<void> {
  const { users } = await usersIn(keysFolder(keys));
  for (const user of users.values()) {
    const how = user.certificates.length > 0 ? 'by certificate' : 'by public key';
    const today = io.now().toISOString().slice(0, 10);
    io.print(entryText(user, io.now(), how).replace(/^enrolled .*\n/m, `exported     ${today}\n`));
  }
}
