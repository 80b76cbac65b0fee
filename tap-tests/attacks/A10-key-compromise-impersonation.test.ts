import { test } from 'tap';
import { chatTranscript } from '../../common/crypto/peer-transcript.js';
import { suites } from '../../common/crypto/suite.js';
import { edIdentity, rsaIdentity, runExchange } from '../support/exchange-pair.js';

/** anybody has bob's private key, and a key of his own. */
const anybody = edIdentity();

for (const suite of suites) {
  for (const [kind, alice, bob] of [['ed25519', edIdentity(), edIdentity()], ['rsa and ed25519', edIdentity(), rsaIdentity()]] as const) {
    const party = (username: string, { public: { fingerprint } } = alice) => ({ username, fingerprint });

    test(`A10: as alice towards bob, as the caller (${suite.name}, ${kind})`, async (t) => {
      const t0 = chatTranscript('0123456789abcdef', party('alice'), party('bob', bob));
      for (const signer of [bob, anybody]) {
        const attempt = runExchange({ t0, suite, initiator: signer, initiatorSeenAs: alice, responder: bob });
        await t.rejects(attempt, { name: 'HandshakeError', code: 'bad-signature' });
      }
      t.ok(await runExchange({ t0, suite, initiator: alice, responder: bob }), 'alice herself passes');
    });

    test(`A10: as alice towards bob, as the one called (${suite.name}, ${kind})`, async (t) => {
      const t0 = chatTranscript('0123456789abcdef', party('bob', bob), party('alice'));
      for (const signer of [bob, anybody]) {
        const attempt = runExchange({ t0, suite, initiator: bob, responder: signer, responderSeenAs: alice });
        await t.rejects(attempt, { name: 'HandshakeError', code: 'bad-signature' });
      }
    });
  }
}
