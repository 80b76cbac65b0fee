import { test } from 'tap';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tag, writeElement, writeOid, writeUnsigned } from '../../common/bytes/der.js';
import { writePem } from '../../common/bytes/pem.js';
import { encryptPrivateKey } from '../../common/crypto/encrypted-key.js';
import { randomBytes } from '../../common/crypto/node.js';
import { privateIdentity } from '../../common/crypto/identity.js';
import { readPrivateKey, writePrivateKey } from '../../common/files/private-key.js';
import { UsageError } from '../../common/errors.js';
import { FEW_ROUNDS, PASSPHRASE, makeKeysFolder } from '../support/authority.js';
import { ed25519, rsaPair, seq, spkiOf } from '../support/certificate-maker.js';

const pair = ed25519();
const ask = (passphrase: string) => async () => passphrase;
const few = { rounds: FEW_ROUNDS };

test('a private key comes back, from us and through openssl', async (t) => {
  const dir = t.testdir();
  for (const { privateKey, publicKey } of [pair, rsaPair()]) {
    for (const passphrase of [PASSPHRASE, 'pässwörd ☂', undefined]) {
      const path = join(dir, 'key.pem');
      await writePrivateKey(path, privateKey, passphrase, few);
      t.equal(statSync(path).mode & 0o777, 0o600);
      const back = await readPrivateKey(path, passphrase === undefined ? undefined : ask(passphrase));
      t.same(privateIdentity(back).public.spki, spkiOf(publicKey));
      const pem = execFileSync('openssl', ['pkey', '-in', path, '-passin', 'env:P', '-pubout'], { env: { ...process.env, P: passphrase ?? '' } });
      t.equal(pem.toString(), publicKey.export({ type: 'spki', format: 'pem' }));
    }
  }
});

test('the parameters are the promised ones, and salt and IV are fresh', async (t) => {
  const dir = t.testdir();
  await writePrivateKey(join(dir, 'key.pem'), pair.privateKey, PASSPHRASE);
  const said = execFileSync('openssl', ['asn1parse', '-in', join(dir, 'key.pem')]).toString();
  for (const part of [/PBES2/, /PBKDF2/, /INTEGER +:0927C0/, /hmacWithSHA256/, /aes-256-cbc/]) t.match(said, part);
  const [salt] = [...said.matchAll(/OCTET STRING +\[HEX DUMP\]:([0-9A-F]+)/g)].map(([, hex]) => hex!);
  t.equal(salt!.length, 32);
  t.not(await encryptPrivateKey(pair.privateKey, PASSPHRASE, few), await encryptPrivateKey(pair.privateKey, PASSPHRASE, few));
  t.ok(await readPrivateKey(join(dir, 'key.pem'), ask(PASSPHRASE)));
});

test('F5: each fault has its sentence', async (t) => {
  const dir = t.testdir();
  const path = join(dir, 'key.pem');
  const encrypted = await encryptPrivateKey(pair.privateKey, PASSPHRASE, few);
  const put = (text: string | Buffer, mode = 0o600) => {
    writeFileSync(path, text, { mode });
    chmodSync(path, mode);
    return path;
  };
  const refused = (what: string, code: string, message: RegExp, passphrase?: string, at = path) =>
    t.rejects(readPrivateKey(at, passphrase === undefined ? undefined : ask(passphrase)), { name: UsageError.name, code, message }, what);

  await refused('missing', 'no-key', /does not exist/);
  put(encrypted);
  await refused('wrong passphrase', 'wrong-passphrase', /wrong, or the file is damaged/, 'not this one');
  await refused('no passphrase', 'no-passphrase', /under a passphrase, and none was given/);
  for (const mode of [0o640, 0o604, 0o644, 0o660, 0o666, 0o620]) {
    put(encrypted, mode);
    await refused(`mode ${mode.toString(8)}`, 'bad-key-file', /can be read by others \(mode 06..\).*chmod 600/, PASSPHRASE);
  }
  put(encrypted.slice(0, 200));
  await refused('cut', 'bad-key-file', /damaged/, PASSPHRASE);
  put(encrypted.replace(/\n.{10}/, '\nAAAAAAAAAA'));
  await refused('damaged', 'bad-key-file', /damaged/, PASSPHRASE);
  put('');
  await refused('empty', 'bad-key-file', /no private key/);
  put(Buffer.alloc(1000, 0));
  await refused('zeros', 'bad-key-file', /no private key/);
  put('x'.repeat(20_000));
  await refused('huge', 'no-key', /too large/);
  put(pair.publicKey.export({ type: 'spki', format: 'pem' }));
  await refused('a public key', 'bad-key-file', /holds no private key, but a public key/);
  put(rsaPair().privateKey.export({ type: 'pkcs1', format: 'pem' }));
  await refused('another format', 'bad-key-file', /not in PKCS#8.*openssl pkcs8/);
  put(rsaPair().privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }));
  await refused('another format, encrypted', 'bad-key-file', /not in PKCS#8/);
  put('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n');
  await refused('not a key', 'bad-key-file', /damaged/);
  mkdirSync(join(dir, 'folder'));
  await refused('a folder', 'no-key', /not a file/, undefined, join(dir, 'folder'));
  execFileSync('mkfifo', [join(dir, 'pipe')]);
  await refused('a pipe nobody writes to', 'no-key', /not a file/, undefined, join(dir, 'pipe'));
});

test('F5: every cut of a key file is refused in a sentence', async (t) => {
  const path = join(t.testdir(), 'key.pem');
  const encrypted = await encryptPrivateKey(pair.privateKey, PASSPHRASE, few);
  for (let at = 0; at < encrypted.length - 1; at += 7) {
    writeFileSync(path, encrypted.slice(0, at), { mode: 0o600 });
    await t.rejects(readPrivateKey(path, ask(PASSPHRASE)), { name: UsageError.name, message: /\.$/ });
  }
});

test('F5: what node keys makes: modes, and no secret in clear', async (t) => {
  const dir = t.testdir();
  await makeKeysFolder(dir, { users: ['alice'], enrol: 'certificate' });
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((name) => join(dir, name));
  for (const file of files) {
    const stats = statSync(file);
    if (/\.key$|key\.pem$/.test(file)) t.equal(stats.mode & 0o777, 0o600, file);
    if (stats.isDirectory() && !file.endsWith('users')) t.equal(stats.mode & 0o777, 0o700, file);
    if (!stats.isFile()) continue;
    const text = readFileSync(file, 'latin1');
    t.notMatch(text, PASSPHRASE, file);
    if (!file.endsWith('server.key')) t.notMatch(text, /BEGIN PRIVATE KEY/, file);
    t.notMatch(file, /\.tmp$|\.old$/);
  }
});

test('salt and IV of each key file are random, and are what stands in it', async (t) => {
  const drawn: Buffer[] = [];
  const random = (length: number) => (drawn.push(randomBytes(length)), drawn.at(-1)!);
  const pem = await encryptPrivateKey(pair.privateKey, PASSPHRASE, { ...few, random });
  const hex = Buffer.from(pem.replace(/-----.*-----/g, ''), 'base64').toString('hex');
  t.same(drawn.map(({ length }) => length), [16, 16]);
  for (const bytes of drawn) t.ok(hex.includes(bytes.toString('hex')));
});

test('F5: a key file that asks for hours of work is damaged, and nobody is asked for the passphrase', async (t) => {
  const path = join(t.testdir(), 'key.pem');
  const oid = (dotted: string, parameters: Buffer) => seq(writeOid(dotted), parameters);
  const asking = (rounds: string) => {
    const pbkdf2 = oid('1.2.840.113549.1.5.12', seq(writeElement(tag.octetString, Buffer.alloc(16)), writeUnsigned(Buffer.from(rounds, 'hex'))));
    const aes = oid('2.16.840.1.101.3.4.1.42', writeElement(tag.octetString, Buffer.alloc(16)));
    return seq(oid('1.2.840.113549.1.5.13', seq(pbkdf2, aes)), writeElement(tag.octetString, Buffer.alloc(48)));
  };
  const refusing = () => Promise.reject(new UsageError('no-passphrase', 'asked'));
  for (const [rounds, code] of [['7fffffff', 'bad-key-file'], ['989681', 'bad-key-file'], ['989680', 'no-passphrase'], ['64', 'no-passphrase']] as const) {
    writeFileSync(path, writePem('ENCRYPTED PRIVATE KEY', asking(rounds)), { mode: 0o600 });
    await t.rejects(readPrivateKey(path, refusing), { code }, `${Number(`0x${rounds}`)} rounds`);
  }
});
