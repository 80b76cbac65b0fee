import { test } from 'tap';
import { encode } from '../../common/bytes/codec.js';
import { labels } from '../../common/crypto/labels.js';
import { chatTranscript, renewalTranscript } from '../../common/crypto/peer-transcript.js';
import { safetyNumber } from '../../common/crypto/safety-number.js';
import { Secret } from '../../common/crypto/secret.js';
import { body1, body2, body3 } from '../../common/wire/bodies.js';
import { clientCommands, serverCommands } from '../../common/wire/commands.js';
import { packMessages } from '../../common/wire/record.js';

const CONVERSATION = '0123456789abcdef';
const nonce = Buffer.alloc(32, 1);
const signature = Buffer.alloc(64, 2);

/** `text` cut in two at every place where both parts are names. */
const splits = (text: string) => Array.from({ length: text.length - 1 }, (_, at) => [text.slice(0, at + 1), text.slice(at + 1)] as const)
  .filter((parts) => parts.every(({ length }) => length <= 16));

function different(t: { equal(a: unknown, b: unknown, why: string): unknown }, what: string, encodings: readonly (Buffer | string)[]): void {
  t.equal(new Set(encodings.map((each) => each.toString('hex' as never))).size, encodings.length, `${encodings.length} ${what}`);
}

test('A6: names and fingerprints between peers', async (t) => {
  const fingerprints = [Buffer.alloc(32, 0x61), Buffer.alloc(32, 0x62)];
  const pairs = splits('aliceandbobby').flatMap((names) => [[0, 1], [1, 0]].map((order) => [
    { username: names[0], fingerprint: fingerprints[order[0]!]! }, { username: names[1], fingerprint: fingerprints[order[1]!]! },
  ] as const));
  different(t, 'transcripts', pairs.map(([one, other]) => chatTranscript(CONVERSATION, one, other)));
  different(t, 'safety numbers', pairs.map(([one, other]) => safetyNumber(one, other)));
  const name = { username: 'a', fingerprint: fingerprints[0]! };
  const longer = { username: 'aa', fingerprint: fingerprints[0]! };
  different(t, 'names that look like the beginning of the fingerprint', [
    chatTranscript(CONVERSATION, name, name), chatTranscript(CONVERSATION, longer, name), chatTranscript(CONVERSATION, name, longer),
  ]);
});

test('A6: one context is never another', async (t) => {
  const rs = (fill: number) => new Secret(Buffer.alloc(32, fill));
  const party = (fill: number) => ({ username: 'a', fingerprint: Buffer.alloc(32, fill) });
  different(t, 'transcripts', [
    chatTranscript(CONVERSATION, party(1), party(2)), renewalTranscript(CONVERSATION, rs(1)), renewalTranscript(CONVERSATION, rs(2)),
    renewalTranscript('0123456789abcde0', rs(1)),
  ]);
  const transcripts = [labels.login, labels.chat, labels.renewal];
  t.notOk(transcripts.some((one) => transcripts.some((other) => one !== other && other.startsWith(one))), 'no label begins another of its kind');
  const signed = [labels.signedByInitiator, labels.signedByResponder].map((label) => `${label}\0`);
  t.notOk(signed.some((one) => Object.values(labels).some((other) => other.startsWith(one))));
  const derived = [labels.initiatorToResponder, labels.responderToInitiator, labels.renewalSecret, labels.keyUpdate, labels.safetyNumber];
  t.equal(new Set(derived).size, derived.length);
});

test('A6: the bodies of the exchange', async (t) => {
  different(t, 'M1', splits('aliceandbobby').map(([username, rest]) =>
    encode(body1, { username, suites: [...Buffer.from(rest.slice(0, 1))], nonce })));
  const cuts = splits('certificates').map(([one, other]) => [Buffer.from(one), Buffer.from(other)]);
  const lists = [...cuts, [Buffer.from('certificates')], ...cuts.map(([one, other]) => [other!, one!])];
  different(t, 'M2', lists.map((certificates) => encode(body2, { certificates, suite: 2, nonce, ephemeralKey: nonce, signature })));
  const shares = splits('shareandsignature').map(([share, rest]) => encode(body3, { certificates: [], share: Buffer.from(share), signature: Buffer.from(rest) }));
  const inCertificates = splits('shareandsignature').map(([one, rest]) =>
    encode(body3, { certificates: [Buffer.from(one)], share: Buffer.from(rest), signature }));
  different(t, 'M3', [...shares, ...inCertificates]);
});

test('A6: commands', async (t) => {
  different(t, 'lists', splits('aliceandbobby').map(([prefix, after]) => encode(clientCommands.list, { prefix, after })));
  different(t, 'keys of peers', splits('aliceandbobby').flatMap(([peer, rest]) => [
    encode(serverCommands.pubk, { conversation: CONVERSATION, role: 0, peer, certificates: [], spki: Buffer.from(rest) }),
    encode(serverCommands.pubk, { conversation: CONVERSATION, role: 0, peer, certificates: [Buffer.from(rest)], spki: Buffer.from('k') }),
  ]));
  different(t, 'errors', splits('chataliceand').map(([about, text]) => encode(serverCommands.erro, { code: 1, about: Buffer.from(about), text })));
  different(t, 'records', splits('pingpingpingping').map(([one, other]) =>
    packMessages([{ command: 'ping', payload: Buffer.from(one) }, { command: 'ping', payload: Buffer.from(other) }])));
});

test('A6: the label that begins a transcript is of its kind alone', async (t) => {
  const kinds = [labels.login, labels.chat, labels.renewal];
  t.same(kinds, ['MessageApp/2 login', 'MessageApp/2 chat', 'MessageApp/2 renewal']);
});
