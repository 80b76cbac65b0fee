import { test } from 'tap';
import type { TranscriptCheck } from '../../client/verify/check.js';
import { privateFolderOf } from '../../common/files/keys-folder.js';
import { readPrivateKey } from '../../common/files/private-key.js';
import { certificatesIn, makeKeysFolder, PASSPHRASE } from '../support/authority.js';
import { personWith, sha256 } from '../support/attacker/primitives.js';
import { SignedBook } from '../support/attacker/signed.js';
import { checked, fileOf, newBook, verified } from '../support/transcripts.js';

const book = newBook();
const lines = [
  book.header,
  book.text('caller', 'I sell you the boat for 100.').line,
  book.text('receiver', 'For 90?').line,
  book.text('caller', 'No: "100".\n').line,
  book.receipt('receiver').line,
  book.text('receiver', 'I take it.').line,
  book.receipt('caller').line,
];
const whole = Buffer.from(fileOf(lines));
const original = checked(whole);

const wordsOf = ({ entries }: TranscriptCheck) => entries.filter(({ is }) => is === 'text').map((entry) => JSON.stringify(entry));
/** In which line, from 1, a byte stands. */
const lineOf = (at: number) => whole.subarray(0, at).toString('latin1').split('\n').length;

test('D1: as it was written it is valid', async (t) => {
  t.equal(original.fault, undefined);
  t.same(original.proven('caller'), { said: 2, acknowledged: 2 });
  const { status, said } = await verified(whole);
  t.equal(status, 0);
  t.match(said, /^VALID/);
});

test('D1: every byte changed, left out, or put in: the line is named', async (t) => {
  const changes: Record<string, (at: number) => Buffer> = {
    changed: (at) => Buffer.concat([whole.subarray(0, at), Buffer.from([whole[at]! ^ 1]), whole.subarray(at + 1)]),
    'left out': (at) => Buffer.concat([whole.subarray(0, at), whole.subarray(at + 1)]),
    'put in': (at) => Buffer.concat([whole.subarray(0, at), Buffer.from(' '), whole.subarray(at)]),
  };
  for (const [what, change] of Object.entries(changes)) {
    const wrong: string[] = [];
    for (let at = 0; at < whole.length; at++) {
      const { fault } = checked(change(at));
      const line = lineOf(at);
      // Another name, key or conversation: the first signature does not fit any more.
      const fits = fault && (fault.line === line || (line === 1 && fault.line === 2));
      if (!fits) wrong.push(`byte ${at} of line ${line}: ${JSON.stringify(fault)}`);
    }
    t.same(wrong, [], what);
  }
});

test('D1: cut off after every byte: what is whole before it holds, and no more', async (t) => {
  for (let at = 0; at < whole.length; at++) {
    const check = checked(whole.subarray(0, at));
    const atEnd = at > 0 && whole[at - 1] === 0x0a;
    if (atEnd && lineOf(at) > 2) t.equal(check.fault, undefined, `${at}`);
    else t.match(check.fault, { line: lineOf(at), why: at === 0 || atEnd ? /nothing/ : /cut off/ }, `${at}`);
    t.same(wordsOf(check), wordsOf(original).slice(0, wordsOf(check).length));
  }
  const { status, said } = await verified(whole.subarray(0, -1));
  t.equal(status, 1);
  t.match(said, /^NOT VALID: line 7: it is cut off\nThe 6 lines before it hold:/);
  t.match(said, 'bob 2: I take it.');
});

/** A change that is not noticed takes away from the end, or a receipt: nobody said anything else, or got more. */
function harmless(check: TranscriptCheck): boolean {
  const words = wordsOf(check);
  const prefix = words.every((each, at) => each === wordsOf(original)[at]);
  return prefix && (['caller', 'receiver'] as const).every((side) =>
    check.proven(side).acknowledged <= original.proven(side).acknowledged);
}

test('D1: every line dropped, doubled, swapped with every other, or put elsewhere', async (t) => {
  const texts = [2, 3, 4];
  for (let one = 0; one < lines.length; one++) {
    const dropped = checked(fileOf(lines.filter((_, at) => at !== one)));
    if (one === 0) t.equal(dropped.fault?.line, 1);
    else if (texts.includes(one + 1)) t.ok(dropped.fault && dropped.fault.line >= one + 1, `line ${one + 1} is missed`);
    t.ok(dropped.fault || harmless(dropped), `without line ${one + 1}`);
    const doubled = checked(fileOf([...lines.slice(0, one + 1), ...lines.slice(one)]));
    t.ok(lines[one]!.includes('"receipt"') ? harmless(doubled) : doubled.fault?.line === one + 2, `line ${one + 1} twice`);
    for (let other = one + 1; other < lines.length; other++) {
      const swapped = [...lines];
      [swapped[one], swapped[other]] = [lines[other]!, lines[one]!];
      const check = checked(fileOf(swapped));
      t.ok(check.fault ? check.fault.line >= one + 1 : harmless(check), `lines ${one + 1} and ${other + 1}`);
      const bothTexts = [one, other].every((at) => lines[at]!.includes('"text"'));
      if (bothTexts) t.ok(check.fault, `texts ${one + 1} and ${other + 1} in the other order`);
    }
  }
});

test('D1: a text with the signature of another, and one that its sender never signed', async (t) => {
  const signatureOf = (line: string) => /"signature":"([^"]*)"/.exec(line)![1]!;
  const [, first, second] = lines as [string, string, string];
  const swapped = fileOf([lines[0]!, first.replace(signatureOf(first), signatureOf(second)), ...lines.slice(2)]);
  t.match(checked(swapped).fault, { line: 2, why: /signature does not fit/ });
  const own = newBook();
  const invented = own.text('receiver', 'I owe alice 1000.', { signer: own.speakers.caller.person });
  t.match(checked(fileOf([own.header, invented.line])).fault, { line: 2, why: /signature/ });
  t.match((await verified(fileOf([own.header, invented.line]))).said, 'NOT VALID: line 2: The signature does not fit.');
});

test('D1: certificates: another key, damaged, of another name, and every byte of one changed', async (t) => {
  const dir = t.testdir();
  const keys = await makeKeysFolder(dir, { enrol: 'certificate' });
  const speaker = async (name: string) => ({
    name,
    person: personWith(await readPrivateKey(privateFolderOf(keys, name).key, async () => PASSPHRASE)),
    certificates: (await certificatesIn(privateFolderOf(keys, name).certificate)).map(({ der }) => der),
  });
  const [alice, bob] = [await speaker('alice'), await speaker('bob')];
  const id = sha256('certified').subarray(0, 8);
  const made = (caller: typeof alice) => {
    const certified = new SignedBook(id, { caller, receiver: bob });
    return fileOf([certified.header, certified.text('caller', 'hello').line]);
  };
  const ca = ['--ca', keys.authority.certificate];
  t.match(await verified(made(alice), ...ca), { status: 0, said: /alice: certified\.\n/ });
  t.match((await verified(made(alice))).said, 'alice: only a fingerprint; the certificate was not checked');
  t.match((await verified(made({ ...alice, name: 'user3' }), ...ca)).said, 'user3: NOT CERTIFIED');
  t.match(checked(made({ ...alice, certificates: bob.certificates })).fault, { line: 1, why: /of another key/ });
  t.match(checked(made({ ...alice, certificates: [Buffer.from('x')] })).fault, { line: 1 });
  t.match((await verified(made({ ...alice, certificates: [] }), ...ca)).said, 'alice: only a fingerprint, no certificate');
  const [der] = alice.certificates as [Buffer];
  for (let at = 0; at < der.length; at += 7) {
    const bent = Buffer.from(der);
    bent[at]! ^= 1;
    const { status, said } = await verified(made({ ...alice, certificates: [bent] }), ...ca);
    t.ok(status === 1 || /alice: NOT CERTIFIED/.test(said), `byte ${at}`);
  }
});

test('D1: limits: a line and a file that are too long, bytes that are no text', async (t) => {
  t.match(checked(`${lines[0]}\n${'x'.repeat(524_289)}`).fault, { line: 2, why: /too long/ });
  t.match(checked(Buffer.concat([Buffer.from(`${lines[0]}\n`), Buffer.from([0xff, 0x0a])])).fault, { line: 2, why: /UTF-8/ });
  t.match(checked('').fault, { line: 1, why: /nothing/ });
  await t.rejects(verified(Buffer.alloc(67_108_865)), { code: 'bad-file', message: /too large/ });
});
