import { type Mutant, sabotage } from '../mutant.js';

const F5 = 'attacks/F5-private-keys.test.ts';
const USERS = 'common/files/users-folder.test.ts';
const KEYS = 'keys/main.test.ts';
const PASSPHRASE = 'common/cli/passphrase.test.ts';

/** Files, passphrases and `node keys`. */
export const files: readonly Mutant[] = [
  ...sabotage('common/files/private-key.ts', F5, [
    ['a private key that all can read is taken', "if (process.platform === 'win32' || (mode & 0o077) === 0) return;",
      'return;'],
    ['a private key that others can write is taken', '(mode & 0o077) === 0', '(mode & 0o044) === 0'],
    ['a key file may ask for hours of work', 'if (isFrame && largest(algorithm.content) <= ROUNDS_MAX) return;',
      'if (isFrame) return;'],
    ['a private key is written for all', 'await writeAtomically(path, pem, { mode: 0o600 });',
      'await writeAtomically(path, pem, { mode: 0o644 });'],
    ['a private key is written without its passphrase', 'const pem = passphrase === undefined',
      'const pem = passphrase === undefined || path'],
  ]),
  ...sabotage('common/files/atomic-write.ts', 'common/files/atomic-write.test.ts', [
    ['files are for all unless said', 'mode = 0o600', 'mode = 0o644'],
    ['a file is written over', 'exclusive ? link(aside, path) : rename(aside, path)', 'rename(aside, path)'],
    ['what was written aside is left', 'await unlink(aside).catch(() => undefined);', ''],
  ]),
  ...sabotage('common/files/bounded-read.ts', F5, [
    ['a file of any size is read', '    if (length > maxBytes) {', '    if (false) {'],
    ['a pipe is waited for', 'constants.O_RDONLY | (pipes ? 0 : constants.O_NONBLOCK ?? 0)', 'constants.O_RDONLY'],
  ]),
  ...sabotage('common/files/users-folder.ts', USERS, [
    ['a revoked entry is loaded', "const isRevoked = revoked.names.has(username) ||", 'const isRevoked ='],
    ['a revoked key is loaded under another name', " || revoked.fingerprints.has(fingerprintOf(user));", ';'],
    ['two names that differ in case are loaded', ": sameName.length > 0 ?", ': sameName.length > 9 ?'],
    ['one key under two names is loaded', ': sameKey.length > 0 ?', ': sameKey.length > 9 ?'],
    ["an entry with another's certificate is loaded",
      'if (commonNames && (commonNames.length !== 1 || commonNames[0] !== username)) {', 'if (false) {'],
    ['two public keys in one entry', "if (first?.label === 'PUBLIC KEY' && blocks.length === 1) {",
      "if (first?.label === 'PUBLIC KEY') {"],
  ]),
  ...sabotage('common/files/enrolment.ts', USERS, [
    ['a revoked name is enrolled again', '  if (before) {', '  if (before && before.date === name) {'],
    ['a name that differs in case from a revoked one is enrolled',
      "for (const { username } of revoked.list) checkApart(name, username, 'revoked');", ''],
    ['a name that differs in case is enrolled', 'if (name.toLowerCase() === other.toLowerCase()) {', 'if (false) {'],
    ['a look-alike is enrolled', 'if (looksLike(name) === looksLike(other)) {', 'if (false) {'],
    ['0 does not look like O', ".replace(/[01i]/g,", '.replace(/[1i]/g,'],
    ['a name that is a device is enrolled', 'if (DEVICE.test(name)) {', 'if (false) {'],
    ['a name that is an option is enrolled', "if (name.startsWith('-')) {", 'if (false) {'],
    ['an entry is written over', '{ mode: 0o644, exclusive: true }', '{ mode: 0o644 }'],
  ]),
  ...sabotage('common/files/keys-folder.ts', USERS, [
    ['a name leaves the folder of users', 'join(users, `${checkUsername(name)}.pem`)', 'join(users, `${name}.pem`)'],
    ['a name leaves the private folder', 'privateFolder(join(all, checkUsername(name)))',
      'privateFolder(join(all, name))'],
  ]),
  ...sabotage('common/cli/passphrase.ts', PASSPHRASE, [
    ['a new passphrase may be short', 'if (isNew && [...value].length < PASSPHRASE_MIN) {', 'if (false) {'],
    ['a new passphrase is not compared',
      "if (first !== await readHiddenLine(at.input, at.error, 'The same again: ')) {",
      "await readHiddenLine(at.input, at.error, 'The same again: ');\n  if (false) {"],
    ['an empty passphrase will do', "if (value === '')", 'if (false)'],
    ['a passphrase is read from a pipe', 'if (!at.input.isTTY) {', 'if (false) {'],
    ['a passphrase that all can read is no warning', '(stats.mode & 0o077) === 0) return;', 'true) return;'],
  ]),
  ...sabotage('common/cli/hidden-line.ts', PASSPHRASE, [
    ['a passphrase is shown', "else if (character >= ' ') typed.push(character);",
      "else if (character >= ' ') output.write(String(typed.push(character) && character));"],
    ['the terminal shows a passphrase by itself', 'input.setRawMode?.(true);', ''],
    ['the terminal stays without echo', 'input.setRawMode?.(false);', ''],
  ]),
  ...sabotage('common/files/folder-aside.ts', F5, [
    ['private folders are open to all', 'await mkdir(aside, { mode: 0o700 });', 'await mkdir(aside, { mode: 0o755 });'],
    ['what was made aside is left where it failed', 'await rm(aside, { recursive: true, force: true });', '', KEYS],
  ]),
  ...sabotage('keys/issue.ts', KEYS, [
    ['users may issue certificates', "'basicConstraints = critical, CA:FALSE'",
      "'basicConstraints = critical, CA:TRUE'"],
    ['certificates of users are for servers too', "leafExtensions('clientAuth')",
      "leafExtensions('clientAuth, serverAuth')", 'attacks/A17-server-as-user.test.ts'],
    ['certificates of servers are for users too', "leafExtensions('serverAuth')",
      "leafExtensions('serverAuth, clientAuth')", 'attacks/A17-server-as-user.test.ts'],
    ['a serial number can be foreseen', 'const serial = randomBytes(16);', 'const serial = Buffer.alloc(16, 1);'],
    ['the folder of a certificate is left', 'await rm(folder, { recursive: true, force: true });', ''],
  ]),
  ...sabotage('keys/openssl.ts', 'keys/openssl.test.ts', [
    ['openssl gets the whole environment', 'spawn(\'openssl\', args, { env, ',
      "spawn('openssl', args, { env: { ...process.env, ...env }, "],
    ['what openssl complains of is printed as it is', 'certificate: ${harmless(first)}`', 'certificate: ${first}`'],
    ['an old openssl will do', 'if (Number(major) >= 3) return;', 'if (Number(major) >= 1) return;'],
  ]),
  ...sabotage('keys/authority.ts', KEYS, [
    ['the name of an authority is anything', "if (!/^[A-Za-z0-9 .,'()_-]{1,64}$/.test(name)) {", 'if (false) {'],
  ]),
  ...sabotage('keys/server-pair.ts', KEYS, [
    ['a host is anything that openssl reads', 'host.length <= 253 && host.split', 'host.length <= 253 || host.split'],
  ]),
  ...sabotage('keys/commands/enrol.ts', KEYS, [
    ['an old password is that of a new user', "  await rm(passwordPath(folder.users, name), { force: true });\n", ''],
    ['a revoked key is enrolled', "if (revokedFingerprints.has(identity.fingerprint.toString('hex'))) {",
      'if (false) {'],
    ["another's key is enrolled", 'if (!other.identity.fingerprint.equals(identity.fingerprint)) continue;',
      'continue;'],
    ['a certificate of anybody is enrolled', '  if (certificates.length > 0) {', '  if (false) {'],
    ['any name is enrolled', '  await checkNewNameIn(folder.users, name, await revokedIn(folder));\n', ''],
  ]),
  ...sabotage('keys/commands/revoke.ts', KEYS, [
    ['who is revoked keeps the entry', '[path, passwordPath(users, name)]', '[passwordPath(users, name)]'],
    ['who is revoked keeps the key', 'const fingerprint = isEnrolled ? await knownFingerprint(path) : undefined;',
      'const fingerprint = undefined;'],
  ]),
];
