import { test } from 'tap';
import { loginTranscript } from '../../common/crypto/exchange.js';
import { chatTranscript } from '../../common/crypto/peer-transcript.js';
import { edIdentity, runExchange } from '../support/exchange-pair.js';

/** anybody has enrolled alice's public key as his own, and passes her messages on. */
const [alice, bob, anybody] = [edIdentity(), edIdentity(), edIdentity()];
const CONVERSATION = '0123456789abcdef';
const party = (username: string, { public: { fingerprint } } = alice) => ({ username, fingerprint });

test('A4: what passes when everybody sees the same names and keys', async (t) => {
  const t0 = chatTranscript(CONVERSATION, party('alice'), party('bob', bob));
  const { initiator, responder } = await runExchange({ t0, initiator: alice, responder: bob });
  t.same(initiator.renewal.bytes, responder.renewal.bytes);
});

const sights: [string, Buffer, Buffer][] = [
  ['bob thinks that he talks to anybody, under the key of alice',
    chatTranscript(CONVERSATION, party('alice'), party('bob', bob)), chatTranscript(CONVERSATION, party('anybody'), party('bob', bob))],
  ['alice thinks that she talks to anybody, under the key of bob',
    chatTranscript(CONVERSATION, party('alice'), party('anybody', bob)), chatTranscript(CONVERSATION, party('alice'), party('bob', bob))],
  ['each sees another key of the caller',
    chatTranscript(CONVERSATION, party('alice'), party('bob', bob)), chatTranscript(CONVERSATION, party('alice', anybody), party('bob', bob))],
  ['each sees another key of the receiver',
    chatTranscript(CONVERSATION, party('alice'), party('bob', bob)), chatTranscript(CONVERSATION, party('alice'), party('bob', anybody))],
  ['another conversation',
    chatTranscript(CONVERSATION, party('alice'), party('bob', bob)), chatTranscript('0123456789abcdee', party('alice'), party('bob', bob))],
  ['the roles are swapped',
    chatTranscript(CONVERSATION, party('alice'), party('bob', bob)), chatTranscript(CONVERSATION, party('bob', bob), party('alice'))],
];

for (const [name, seenByCaller, seenByReceiver] of sights) {
  test(`A4: ${name}`, async (t) => {
    await t.rejects(
      runExchange({ t0: seenByCaller, t0Responder: seenByReceiver, initiator: alice, responder: bob }),
      { name: 'HandshakeError', code: 'bad-signature' },
    );
  });
}

test('A4: a login as another name under the same key', async (t) => {
  const rename = (which: 1 | 2 | 3, body: Buffer) => (which === 1 ? Buffer.concat([Buffer.from('\x05user3', 'latin1'), body.subarray(6)]) : body);
  const setting = { t0: loginTranscript(), username: 'alice', initiator: alice, responder: bob };
  await t.rejects(runExchange({ ...setting, way: rename }), { code: 'bad-signature' });
  t.ok(await runExchange(setting), 'and without the change it passes');
});

test('A4: a key that is not the one that signs', async (t) => {
  const t0 = chatTranscript(CONVERSATION, party('alice'), party('bob', bob));
  await t.rejects(runExchange({ t0, initiator: alice, responder: bob, responderSeenAs: anybody }), { code: 'bad-signature' });
  await t.rejects(runExchange({ t0, initiator: alice, responder: bob, initiatorSeenAs: anybody }), { code: 'bad-signature' });
});
