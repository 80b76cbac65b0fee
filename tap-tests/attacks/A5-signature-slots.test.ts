import { test } from 'tap';
import { answer, finish, initiate, loginTranscript, respond } from '../../common/crypto/exchange.js';
import type { Identity } from '../../common/crypto/identity.js';
import { chatTranscript, renewalTranscript } from '../../common/crypto/peer-transcript.js';
import { Secret } from '../../common/crypto/secret.js';
import { type EphemeralKey, X25519Ephemeral, x25519Suite } from '../../common/crypto/suite.js';
import { edIdentity, rsaIdentity } from '../support/exchange-pair.js';
import { fieldOf, withstands } from '../support/attack-field.js';
import { TestServer } from '../support/test-server.js';
import { signatureSlots } from './live/A5-signature-slots.js';

const CONVERSATION = '0123456789abcdef';
type Slot = 'M2' | 'M3' | 'P2' | 'P3' | 'type 17' | 'type 18';
type Signer = (slot: Slot, own: Identity, data: Buffer) => Promise<Buffer>;

/**
 * The three exchanges with one key on both sides, and with the same nonces and the same ephemeral key: as alike as they
 * can be, so that nothing but the contexts keeps the six signatures apart.
 */
function contexts(own: Identity) {
  const party = (username: string) => ({ username, fingerprint: own.public.fingerprint });
  return [
    { slots: ['M2', 'M3'], t0: loginTranscript(), username: 'alice' },
    { slots: ['P2', 'P3'], t0: chatTranscript(CONVERSATION, party('alice'), party('bob')), username: '' },
    { slots: ['type 17', 'type 18'], t0: renewalTranscript(CONVERSATION, new Secret(Buffer.alloc(32, 9))), username: '' },
  ] as const;
}

const nonce = () => Buffer.alloc(32, 7);
const ephemeral = new X25519Ephemeral();
const lasting: EphemeralKey = {
  suite: ephemeral.suite, publicBytes: ephemeral.publicBytes, open: (share) => ephemeral.open(share),
  openDecoy: () => undefined, destroy: () => undefined,
};

async function run(own: Identity, { slots, t0, username }: ReturnType<typeof contexts>[number], sign: Signer): Promise<void> {
  const as = (slot: Slot): Identity => ({ public: own.public, sign: (data) => sign(slot, own, data) });
  const { body1, expecting } = initiate(t0, username, [x25519Suite], nonce);
  const second = await respond({
    t0, received: body1, named: username !== '', ephemeral: async () => lasting, certificates: [], identity: as(slots[0]), random: nonce,
  });
  const { body3 } = await answer(expecting, second.body2, { identity: as(slots[1]), certificates: [] }, () => own.public);
  finish(second.expecting, body3, () => own.public);
}

for (const [kind, own] of [['ed25519', edIdentity()], ['rsa', rsaIdentity()]] as const) {
  test(`A5: every signature in every slot (${kind})`, async (t) => {
    const signed = new Map<Slot, { data: Buffer; signature: Buffer }>();
    for (const context of contexts(own)) {
      await run(own, context, async (slot, identity, data) => {
        const signature = await identity.sign(data);
        signed.set(slot, { data, signature });
        return signature;
      });
    }
    t.equal(signed.size, 6);
    for (const [from, { signature }] of signed) {
      for (const context of contexts(own)) {
        for (const into of context.slots) {
          const attempt = run(own, context, async (slot, identity, data) => (slot === into ? signature : identity.sign(data)));
          // M3 and its kin sign a fresh key share, so that even their own signature of another run does not fit.
          const fits = from === into && into === context.slots[0];
          if (fits) await t.resolves(attempt, `${from} in its own place`);
          else await t.rejects(attempt, { code: 'bad-signature' }, `${from} in the place of ${into}`);
        }
      }
      for (const [to, { data }] of signed) t.equal(own.public.verify(data, signature), from === to, `${from} over what ${to} is over`);
    }
  });
}

test('A5: what is signed begins with its role', async (t) => {
  const own = edIdentity();
  for (const context of contexts(own)) {
    await run(own, context, (slot, identity, data) => {
      const label = slot === context.slots[0] ? 'MessageApp/2 responder\0' : 'MessageApp/2 initiator\0';
      t.equal(data.toString('latin1', 0, label.length), label, slot);
      t.equal(data.length, label.length + 32);
      return identity.sign(data);
    });
  }
});

test("A5: from outside, signatures of other places in M3's place", async (t) => {
  await withstands(t, signatureSlots, fieldOf(t, await TestServer.start(t)));
});
