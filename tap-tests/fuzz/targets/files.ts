import type { KeyObject } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { TrustStore } from '../../../client/engine/trust-store.js';
import { writePem } from '../../../common/bytes/pem.js';
import { givenPassphrase, terminal } from '../../../common/cli/passphrase.js';
import { encryptPrivateKey, plainPrivateKey } from '../../../common/crypto/encrypted-key.js';
import { privateIdentity, publicIdentity } from '../../../common/crypto/identity.js';
import { entryText } from '../../../common/files/enrolment.js';
import { parsePassword, passwordText } from '../../../common/files/password-file.js';
import { readPrivateKey } from '../../../common/files/private-key.js';
import { signRevoked } from '../../../common/crypto/revoked-signature.js';
import { nobodyRevoked, revokedFrom } from '../../../common/files/revoked-list.js';
import { readUnsigned, writeLines, writeSigned } from '../../../common/files/revoked-text.js';
import { readEntry, readUsers } from '../../../common/files/users-folder.js';
import { isUsername } from '../../../common/wire/username.js';
import { mutatePem } from '../der-mutations.js';
import { certificates, identityOf, keys, publicOf } from '../fixtures.js';
import { jsonTokens, mutateJson } from '../json-mutations.js';
import { bytesOf, check, same, type Target } from '../target.js';

interface FileTarget extends Omit<Target, 'run'> {
  readonly file: string;
  /** What else lies there. */
  readonly beside?: Readonly<Record<string, string>>;
  read(path: string, input: Buffer): Promise<string | void>;
}

/** The input lies in a file, in a folder of its own that goes with the target. */
function inFile({ file, beside = {}, read, ...target }: FileTarget): Target {
  let folder = '';
  return {
    ...target,
    async open() {
      folder = await mkdtemp(join(tmpdir(), 'messageapp-fuzz-'));
      for (const [name, text] of Object.entries(beside)) await writeFile(join(folder, name), text);
    },
    close: () => rm(folder, { recursive: true, force: true }),
    async run(input) {
      const path = join(folder, file);
      await writeFile(path, input, { mode: 0o600 });
      return read(path, input);
    },
  };
}

const PASSPHRASE = 'correct horse battery staple';
const FEW_ROUNDS = 50;
/** 10,000,000 rounds are the most that a file may ask for. */
const SLOWEST_KEY_MS = 8_000;

const random = (length: number): Buffer => Buffer.alloc(length, 0x5a);
const encrypted = (key: KeyObject) => encryptPrivateKey(key, PASSPHRASE, { rounds: FEW_ROUNDS, random });
const label = (text: string) => `-----BEGIN ${text}-----\n`;

const keyTokens = bytesOf(
  label('PRIVATE KEY'), label('ENCRYPTED PRIVATE KEY'), label('RSA PRIVATE KEY'), 'Proc-Type: 4,ENCRYPTED\n',
  'DEK-Info: AES-256-CBC,00\n', '\n', '=',
);

const privateKey = (name: string, seeds: readonly string[], passphrase?: string): Target => inFile({
  name,
  covers: ['common/files/private-key.ts readPrivateKey', 'common/crypto/identity.ts privateIdentity'],
  errors: ['bad-key-file', 'wrong-passphrase', 'no-key'], inputs: 500, slow: SLOWEST_KEY_MS, stuck: 60_000,
  seeds: bytesOf(...seeds), tokens: keyTokens, mutate: mutatePem, max: 8_000,
  file: 'key.pem',
  async read(path) {
    const key = await readPrivateKey(path, passphrase === undefined ? undefined : async () => passphrase);
    return privateIdentity(key).public.kind;
  },
});

const since = '2026-01-01T00:00:00.000Z';
const stored = ['bob', 'user3'].map((username, at) =>
  ({ server: 'localhost', username, fingerprint: `${at}a`.repeat(32), compared: at === 0, since }));
const PIN = 'server,username,fingerprint,compared,since';

const trustStore = inFile({
  name: 'trust store',
  covers: ['client/engine/trust-store.ts TrustStore'],
  errors: ['bad-file'], inputs: 500, max: 8_000, mutate: mutateJson,
  tokens: [...jsonTokens, ...bytesOf('"pins":', '"version":1', '"fingerprint":')],
  seeds: bytesOf(
    JSON.stringify({ version: 1, pins: stored }, null, 2), '{"version":1,"pins":[]}',
    JSON.stringify({ pins: [stored[0]], version: 1, more: null }),
  ),
  file: 'known-keys.json',
  async read(path) {
    const store = await TrustStore.open(path);
    const names = ['bob', 'user3', '__proto__', 'constructor'];
    const pins = names.flatMap((name) => store.find('localhost', name) ?? []);
    for (const pin of pins) {
      check(Object.keys(pin).join() === PIN, `a pin with ${Object.keys(pin).join()}`);
      check(isUsername(pin.username) && typeof pin.compared === 'boolean', 'a pin of nobody');
      check(/^[0-9a-f]{64}$/.test(pin.fingerprint), 'a fingerprint that is none');
    }
    return `${pins.length} pins`;
  },
});

const signers = [publicIdentity(publicOf(keys.authority))];
const list = [
  { username: 'bob', fingerprint: '0a'.repeat(32), date: '2026-01-31' },
  { username: 'user3', fingerprint: undefined, date: '2026-02-01' },
];

async function signedList(number: number, length: number): Promise<Buffer> {
  const text = writeLines({ number, list: list.slice(0, length) });
  return writeSigned(text, await signRevoked(text, identityOf(keys.authority)));
}

const revoked: Target = {
  name: 'list of those revoked',
  covers: [
    'common/files/revoked-list.ts readRevoked', 'common/files/revoked-list.ts readUnsignedRevoked',
    'common/files/revoked-text.ts readSigned', 'common/files/revoked-text.ts readUnsigned',
    'common/crypto/revoked-signature.ts isSignedRevoked',
  ],
  errors: ['bad-file'], inputs: 2_000, max: 6_000,
  tokens: bytesOf('#', '\n', '\r\n', '-', ' ', '\t', 'number ', 'signature ', 'a'.repeat(64), '\0', '\u2028', '__proto__'),
  seeds: [await signedList(1, 2), await signedList(999_999_999, 1), Buffer.alloc(0)],
  run(input) {
    const { number, names } = readUnsignedSafely(input);
    const read = revokedFrom('revoked', input, signers);
    check(read.list.every(({ username }) => isUsername(username) && names.has(username)), 'a name that is none');
    check([...read.fingerprints].every((each) => /^[0-9a-f]{64}$/.test(each)), 'a fingerprint that is none');
    check(read.number === number, 'another number');
    // Nobody but the authority has made it: what fits is one of the seeds.
    check(revoked.seeds.some((seed) => seed.equals(input)), 'a list that was altered is believed');
    return `${read.list.length} revoked`;
  },
};

function readUnsignedSafely(input: Buffer): { number: number; names: ReadonlySet<string> } {
  const { number, list: lines } = readUnsigned(input);
  check(lines.every(({ username }) => isUsername(username)), 'a name that is none');
  return { number, names: new Set(lines.map(({ username }) => username)) };
}

const gone = { ...nobodyRevoked, names: new Set(['gone']) };

const entry = (username: string, key: KeyObject, chain: readonly Buffer[] = []) =>
  entryText({ username, identity: publicIdentity(publicOf(key)), certificates: chain }, new Date(0), 'by public key');

const users = inFile({
  name: 'folder of users',
  covers: ['common/files/users-folder.ts readUsers', 'common/files/users-folder.ts readEntry'],
  errors: [], inputs: 100, mutate: mutatePem, tokens: keyTokens, max: 8_000,
  seeds: bytesOf(
    entry('bob', keys.bob), entry('bob', keys.bob, [certificates.bob]), writePem('PUBLIC KEY', publicOf(keys.rsa)),
  ),
  file: 'bob.pem',
  beside: { 'alice.pem': entry('alice', keys.alice), 'gone.pem': entry('gone', keys.user3) },
  async read(path) {
    const { users: read, problems } = await readUsers(dirname(path), gone);
    check(!read.has('gone'), 'one who was revoked is back');
    // Two with one key are not used, neither of them.
    check(read.has('alice') || problems.length === 3, 'alice is lost');
    check(read.size + problems.length === 3, `${read.size} users and ${problems.length} problems`);
    const bob = read.get('bob');
    if (bob) same('a fingerprint', (await readEntry(path)).identity.fingerprint, bob.identity.fingerprint);
    return `${read.size} users`;
  },
});

const at = { ...terminal, error: new PassThrough().resume() };

const passphraseFile = inFile({
  name: 'passphrase file',
  covers: ['common/cli/passphrase.ts givenPassphrase'],
  errors: ['no-passphrase', 'bad-file'], inputs: 500, max: 1_200, tokens: bytesOf('\n', '\r\n', '\0', 'é'),
  seeds: bytesOf('correct horse\n', 'word\r\nsecond line', 'é'.repeat(500)),
  file: 'passphrase',
  async read(path) {
    const given = await givenPassphrase({ file: path }, at);
    check(given !== undefined && /^[^\0\r\n]+$/.test(given), 'a passphrase of more than a line');
    check(Buffer.byteLength(given) <= 1_000, 'a passphrase that openssl would cut');
  },
});

const hash = { cost: { N: 2 ** 14, r: 8, p: 1 }, salt: Buffer.alloc(16, 1), hash: Buffer.alloc(32, 2) };

const password: Target = {
  name: 'file of a password',
  covers: ['common/files/password-file.ts parsePassword'],
  errors: ['bad-file'], inputs: 5_000, max: 300, tokens: bytesOf(' ', '\n', '=', '0', '131072', '9999999', 'scrypt', '-'),
  seeds: bytesOf(passwordText(hash), passwordText({ ...hash, cost: { N: 2 ** 17, r: 8, p: 1 } })),
  run(input) {
    const text = input.toString('latin1');
    const { cost: { N, r, p }, ...read } = parsePassword(text);
    check(128 * N * r <= 2 ** 28 && p <= 4 && N >= 2 ** 14, 'endless work');
    same('a file', Buffer.from(text.trimEnd()), Buffer.from(passwordText({ cost: { N, r, p }, ...read }).trimEnd()));
    return 'one';
  },
};

export const fileTargets: readonly Target[] = [
  privateKey('private key', [plainPrivateKey(keys.alice), plainPrivateKey(keys.rsa)]),
  privateKey('private key under a passphrase', [await encrypted(keys.alice), await encrypted(keys.rsa)], PASSPHRASE),
  trustStore, revoked, users, passphraseFile, password,
];
