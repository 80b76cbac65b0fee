import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { rsaSuite } from '../../common/crypto/suite.js';
import { verify } from '../../client/verify/main.js';
import { type Actor, connect, Scene, type SceneOptions } from '../support/scene.js';
import { until } from '../support/until.js';

/** alice and bob in a chat, each with a folder for transcripts. */
async function scene(t: Test, options: SceneOptions = {}) {
  const dir = t.testdir();
  const open = await Scene.open(dir, options);
  t.teardown(() => open.close());
  const folders = { alice: join(dir, 'of-alice', 'transcripts'), bob: join(dir, 'of-bob', 'transcripts') };
  const alice = await open.logIn('alice', { transcripts: folders.alice });
  const bob = await open.logIn('bob', { transcripts: folders.bob });
  await connect(alice, bob);
  return { scene: open, alice, bob, folders };
}

async function sign(one: Actor, other: Actor): Promise<void> {
  one.do({ do: 'sign', with: other.name });
  await other.next('sign-request');
  other.do({ do: 'sign', with: one.name });
  await Promise.all([one.next('signed'), other.next('signed')]);
}

async function check(file: string, ...args: string[]): Promise<{ status: number; said: string }> {
  const lines: string[] = [];
  const status = await verify([file, ...args], (line) => lines.push(line));
  return { status, said: lines.join('\n') };
}

const onlyFile = async (folder: string) => join(folder, (await readdir(folder))[0]!);

for (const type of ['rsa', 'ed25519'] as const) {
  test(`both agree to sign, and both transcripts are valid (${type})`, async (t) => {
    const { scene: { keys }, alice, bob, folders } = await scene(t, { type, enrol: 'certificate' });
    alice.do({ do: 'say', with: 'bob', text: 'off the record' });
    t.notOk('signed' in await bob.next('message'));
    await sign(alice, bob);
    alice.do({ do: 'say', with: 'bob', text: 'I sell you the boat for 100', id: 'offer' });
    t.match(await bob.next('message'), { text: 'I sell you the boat for 100', signed: true });
    t.match(await alice.next('sent', ({ id }) => id === 'offer'), { signed: true });
    bob.do({ do: 'say', with: 'alice', text: 'I take it\nat once \u202e' });
    t.match(await alice.next('message'), { text: 'I take it\nat once \u202e', signed: true });
    bob.do({ do: 'leave', with: 'alice' });
    await alice.next('left');
    t.match(alice.events.find(({ event }) => event === 'receipt'), { with: 'bob', own: 1, other: 1 });
    await Promise.all([alice, bob].map((each) => (each.do({ do: 'exit' }), each.next('closed'))));

    for (const folder of Object.values(folders)) {
      const file = await onlyFile(folder);
      t.equal((await stat(file)).mode & 0o777, 0o600);
      t.equal((await stat(folder)).mode & 0o777, 0o700);
      t.notMatch(await readFile(file, 'utf8'), 'off the record', 'what was not signed is not on the disk');
      const { status, said } = await check(file, '--ca', keys.authority.certificate);
      t.equal(status, 0, said);
      t.match(said, /^VALID/);
      t.match(said, /alice: certified\.\n/);
      t.match(said, /bob: certified\.\n/);
      t.match(said, /UTC {2}alice 1: I sell you the boat for 100\n/);
      t.match(said, 'bob 1: I take it\n    | at once \\u{202e}\n', 'text of others is made harmless');
      t.match(said, 'That bob has got all of what alice said is proven.');
      t.match(said, 'That alice has got anything of what bob said is NOT proven', 'bob left: alice answers a goodbye with nothing');
    }
    t.match((await check(await onlyFile(folders.alice))).said, /bob: only a fingerprint; the certificate was not checked/);
  });
}

test('many texts in both directions, with a renewal of receipts after every 20, and both leave', async (t) => {
  const { alice, bob, folders } = await scene(t);
  await sign(bob, alice);
  for (let n = 1; n <= 45; n++) {
    alice.do({ do: 'say', with: 'bob', text: `a${n}` });
    bob.do({ do: 'say', with: 'alice', text: `b${n}` });
  }
  await bob.next('message', ({ text }) => text === 'a45');
  await alice.next('message', ({ text }) => text === 'b45');
  await until('two receipts each', () => [alice, bob].every((each) => each.count('receipt') >= 2));
  alice.do({ do: 'leave', with: 'bob' });
  await bob.next('left');
  await Promise.all([alice, bob].map((each) => (each.do({ do: 'exit' }), each.next('closed'))));
  for (const folder of Object.values(folders)) {
    const { status, said } = await check(await onlyFile(folder));
    t.equal(status, 0, said);
    t.match(said, /bob 45: b45\n/);
    t.match(said, 'That alice has got all of what bob said is proven.');
    t.match(said, 'alice: only a fingerprint, no certificate.');
  }
});

test('declined: nothing changes, no file, and it can be proposed again, by both at once', async (t) => {
  const { alice, bob, folders } = await scene(t);
  alice.do({ do: 'sign', with: 'bob' });
  alice.do({ do: 'say', with: 'bob', text: 'to be signed', id: 'x' });
  await bob.next('sign-request');
  bob.do({ do: 'decline', with: 'alice' });
  await alice.next('sign-refused');
  t.match(await alice.next('error'), { code: 'not-signed', with: 'bob', id: 'x' });
  alice.do({ do: 'say', with: 'bob', text: 'as before' });
  t.match(await bob.next('message'), { text: 'as before', signed: undefined });
  bob.do({ do: 'decline', with: 'alice' });
  t.match(await bob.next('error'), { code: 'not-now', with: 'alice' });
  await t.rejects(readdir(folders.alice), 'no folder either');
  alice.do({ do: 'sign', with: 'bob' });
  alice.do({ do: 'say', with: 'bob', text: 'at once' });
  bob.do({ do: 'sign', with: 'alice' });
  await Promise.all([alice.next('signed'), bob.next('signed')]);
  t.match(await bob.next('message'), { text: 'at once', signed: true });
  alice.do({ do: 'sign', with: 'bob' });
  t.match(await alice.next('error'), { code: 'not-now' });
  alice.do({ do: 'sign', with: 'user3' });
  t.match(await alice.next('error'), { code: 'no-conversation', with: 'user3' });
});

test('a transcript that cannot be written: the person is warned, and nothing signed is said', async (t) => {
  const dir = t.testdir({ file: 'not a folder' });
  const open = await Scene.open(dir);
  t.teardown(() => open.close());
  const alice = await open.logIn('alice', { transcripts: join(dir, 'file'), suites: [rsaSuite] });
  const bob = await open.logIn('bob', { suites: [rsaSuite] });
  await connect(alice, bob);
  bob.do({ do: 'sign', with: 'alice' });
  await alice.next('sign-request');
  alice.do({ do: 'sign', with: 'bob' });
  alice.do({ do: 'say', with: 'bob', text: 'never said', id: 'x' });
  t.match(await alice.next('warning'), { code: 'bad-file', with: 'bob', text: /transcript cannot be written/ });
  t.match(await alice.next('left'), { reason: 'left', by: 'me', unsent: ['x'] });
  t.match(await bob.next('left'), { by: 'peer', reason: 'left' });
  t.equal(bob.count('message'), 0);
});

test('a client without a folder keeps no transcript, and signs', async (t) => {
  const open = await Scene.open(t.testdir());
  t.teardown(() => open.close());
  const [alice, bob] = await open.chat();
  alice.do({ do: 'sign', with: 'bob' });
  await bob.next('sign-request');
  bob.do({ do: 'sign', with: 'alice' });
  t.notOk('file' in await bob.next('signed'));
  await alice.next('signed');
  bob.do({ do: 'say', with: 'alice', text: 'x'.repeat(64_883), id: 'long' });
  t.match(await bob.next('error'), { code: 'too-long', id: 'long' });
  bob.do({ do: 'say', with: 'alice', text: 'x'.repeat(64_882) });
  t.match(await alice.next('message'), { signed: true });
});
