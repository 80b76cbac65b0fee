import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { type Entry, type Header, readEntry, readHeader } from '../../../client/transcript/lines.js';
import { Transcripts } from '../../../client/transcript/transcripts.js';
import { privateIdentity } from '../../../common/crypto/identity.js';
import { makeEd25519Pair } from '../../../common/crypto/node.js';

const party = (name: string) => ({ name, key: privateIdentity(makeEd25519Pair().privateKey).public, certificates: [] });
const header: Header = { conversation: '0123456789abcdef', caller: party('alice'), receiver: party('bob') };
const receipt = (own: number): Entry => ({ is: 'receipt', from: 'bob', own, other: 0, signature: Buffer.alloc(64) });
const never = (error: Error) => { throw error; };

test('lines in their order, in a file and a folder that are the own user\'s alone', async (t) => {
  const folder = join(t.testdir(), 'of', 'alice');
  const transcripts = new Transcripts(folder);
  const transcript = transcripts.begin('bob', header, never);
  t.equal(transcript.path, join(folder, 'bob-0123456789abcdef.jsonl'));
  for (let n = 0; n < 50; n++) transcript.add(receipt(n));
  await transcript.begun;
  transcript.add(receipt(50));
  transcript.close();
  transcript.add(receipt(51));
  await transcripts.settle();
  const [first, ...lines] = (await readFile(transcript.path, 'utf8')).split('\n').slice(0, -1);
  t.equal(readHeader(first!).conversation, header.conversation);
  t.same(lines.map((line) => (readEntry(line) as Entry & { own: number }).own), Array.from({ length: 51 }, (_, n) => n));
  t.equal((await stat(transcript.path)).mode & 0o777, 0o600);
  t.equal((await stat(folder)).mode & 0o777, 0o700);
});

test('one that is there already is neither gone on with nor written over; told once', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'bob-0123456789abcdef.jsonl');
  await writeFile(path, 'older\n');
  const transcripts = new Transcripts(folder);
  const errors: Error[] = [];
  const transcript = transcripts.begin('bob', header, (error) => errors.push(error));
  await transcripts.settle();
  transcript.add(receipt(0));
  t.match(errors, [{ code: 'bad-file', message: /there is one of this conversation already/ }]);
  t.equal(errors.length, 1);
  t.equal(await readFile(path, 'utf8'), 'older\n');
});

test('no path is built from what is no name, or no id', async (t) => {
  const folder = t.testdir();
  const transcripts = new Transcripts(folder);
  for (const name of ['../bob', 'a/b', '', '.', 'bob\0', 'x'.repeat(17)]) {
    t.throws(() => transcripts.begin(name, header, never), { code: 'bad-name' }, JSON.stringify(name));
  }
  for (const conversation of ['../../../../etc', '0123456789ABCDEF', '', '0123456789abcdef\n']) {
    t.throws(() => transcripts.begin('bob', { ...header, conversation }, never), { code: 'bad-name' }, JSON.stringify(conversation));
  }
  t.same(await readdir(folder), []);
});
