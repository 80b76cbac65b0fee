import { existsSync } from 'node:fs';
import { type Certificate, readCertificatesPem } from '../../common/crypto/certificate.js';
import { parseCertificate } from '../../common/crypto/certificate.js';
import { showFingerprint } from '../../common/crypto/identity.js';
import { showAddress } from '../../common/crypto/server-name.js';
import { MessageAppError, UsageError } from '../../common/errors.js';
import { readBounded } from '../../common/files/bounded-read.js';
import { emailIn } from '../../common/files/enrolment.js';
import { type KeysFolder, entryPath, keysFolder, passwordPath } from '../../common/files/keys-folder.js';
import { nobodyRevoked, type Revoked } from '../../common/files/revoked-list.js';
import { ENTRY_BYTES_MAX, type EnrolledUser, readEntry, readUsers } from '../../common/files/users-folder.js';
import { harmless } from '../../common/text/harmless.js';
import { checkUsername } from '../../common/wire/username.js';
import { hasAuthority, readAuthority } from '../authority.js';
import type { Io } from '../io.js';
import { revokedIn } from '../revoked.js';
import { hasServer } from '../server-pair.js';

export interface ShowOptions {
  readonly keys: string;
  readonly name?: string | undefined;
}

/**
 * `node keys show [NAME]`. Throws UsageError 'no-key' for a name nobody has; 'bad-file' where the authority has not
 * signed the list of those revoked, when all else was shown.
 */
export async function show({ keys, name }: ShowOptions, io: Io): Promise<void> {
  const folder = keysFolder(keys);
  await (name === undefined ? showAll(folder, io) : showOne(folder, checkUsername(name), io));
}

async function showAll(folder: KeysFolder, io: Io): Promise<void> {
  const { authority, server, users } = folder;
  io.print(`authority  ${authority.folder}  (stays where certificates are made)`);
  if (hasAuthority(folder)) showCertificate(await readAuthority(folder), io);
  else io.print('  none; make it: node keys init');
  io.print(`server     ${server.folder}  (goes to the server's machine)`);
  if (hasServer(folder)) showCertificate(await readServer(folder), io);
  else io.print('  none; make it: node keys server');
  io.print(`users      ${users}  (goes to the server's machine)`);
  const fault = existsSync(users) ? await showUsers(folder, io) : undefined;
  if (!existsSync(users)) io.print('  none; enrol one: node keys user NAME');
  io.print(`private    ${folder.private}  (each folder in it goes to the user it is named after)`);
  if (fault) throw fault;
}

/** @returns what is wrong with the list of those revoked: the others are shown all the same */
async function showUsers(folder: KeysFolder, io: Io): Promise<MessageAppError | undefined> {
  const revoked = await revokedIn(folder).catch((problem: unknown) => {
    if (problem instanceof MessageAppError) return problem;
    throw problem;
  });
  const isGood = !(revoked instanceof MessageAppError);
  const { users, problems } = await readUsers(folder.users, isGood ? revoked : nobodyRevoked);
  for (const user of users.values()) {
    io.print(
      `  ${user.username.padEnd(16)}  ${user.identity.kind.padEnd(7)}  by ${how(user).padEnd(11)}  `
        + `${hex(user)}`,
    );
  }
  if (isGood) showRevoked(revoked, io);
  for (const problem of problems) io.print(`  ${problem}`);
  return isGood ? undefined : revoked;
}

function showRevoked({ number, list }: Revoked, io: Io): void {
  for (const { username, fingerprint, date } of list) {
    io.print(`  ${username.padEnd(16)}  revoked ${date}       ${fingerprint ?? 'no entry'}`);
  }
  if (number > 0) io.print(`  The list of those revoked is number ${number}; the authority's signature fits.`);
}

async function showOne(folder: KeysFolder, name: string, io: Io): Promise<void> {
  const { users } = folder;
  const before = (await revokedIn(folder)).list.find(({ username }) => username === name);
  if (before) {
    io.print(`${name} was revoked on ${before.date} (in a list that the authority has signed).`);
    if (before.fingerprint !== undefined) {
      io.print(`  fingerprint ${showFingerprint(Buffer.from(before.fingerprint, 'hex'))}`);
    }
    return;
  }
  if (!existsSync(entryPath(users, name))) {
    throw new UsageError('no-key', `Nobody called ${name} is enrolled. All names: node keys show`);
  }
  const user = await readEntry(entryPath(users, name));
  io.print(`${name}: ${user.identity.kind}, enrolled by ${how(user)}`);
  const email = await readEmail(entryPath(users, name));
  if (email !== undefined) io.print(`  e-mail      ${harmless(email)}`);
  if (existsSync(passwordPath(users, name))) io.print('  has a password beside the key');
  io.print(`  fingerprint ${showFingerprint(user.identity.fingerprint)}`);
  const [own] = user.certificates;
  if (own) showCertificate(parseCertificate(own), io);
}

/** What the user gave while registering; nobody has checked it. */
async function readEmail(path: string): Promise<string | undefined> {
  return emailIn((await readBounded(path, { what: 'The file', maxBytes: ENTRY_BYTES_MAX })).toString('utf8'));
}

const how = ({ certificates }: EnrolledUser) => (certificates.length > 0 ? 'certificate' : 'public key');

const hex = ({ identity }: EnrolledUser) => identity.fingerprint.toString('hex');

async function readServer({ server }: KeysFolder): Promise<Certificate> {
  const pem = await readBounded(server.chain, { what: "The server's certificate", maxBytes: 65_536 });
  return readCertificatesPem(pem.toString('latin1'))[0]!;
}

function showCertificate(
  { subject, issuer, notBefore, notAfter, publicKey, dnsNames, addresses }: Certificate,
  io: Io,
): void {
  io.print(`  subject      ${subject.text}`);
  io.print(`  issuer       ${issuer.text}`);
  io.print(
    `  valid        ${notBefore.toISOString().slice(0, 10)} to ${notAfter.toISOString().slice(0, 10)}`,
  );
  const names = [...dnsNames, ...addresses.map(showAddress)];
  if (names.length > 0) io.print(`  names        ${harmless(names.join(', '))}`);
  io.print(`  key          ${publicKey.kind}`);
  io.print(`  fingerprint  ${showFingerprint(publicKey.fingerprint)}`);
}
