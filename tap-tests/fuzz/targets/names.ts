import { checkNewName, looksLike } from '../../../common/files/enrolment.js';
import { nobodyRevoked } from '../../../common/files/revoked-list.js';
import { readCode } from '../../../common/files/invitations.js';
import { isEmail } from '../../../common/wire/email.js';
import { addressBytes, showAddress } from '../../../common/crypto/server-name.js';
import { checkUsername, isUsername } from '../../../common/wire/username.js';
import { checkHost } from '../../../keys/server-pair.js';
import { limitOptions, limitsFrom } from '../../../server/limit-options.js';
import { addressGroup } from '../../../server/relay/address.js';
import { bytesOf, check, same, type Target } from '../target.js';

/** Names, hosts, addresses and numbers that somebody typed, or that stand in a file. */
const enrolled = ['alice', 'bob', 'Ill1', 'o0O'];
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-';

const username: Target = {
  name: 'name to be enrolled',
  covers: [
    'common/wire/username.ts isUsername', 'common/wire/username.ts checkUsername',
    'common/files/enrolment.ts checkNewName',
  ],
  errors: ['bad-name', 'name-taken'], inputs: 15_000, max: 60,
  tokens: bytesOf(
    '-', '.', '/', '\0', '\n', 'con', 'com1', 'AlIcE', 'I', '1', 'l', '0', 'o', 'é', '\u212a', '__proto__', 'alice',
    'bob',
  ),
  seeds: bytesOf('user3', 'Carol-2', 'sixteen-letters-', 'constructor', 'MSGA'),
  run(input) {
    const name = input.toString('utf8');
    const fits = name.length >= 1 && name.length <= 16 && [...name].every((letter) => LETTERS.includes(letter));
    check(isUsername(name) === fits, 'a name that is none');
    checkNewName(name, enrolled, nobodyRevoked);
    check(checkUsername(name) === name && fits && !name.startsWith('-'), 'enrols what is no name');
    check(!enrolled.some((other) => looksLike(other) === looksLike(name)), 'looks like another');
  },
};

const host: Target = {
  name: 'host in a certificate',
  covers: ['keys/server-pair.ts checkHost', 'server/relay/address.ts addressGroup'],
  errors: ['bad-host'], inputs: 10_000, max: 120,
  tokens: bytesOf('\n', ',', 'DNS:', 'IP:', '*', '[', ']', '%', '::', '.', '-', '\0', '${', 'é'),
  seeds: bytesOf(
    'localhost', 'a.example', '[::1]', '127.0.0.1', '::ffff:1.2.3.4', '2001:db8::1',
    `${'a'.repeat(63)}.${'b'.repeat(63)}`,
  ),
  run(input) {
    const text = input.toString('utf8');
    check(addressGroup(text).length <= Math.max(text.length, 20), 'an address that grows');
    // It stands in openssl's configuration.
    check(/^[A-Za-z0-9._:-]{1,253}$/.test(checkHost(text)), 'lets through what is no host');
  },
};

const address: Target = {
  name: 'IP address',
  covers: ['common/crypto/server-name.ts addressBytes', 'common/crypto/server-name.ts showAddress'],
  errors: [], inputs: 10_000, max: 100,
  tokens: bytesOf(':', '::', '%eth0', '[', ']', '.', '1.2.3.4', 'ffff', '0000', '::ffff:'),
  seeds: bytesOf(
    '127.0.0.1', '::1', '[fe80::1%eth0]', '1:2:3:4:5:6:7:8', '::ffff:1.2.3.4', '1:2:3:4:5:6:1.2.3.4', '::', '1::8',
  ),
  run(input) {
    const text = input.toString('latin1');
    const bytes = addressBytes(text);
    if (!bytes) return 'no address';
    check(bytes.length === 4 || bytes.length === 16, `${bytes.length} bytes`);
    same('an address', bytes, addressBytes(showAddress(bytes))!);
    const bare = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
    const shown = bytes.length === 4 ? showAddress(bytes) : `[${showAddress(bytes)}]`;
    check(new URL(`http://${bytes.length === 4 ? bare : `[${bare}]`}`).hostname === shown, 'URL reads another');
    return `${bytes.length} bytes`;
  },
};

const limitNames = Object.values(limitOptions).map(({ name }) => name);
const usual = Object.fromEntries(Object.values(limitOptions).map(({ name, min }) => [name, Math.ceil(min) * 32]));

const limit: Target = {
  name: 'limits',
  covers: ['server/limit-options.ts limitsFrom'],
  errors: ['bad-argument'], inputs: 5_000, max: 60,
  tokens: bytesOf('NaN', 'Infinity', '1e9', '-', '.', '0x', 'e', '__proto__'),
  seeds: bytesOf('1', '60', '2000000', '10000000'),
  run(input) {
    const text = input.toString('latin1');
    const name = limitNames[input.length % limitNames.length]!;
    const limits = Object.values(limitsFrom({ ...usual, [name]: input.length % 3 === 0 ? text : Number(text) }));
    check(limits.length === limitNames.length, 'a limit is missing');
    check(limits.every((value) => value > 0 && value < 2 ** 31), 'a limit that is none');
  },
};

const email: Target = {
  name: 'e-mail',
  covers: ['common/wire/email.ts isEmail'],
  errors: [], inputs: 5_000, max: 120,
  tokens: bytesOf('@', '\0', '\n', '\x1b[2J', ' ', '\u202e', 'é', '-----BEGIN PUBLIC KEY-----'),
  seeds: bytesOf('alice@example.org', 'grüße@example.org', `${'a'.repeat(88)}@example.org`),
  run(input) {
    const text = input.toString('utf8');
    if (!isEmail(text)) return 'none';
    check(text.split('@').length === 2 && Buffer.byteLength(text) <= 100, 'an e-mail that is none');
    check(!/[\s\0-\x1f\x7f-\x9f\u202e]/.test(text), 'a character that is none of a line');
    return 'one';
  },
};

const invitation: Target = {
  name: 'code of an invitation',
  covers: ['common/files/invitations.ts readCode'],
  errors: [], inputs: 5_000, max: 60,
  tokens: bytesOf('-', ' ', 'O', 'o', 'I', 'l', 'u', '\0', '/', '..', 'é', '\u212a'),
  seeds: bytesOf('01234-56789-abcde-fghjk', 'ZYXWV TSRQP NMKJH GFEDC', 'oooooiiiiilllll00000'),
  run(input) {
    const code = readCode(input.toString('utf8'));
    if (code === undefined) return 'none';
    check(/^[0-9a-hjkmnp-tv-z]{20}$/.test(code), 'a code that is none');
    check(readCode(code) === code && readCode(code.toUpperCase()) === code, 'a code that reads as another');
    return 'one';
  },
};

export const nameTargets: readonly Target[] = [username, host, address, limit, email, invitation];
