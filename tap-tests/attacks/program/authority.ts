import { existsSync } from 'node:fs';
import type { Certificate } from '../../../common/crypto/certificate.js';
import { UsageError } from '../../../common/errors.js';
import { shownPath } from '../../../common/files/bounded-read.js';
import type { KeysFolder } from '../../../common/files/keys-folder.js';
import { readPrivateKey } from '../../../common/files/private-key.js';
import { authorityPassphrase, readAuthority } from '../../../keys/authority.js';
import { realIo } from '../../../keys/io.js';
import { CLIENT_AUTH, cn, ext, makeCertificate, utc } from '../../support/certificate-maker.js';
import type { Options } from './options.js';

const HOUR_MS = 3_600_000;

export interface Authority {
  readonly certificate: Certificate;
  /** A user's chain for any name and any key, also for one that no authority should certify; valid for a day. */
  readonly certify: (name: string, spki: Buffer) => readonly Buffer[];
}

/** The authority of a keys folder, its key in memory only. Throws UsageError. */
export async function openAuthority(folder: KeysFolder, { passphraseFile }: Options): Promise<Authority> {
  const { key: path } = folder.authority;
  if (!existsSync(path)) {
    throw new UsageError('no-key', `There is no authority's key here (${shownPath(path)}): --keys says where it is, `
      + 'or name two users whose keys are there with --as and --with.');
  }
  const certificate = await readAuthority(folder);
  const by = await readPrivateKey(path, () => authorityPassphrase({ passphraseFile }, false, realIo));
  const time = (ms: number) => utc(`${new Date(ms).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`);
  const certify = (name: string, spki: Buffer): Buffer[] => [makeCertificate({
    issuer: certificate.subject.der, subject: cn(name), spki, by,
    notBefore: time(Date.now() - HOUR_MS), notAfter: time(Date.now() + 24 * HOUR_MS),
    extensions: [ext.notCa(), ext.signature(), ext.purposes(CLIENT_AUTH)],
  })];
  return { certificate, certify };
}
