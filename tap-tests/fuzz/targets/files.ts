import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { TrustStore } from '../../../client/engine/trust-store.js';
import { writePem } from '../../../common/bytes/pem.js';
import { givenPassphrase, terminal } from '../../../common/cli/passphrase.js';
import { encryptPrivateKey, plainPrivateKey } from '../../../common/crypto/encrypted-key.js';
import { privateIdentity } from '../../../common/crypto/identity.js';
import { readPrivateKey } from '../../../common/files/private-key.js';
import { readRevoked } from '../../../common/files/revoked-list.js';
import { readEntry, readUsers } from '../../../common/files/users-folder.js';
import { entryText } from '../../../common/files/enrolment.js';
import { publicIdentity } from '../../../common/crypto/identity.js';
import { isUsername } from '../../../common/wire/username.js';
import { mutatePem } from '../der-mutations.js';
import { certificates, keys, publicOf } from '../fixtures.js';
import { mutateJson } from '../json-mutations.js';
import { bytesOf, check, type Target } from '../target.js';
import { jsonTokens } from './texts.js';
import { PassThrough } from 'node:stream';

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
const still = (length: number): Buffer => Buffer.alloc(length, 0x5a);
const encrypted = (key: typeof keys.alice) => encryptPrivateKey(key, PASSPHRASE, { rounds: FEW_ROUNDS, random: still });

const keyTokens = bytesOf(
  '-----BEGIN PRIVATE KEY-----\n', '-----BEGIN ENCRYPTED PRIVATE KEY-----\n', '-----BEGIN RSA PRIVATE KEY-----\n', 'Proc-Type: 4,ENCRYPTED\n', 'DEK-Info: AES-256-CBC,00\n', '\n', '=',
);

const privateKey = (name: string, seeds: readonly string[], inputs: number, passphrase?: string): Target => inFile({
  name, inputs, file: 'key.pem', covers: ['common/files/private-key.ts readPrivateKey', 'common/crypto/identity.ts privateIdentity'],
  errors: ['bad-key-file', 'wrong-passphrase', 'no-key'], slow: SLOWEST_KEY_MS, stuck: 60_000, seeds: bytesOf(...seeds), tokens: keyTokens, mutate: mutatePem, max: 8_000,
  async read(path) {
    const key = await readPrivateKey(path, passphrase === undefined ? undefined : async () => passphrase);
    const { public: { kind } } = privateIdentity(key);
    return kind;
  },
});

const stored = ['bob', 'user3'].map((username, at) => ({
  server: 'localhost', username, fingerprint: `${at}a`.repeat(32), compared: at === 0, since: '2026-01-01T00:00:00.000Z',
}));

const trustStore = inFile({
  name: 'trust store', inputs: 1_000, file: 'known-keys.json', covers: ['client/engine/trust-store.ts TrustStore'], errors: ['bad-file'],
  tokens: [...jsonTokens, ...bytesOf('"pins":', '"version":1', '"fingerprint":')], mutate: mutateJson, max: 8_000,
  seeds: bytesOf(JSON.stringify({ version: 1, pins: stored }, null, 2), '{"version":1,"pins":[]}', JSON.stringify({ pins: [stored[0]], version: 1, more: null })),
  async read(path) {
    const store = await TrustStore.open(path);
    const pins = ['bob', 'user3', '__proto__', 'constructor'].flatMap((name) => store.find('localhost', name) ?? []);
    for (const pin of pins) {
      check(Object.keys(pin).join() === 'server,username,fingerprint,compared,since', `a pin with ${Object.keys(pin).join()}`);
      check(isUsername(pin.username) && /^[0-9a-f]{64}$/.test(pin.fingerprint) && typeof pin.compared === 'boolean', 'a pin that is none');
    }
    return `${pins.length} pins`;
  },
});

const revoked = inFile({
  name: 'list of those revoked', inputs: 120, file: 'revoked', covers: ['common/files/revoked-list.ts readRevoked'], errors: ['bad-file'], max: 6_000,
  tokens: bytesOf('#', '\n', '\r\n', '-', ' ', '\t', '2026-01-31', 'a'.repeat(64), '\0', '\u2028', '__proto__'),
  seeds: bytesOf(`# those who are gone\nbob ${'0a'.repeat(32)} 2026-01-31\nuser3 - 2026-02-01\n`, '', `alice ${'ff'.repeat(32)} 2026-01-31`),
  async read(path, input) {
    const { list, names, fingerprints } = await readRevoked(path);
    check(list.every(({ username }) => isUsername(username) && names.has(username)), 'a name that is none');
    check([...fingerprints].every((fingerprint) => /^[0-9a-f]{64}$/.test(fingerprint)), 'a fingerprint that is none');
    // A line that is neither empty nor a remark has revoked somebody, or the list is refused.
    const said = input.toString('utf8').split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
    check(said.length === list.length, 'a line that revokes nobody');
    return `${Math.min(list.length, 5)} revoked`;
  },
});

const entry = (username: string, key: typeof keys.alice, der: readonly Buffer[]) =>
  entryText({ username, identity: publicIdentity(publicOf(key)), certificates: der }, new Date(0), 'by public key');

const users = inFile({
  name: 'folder of users', inputs: 100, file: 'bob.pem', covers: ['common/files/users-folder.ts readUsers', 'common/files/users-folder.ts readEntry'],
  errors: [], mutate: mutatePem, tokens: keyTokens, max: 8_000,
  beside: {
    'alice.pem': entry('alice', keys.alice, []), 'Revoked.pem': entry('Revoked', keys.user3, []), 'revoked': 'Revoked - 2026-01-31\n',
  },
  seeds: bytesOf(entry('bob', keys.bob, []), entry('bob', keys.bob, [certificates.bob]), writePem('PUBLIC KEY', publicOf(keys.rsa))),
  async read(path) {
    const { users, problems } = await readUsers(dirname(path));
    check(users.has('alice') || users.size === 0, 'alice is lost');
    check(!users.has('Revoked'), 'one who was revoked is back');
    check(users.size + problems.length === 3 || problems.length === 3, `${users.size} users and ${problems.length} problems`);
    if (users.has('bob')) check((await readEntry(path)).identity.fingerprint.equals(users.get('bob')!.identity.fingerprint), 'another key');
    return `${users.size} users`;
  },
});

const at = { ...terminal, error: new PassThrough().resume() };

const passphraseFile = inFile({
  name: 'passphrase file', inputs: 1_000, file: 'passphrase', covers: ['common/cli/passphrase.ts givenPassphrase'], errors: ['no-passphrase', 'bad-file'], max: 1_200,
  tokens: bytesOf('\n', '\r\n', '\0', 'é'), seeds: bytesOf('correct horse\n', 'word\r\nsecond line', 'é'.repeat(500)),
  async read(path) {
    const given = await givenPassphrase({ file: path }, at);
    check(given !== undefined && /^[^\0\r\n]+$/.test(given) && Buffer.byteLength(given) <= 1_000, 'a passphrase of more than a line');
  },
});

export const fileTargets: readonly Target[] = [
  privateKey('private key', [plainPrivateKey(keys.alice), plainPrivateKey(keys.rsa)], 800),
  privateKey('private key under a passphrase', [await encrypted(keys.alice), await encrypted(keys.rsa)], 800, PASSPHRASE),
  trustStore, revoked, users, passphraseFile,
];
