import { sabotage } from '../mutant.js';

const FILE = 'common/files/password-file.test.ts';
const GATE = 'server/relay/password-gate.test.ts';
const TRIES = 'server/relay/password-tries.test.ts';
const REGISTRATION = 'server/relay/registration.test.ts';
const REVOKED = 'common/files/revoked-list.test.ts';

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
    ['no invitation is needed', 'if (invitation !== undefined && !taken) throw notValid();', ''],
    ['anybody is called root', 'checkNewNameIn(this.users, username, nobodyRevoked, true);',
      'checkNewNameIn(this.users, username, nobodyRevoked);'],
    ['one key has two names', '    mayHave();\n', ''],
    ['names are told to whoever has no invitation',
      'if (invitation !== undefined && !await isInvitation(',
      'if (invitation !== undefined && invitation.length > 99 && !await isInvitation('],
  ]),
  ...sabotage('common/files/invitations.ts', REGISTRATION, [
    ['an invitation lasts for ever', 'if (!mine || until <= now) return undefined;', 'if (!mine) return undefined;'],
    ['an invitation is used twice',
      'if (!mine || until <= now) return undefined;', 'if (until <= now) return undefined;'],
  ]),
  ...sabotage('server/relay/registration.ts', REGISTRATION, [
    ['who was registered may stay', 'lastWords(socket, sealRecord(place(sent++), regd!, exit!), context.clock);', 'socket.end(sealRecord(place(sent++), regd!, exit!));'],
    ['registering as often as one likes', "if (this.#tries.wait(group) > 0) throw", "if (false) throw"],
    ['passwords are hashed for strangers', 'await accounts.check({ username, invitation: needed }, mayHave);', ''],
  ]),
  ...sabotage('server/relay/registry.ts', REGISTRATION, [
    ['who looks like a revoked one registers',
      'this.#revokedLooks.has(looksLike(user.username))', 'this.#revokedNames.has(fold(user.username))'],
  ]),
  ...sabotage('client/register.ts', 'scenario/registration.test.ts', [
    ['a refusal of anybody takes the new key away', 'if (error instanceof NotRegisteredError) await rm', 'await rm'],
  ]),
  ...sabotage('common/crypto/exchange.ts', REGISTRATION, [
    ['a key that is no DER is told from others', 'if (!(cause instanceof WireError)) throw cause;', 'throw cause;'],
  ]),
  ...sabotage('common/files/revoked-list.ts', REVOKED, [
    ['anybody signs the list of the revoked', 'if (!isSignedRevoked(text, signature, authorities)) {', 'if (false) {'],
    ['a list of the revoked that cannot be read is empty',
      'if (missing) return Buffer.alloc(0);', 'return Buffer.alloc(0);'],
    ['an old list of the revoked is taken back',
      'if (read.number < held.number) return goesOn(', 'if (false) return goesOn('],
    ['a list of the revoked that is gone is empty',
      'if (read.number === 0) return goesOn(',
      'if (read.number === 0) return { revoked: read };\n    if (false) return goesOn('],
    ['another list of the same number is taken',
      'if (writeLines(read).equals(writeLines(held))) return { revoked: held };', 'if (true) return { revoked: read };'],
    ['a damaged list of the revoked ends a running server',
      "    if (!(problem instanceof MessageAppError)) throw problem;\n    return goesOn",
      "    if (!(problem instanceof MessageAppError) || path !== '') throw problem;\n    return goesOn"],
  ]),
  ...sabotage('common/files/revoked-text.ts', REVOKED, [
    ['there are two ways to write a list',
      'if (!writeSigned(text, signature).equals(bytes)) throw', 'if (false) throw'],
    ['a line of the revoked that is none is passed over',
      "if (!isUsername(username)) throw not(`has a line ${number + at} that",
      "if (false) throw not(`has a line ${number + at} that"],
  ]),
  ...sabotage('common/crypto/revoked-signature.ts', 'vectors/revoked.test.ts', [
    ['the list of the revoked is signed without a context',
      'signedText(labels.revokedUsers, sha256(text))', 'sha256(text)'],
  ]),
  ...sabotage('server/material.ts', 'server/revoked.test.ts', [
    ['a server forgets the list that it holds', 'signers, former?.users.revoked);', 'signers);'],
  ]),
  ...sabotage('keys/revoked.ts', 'keys/revoke.test.ts', [
    ['two revocations at the same time lose one',
      'const lock = await tryLock(`${path}.lock`);',
      'const lock = (await tryLock(`${path}.lock`), async () => undefined);'],
    ['the number of the list stays',
      'await writeRevoked(path, { number: number + 1, list: [...list, line] }, authority);',
      'await writeRevoked(path, { number: number || 1, list: [...list, line] }, authority);'],
  ]),
  ...sabotage('common/files/lock-file.ts', 'common/files/lock-file.test.ts', [
    ['another process with an old number has the lock',
      "return start === '-' || now === '-' || now === start;", 'return true;'],
    ['a copy of a folder is locked', ' || folder !== await inodeOf(dirname(path))) return false;', ') return false;'],
    ['a lock holds nobody off',
      'if (holder !== undefined) return holder;', 'if (holder !== undefined) await unlink(path);'],
  ]),
  ...sabotage('server/main.ts', 'server/users-lock.test.ts', [
    ['two servers have one folder',
      'const unlock = await lockUsers(paths.users, registration !== undefined);',
      'const unlock = registration ? await lockUsers(paths.users, true) : async () => undefined;'],
  ]),
];
