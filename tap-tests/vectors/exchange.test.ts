import { test } from 'tap';
import { privateIdentity, type Identity } from '../../common/crypto/identity.js';
import { answer, finish, initiate, loginTranscript, respond } from '../../common/crypto/exchange.js';
import { readPrivatePem, sha256 } from '../../common/crypto/node.js';
import { RsaEphemeral, suiteById, suites, X25519Ephemeral } from '../../common/crypto/suite.js';
import { readCell, writeCell } from '../../common/wire/cell.js';
import { decode, encode } from '../../common/bytes/codec.js';
import { body1, body2, body3 } from '../../common/wire/bodies.js';
import { hex, vector } from '../support/vector.js';

interface ExchangeVector {
  suite: number; context: string; username: string; initiatorKey: string; responderKey: string; ephemeralKey: string;
  r1: string; r2: string; body1: string; body2: string; body3: string; t0: string; k: string; cell1: string;
  keyInitiatorToResponder: string; keyResponderToInitiator: string; rs: string;
}

const vectors = vector<ExchangeVector[]>('exchange');
const identityOf = (pem: string) => privateIdentity(readPrivatePem(pem));
const ephemeralOf = (v: ExchangeVector) =>
  v.suite === 1 ? new RsaEphemeral(readPrivatePem(v.ephemeralKey)) : new X25519Ephemeral(readPrivatePem(v.ephemeralKey));

for (const v of vectors) {
  test(`exchange of suite ${v.suite}, ${v.username || 'peers'}`, async (t) => {
    t.same(sha256(hex(v.context)), hex(v.t0));

    t.test('bodies decode, and encode to the same bytes', async (t) => {
      t.same(encode(body1, decode(body1, hex(v.body1))), hex(v.body1));
      t.same(encode(body2, decode(body2, hex(v.body2))), hex(v.body2));
      t.same(encode(body3, decode(body3, hex(v.body3))), hex(v.body3));
      t.same(writeCell('M1', hex(v.body1)), hex(v.cell1));
      t.same(readCell(hex(v.cell1), ['M1']).body, hex(v.body1));
    });

    t.test('the initiator says body1', async (t) => {
      const offered = decode(body1, hex(v.body1)).suites.map((id) => suiteById(id)!);
      t.same(initiate(hex(v.t0), v.username, offered, () => hex(v.r1)).body1, hex(v.body1));
    });

    t.test('the responder opens the recorded body3', async (t) => {
      const responder = identityOf(v.responderKey);
      const replaying: Identity = { public: responder.public, sign: async () => decode(body2, hex(v.body2)).signature };
      const { body2: said, expecting, username } = await respond({
        t0: hex(v.t0), received: hex(v.body1), named: v.username !== '', ephemeral: async () => ephemeralOf(v), certificates: decode(body2, hex(v.body2)).certificates,
        identity: replaying, random: () => hex(v.r2),
      });
      t.same(said, hex(v.body2));
      t.equal(username, v.username);
      const keys = finish(expecting, hex(v.body3), () => identityOf(v.initiatorKey).public);
      t.same(keys.initiatorToResponder.bytes, hex(v.keyInitiatorToResponder));
      t.same(keys.responderToInitiator.bytes, hex(v.keyResponderToInitiator));
      t.same(keys.renewal.bytes, hex(v.rs));
    });

    t.test('the initiator takes the recorded body2', async (t) => {
      const { expecting } = initiate(hex(v.t0), v.username, decode(body1, hex(v.body1)).suites.map((id) => suiteById(id)!), () => hex(v.r1));
      let revealed = Buffer.alloc(0);
      const made = await answer(
        expecting, hex(v.body2),
        { identity: identityOf(v.initiatorKey), certificates: [], random: () => hex(v.k), reveal: (_key, k) => (revealed = Buffer.from(k)) },
        () => identityOf(v.responderKey).public,
      );
      if (v.suite === 1) t.same(revealed, hex(v.k));
      t.equal(made.suite.id, v.suite);
      const { expecting: theirs } = await respond({
        t0: hex(v.t0), received: hex(v.body1), named: v.username !== '', ephemeral: async () => ephemeralOf(v), certificates: [],
        identity: { public: identityOf(v.responderKey).public, sign: async () => decode(body2, hex(v.body2)).signature }, random: () => hex(v.r2),
      });
      const keys = finish(theirs, made.body3, () => identityOf(v.initiatorKey).public);
      t.same(keys.initiatorToResponder.bytes, made.keys.initiatorToResponder.bytes);
    });
  });
}

test('every suite of the vectors and of this program was met', async (t) => {
  t.same(new Set(vectors.map(({ suite }) => suite)), new Set(suites.map(({ id }) => id)));
  t.same(loginTranscript(), hex(vectors[0]!.t0));
});
