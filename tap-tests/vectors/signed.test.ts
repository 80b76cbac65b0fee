import { test } from 'tap';
import { TranscriptCheck } from '../../client/verify/check.js';
import { writeEntry, writeHeader } from '../../client/transcript/lines.js';
import { decode, encode } from '../../common/bytes/codec.js';
import { privateIdentity } from '../../common/crypto/identity.js';
import { readPrivatePem } from '../../common/crypto/node.js';
import { SignedHistory } from '../../common/crypto/signed-history.js';
import { conversationHash, firstHash, signHash, signers, verifyHash } from '../../common/crypto/signed-text.js';
import { signedReceiptContent, signedTextContent } from '../../common/wire/signed.js';
import { hex, vector } from '../support/vector.js';
import { asJson, type signedVectors } from './make-signed.js';

const v = vector<typeof signedVectors>('signed');
const identity = { caller: privateIdentity(readPrivatePem(v.people.caller.privateKey)), receiver: privateIdentity(readPrivatePem(v.people.receiver.privateKey)) };
const party = (role: keyof typeof identity) => ({ username: v.people[role].name, fingerprint: identity[role].public.fingerprint });

test('the file is what its maker makes', async (t) => {
  t.same(JSON.parse(asJson()), v);
});

test('Z, and what each side begins with', async (t) => {
  const z = conversationHash(v.conversation, party('caller'), party('receiver'));
  t.equal(z.toString('hex'), v.Z);
  for (const role of ['caller', 'receiver'] as const) {
    t.same(identity[role].public.spki, hex(v.people[role].spki));
    t.equal(firstHash(z, role).toString('hex'), v.first[role], String(signers[role]));
  }
});

test('each text and receipt: hash, signature, content', async (t) => {
  const history = new SignedHistory(v.conversation, party('caller'), party('receiver'));
  for (const each of v.said) {
    const { from } = each;
    const kind = each.is === 'text' ? 'signedText' : 'signedReceipt';
    const step = each.is === 'text' ? history.text(from, each) : history.receipt(from, each.own, each.other);
    t.equal(step.hash.toString('hex'), each.hash);
    t.equal((await signHash(kind, step.hash, identity[from])).toString('hex'), each.signature);
    verifyHash(kind, step.hash, hex(each.signature), identity[from].public);
    step.commit();
    const signature = hex(each.signature);
    const content = each.is === 'text'
      ? encode(signedTextContent, { ...each, signature }) : encode(signedReceiptContent, { ...each, signature });
    t.equal(content.toString('hex'), each.content);
    if (each.is === 'text') t.match(decode(signedTextContent, content), { time: each.time, seen: each.seen, text: each.text });
    else t.match(decode(signedReceiptContent, content), { own: each.own, other: each.other });
  }
});

test('the transcript is valid, and comes back to the byte', async (t) => {
  const check = new TranscriptCheck();
  for (const line of v.transcript.split('\n').slice(0, -1)) t.ok(check.take(line), String(check.fault?.why));
  const again = [writeHeader(check.header!), ...check.entries.map(writeEntry)].map((line) => `${line}\n`).join('');
  t.equal(again, v.transcript);
  t.same(check.proven('caller'), { said: 3, acknowledged: 2 });
  t.same(check.proven('receiver'), { said: 2, acknowledged: 2 });
});
