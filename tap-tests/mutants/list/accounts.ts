import { sabotage } from '../mutant.js';

const FILE = 'common/files/password-file.test.ts';
const GATE = 'server/relay/password-gate.test.ts';
const TRIES = 'server/relay/password-tries.test.ts';
const REGISTRATION = 'server/relay/registration.test.ts';

/** Passwords, and people who enrol themselves. */
export const accounts = [
  ...sabotage('common/crypto/password.ts', 'common/crypto/password.test.ts', [
    ['any password is right', 'return sameBytes(await scryptHash(password, salt, cost, HASH), hash);', 'return true;'],
    ['all passwords have one salt', 'const salt = random(SALT);', 'const salt = Buffer.alloc(SALT);'],
  ]),
  ...sabotage('common/files/password-file.ts', FILE, [
    ['a file of a password asks for endless work', ' && 128 * N * r <= MEMORY_MAX;', ';'],
    ['a damaged password is none', "passwords.set(name, 'damaged');", ''],
    ['hashes of passwords can be read by all', '{ mode: 0o600 });', '{ mode: 0o644 });'],
  ]),
  ...sabotage('common/transport/single-record.ts', 'common/crypto/password.test.ts', [
    ['the key that sealed a password stays', '  key.wipe();\n  return next;', '  return next;'],
  ]),
  ...sabotage('server/relay/password-gate.ts', GATE, [
    ['a wrong password lets in', 'if (!await this.hashes.matches(password, stored)) {', 'if (false) {'],
    ['more may follow a password', 'if (socket.readableLength > 0)', 'if (false)'],
  ]),
  ...sabotage('server/relay/password-tries.ts', TRIES, [
    ['guessing costs no time', 'FIRST_MS * 2 ** Math.min(tries.count, 16)', '0'],
    ['guesses of others lock out', '`${username} ${addressGroup(address)}`', '`${username}`'],
  ]),
  ...sabotage('server/relay/relay.ts', GATE, [
    ['who is revoked while typing comes in', 'if (this.#mayStay({ ...user,', 'if (true || this.#mayStay({ ...user,'],
  ]),
  ...sabotage('server/accounts.ts', REGISTRATION, [
    ['an invitation is not given back', 'await taken?.giveBack();', ''],
    ['no invitation is needed', "if (invitation !== undefined && !taken) throw new TrustError", "if (false) throw new TrustError"],
    ['anybody is called root', 'await checkNewNameIn(this.users, username, true);', 'await checkNewNameIn(this.users, username);'],
    ['one key has two names', '    mayHave();\n', ''],
  ]),
  ...sabotage('common/files/invitations.ts', REGISTRATION, [
    ['an invitation lasts for ever', 'if (!mine || until <= now) return undefined;', 'if (!mine) return undefined;'],
    ['an invitation is used twice', 'if (!mine || until <= now) return undefined;', 'if (until <= now) return undefined;'],
  ]),
  ...sabotage('server/relay/registration.ts', REGISTRATION, [
    ['registering as often as one likes', "if (this.#tries.wait(group) > 0) throw", "if (false) throw"],
  ]),
];
