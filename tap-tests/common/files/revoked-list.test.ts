import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { privateIdentity } from '../../../common/crypto/identity.js';
import {
  nobodyRevoked, readRevoked, readUnsignedRevoked, renewRevoked, revokedFrom, writeRevoked,
} from '../../../common/files/revoked-list.js';
import { rsaPair } from '../../support/certificate-maker.js';
import { newIdentity } from '../../support/raw-client.js';

const authority = newIdentity();
const signers = [authority.public];
const date = '2026-01-02';
const bob = { username: 'bob', fingerprint: '0a'.repeat(32), date };
const carl = { username: 'carl', fingerprint: undefined, date };
const two = { number: 2, list: [bob, carl] };

test('what is signed is read again, with a key of either kind', async (t) => {
  for (const own of [authority, privateIdentity(rsaPair().privateKey)]) {
    const path = join(t.testdir(), 'revoked');
    await writeRevoked(path, two, own);
    const text = await readFile(path, 'latin1');
    t.match(text, /^number 2\nbob (0a){32} 2026-01-02\ncarl - 2026-01-02\nsignature [A-Za-z0-9+/]+={0,2}\n$/);
    const { number, list, names, fingerprints } = await readRevoked(path, [newIdentity().public, own.public]);
    t.same({ number, list }, two);
    t.same([[...names], [...fingerprints]], [['bob', 'carl'], ['0a'.repeat(32)]]);
    t.same(await readdir(join(path, '..')), ['revoked']);
    await t.rejects(readRevoked(path, signers.filter(() => own !== authority)), { code: 'bad-file' }, 'another authority');
  }
});

test('no list, and an empty one: nobody; one that cannot be read is none of these', async (t) => {
  const dir = t.testdir({ empty: '', folder: {} });
  for (const name of ['empty', 'none']) t.same(await readRevoked(join(dir, name), signers), nobodyRevoked);
  await t.rejects(readRevoked(join(dir, 'folder'), signers), { code: 'bad-file', message: /is not a file/ });
});

test('every byte counts: changed, dropped, put in, cut off behind it', async (t) => {
  const path = join(t.testdir(), 'revoked');
  await writeRevoked(path, two, authority);
  const whole = await readFile(path);
  const tried = [...whole.keys()].flatMap((at) => {
    const [before, behind] = [whole.subarray(0, at), whole.subarray(at + 1)];
    const changed = Buffer.from([whole[at]! ^ 1]);
    const doubled = [before, whole.subarray(at, at + 1), whole.subarray(at)];
    return [[before, changed, behind], [before, behind], doubled, [before]]
      .map((parts) => Buffer.concat(parts)).filter((each) => each.length > 0 && !each.equals(whole));
  });
  t.ok(tried.length > 600);
  let taken = 0;
  for (const bytes of tried) {
    try {
      revokedFrom(path, bytes, signers);
      taken++;
    } catch (fault) {
      if ((fault as { code?: string }).code !== 'bad-file') throw fault;
    }
  }
  t.equal(taken, 0);
});

test('lines dropped, doubled, swapped; no signature, none that fits, nobody to check it', async (t) => {
  const path = join(t.testdir(), 'revoked');
  await writeRevoked(path, two, authority);
  const [number, one, other, signature] = (await readFile(path, 'latin1')).split('\n') as [string, string, string, string];
  for (const [lines, message] of [
    [[number, one, signature], /was altered, or is not signed by this authority/],
    [[number, other, one, signature], /was altered/], [[number, one, one, other, signature], /was altered/],
    [['number 3', one, other, signature], /was altered/], [[number, one, other], /ends without a signature/],
    [['number 0', one, other, signature], /begins with no number/], [['number 02', one, signature], /begins with no number/],
    [[one, other], /begins with no number, so that nobody has signed it/],
    [[number, one, other, 'signature AA=='], /was altered/], [[number, one, other, 'signature AB=='], /is not written as/],
    [[number, 'alice', signature], /line 2 that is not "name fingerprint date"/],
    [[number, 'a_b - 2026-01-02', signature], /line 2/], [[number, `x ${'A'.repeat(64)} 2026-01-02`, signature], /line 2/],
    [[number, one, 'alice - yesterday', signature], /line 3/],
  ] as const) {
    await writeFile(path, lines.map((line) => `${line}\n`).join(''));
    await t.rejects(readRevoked(path, signers), { code: 'bad-file', message }, lines.join(' | '));
    await t.rejects(readRevoked(path, []), { code: 'bad-file', message: /no authority's certificate/ });
  }
});

test('a server that holds one takes only a newer one', async (t) => {
  const path = join(t.testdir(), 'revoked');
  await writeRevoked(path, two, authority);
  const { revoked: held, problem } = await renewRevoked(path, signers);
  t.same([held.number, problem], [2, undefined]);
  t.same(await renewRevoked(path, signers, held), { revoked: held });
  const refused = async (message: RegExp) => {
    const renewed = await renewRevoked(path, signers, held);
    t.equal(renewed.revoked, held);
    t.match(renewed.problem, message);
    t.match(renewed.problem, /What was read before goes on: number 2, 2 revoked\.$/);
  };
  await writeRevoked(path, { number: 1, list: [bob] }, authority);
  await refused(/is an old one, number 1\./);
  await writeRevoked(path, { number: 2, list: [bob] }, authority);
  await refused(/is another one of that number\./);
  await writeRevoked(path, { number: 3, list: [bob] }, newIdentity());
  await refused(/is not signed by this authority/);
  for (const text of ['bob - 2026-01-02\n', 'number 3\n']) {
    await writeFile(path, text);
    await refused(/nobody has signed it|ends without a signature/);
  }
  await writeFile(path, '');
  await refused(/is gone\./);
  await rm(path);
  await refused(/is gone\./);
  await writeRevoked(path, { number: 3, list: [bob] }, authority);
  t.match(await renewRevoked(path, signers, held), { revoked: { number: 3, list: [bob] }, problem: undefined });
  await rm(path);
  t.same(await renewRevoked(path, signers, nobodyRevoked), { revoked: nobodyRevoked }, 'none was there before');
});

test('what a person is to sign: the lines, without what is no line', async (t) => {
  const dir = t.testdir({ revoked: `# by hand\r\nbob ${'0a'.repeat(32)} 2026-01-02\r\ncarl - 2026-01-02` });
  const path = join(dir, 'revoked');
  t.same(await readUnsignedRevoked(path), { number: 0, list: two.list });
  await writeRevoked(path, two, newIdentity());
  t.same(await readUnsignedRevoked(path), two);
  await writeFile(path, 'bob\n');
  await t.rejects(readUnsignedRevoked(path), { code: 'bad-file', message: /line 1 that is not/ });
  t.same((await readUnsignedRevoked(join(dir, 'none'))).list, []);
});
