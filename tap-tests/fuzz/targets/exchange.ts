import { createPrivateKey } from 'node:crypto';
import { decode } from '../../../common/bytes/codec.js';
import { answer, finish, respond, wipeKeys } from '../../../common/crypto/exchange.js';
import { privateIdentity, type PublicIdentity } from '../../../common/crypto/identity.js';
import { sha256 } from '../../../common/crypto/node.js';
import { type EphemeralKey, RsaEphemeral, suiteById, X25519Ephemeral } from '../../../common/crypto/suite.js';
import { HandshakeError, WireError } from '../../../common/errors.js';
import { body1, body2 } from '../../../common/wire/bodies.js';
import { exchanges, type ExchangeVector, identityOf, keys } from '../fixtures.js';
import { check, type Target } from '../target.js';

/** One side of an exchange, before a body that was changed on its way: what nobody signed goes no further. */
const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');
const publicOf = (pem: string): PublicIdentity => privateIdentity(createPrivateKey(pem)).public;
const own = { identity: identityOf(keys.alice), certificates: [] };
const which = (v: ExchangeVector) => `${v.username === '' ? 'peers' : 'login'}, suite ${v.suite}`;

const ephemeralOf = (v: ExchangeVector): EphemeralKey => {
  const key = createPrivateKey(v.ephemeralKey);
  return v.suite === 1 ? new RsaEphemeral(key) : new X25519Ephemeral(key);
};

const keyOf25519 = createPrivateKey(exchanges[1]!.ephemeralKey);

const supported = async (offered: readonly number[]): Promise<EphemeralKey> => {
  if (!offered.some((id) => suiteById(id))) throw new HandshakeError('no-common-suite', 'none');
  return new X25519Ephemeral(keyOf25519);
};

const withoutCertificates = (key: PublicIdentity) => (certificates: readonly Buffer[]): PublicIdentity => {
  if (certificates.length > 0) throw new WireError('malformed', 'certificates');
  return key;
};

const first = (v: ExchangeVector): Target => ({
  name: `M1 taken, ${which(v)}`,
  covers: ['common/crypto/exchange.ts respond'],
  errors: ['malformed', 'no-common-suite'], inputs: 400, seeds: [hex(v.body1)],
  async run(input) {
    const named = v.username !== '';
    const { username, body2: said, expecting } = await respond({
      t0: hex(v.t0), received: input, named, certificates: [], identity: own.identity, ephemeral: supported,
    });
    check((username !== '') === named && decode(body1, input).username === username, 'another name');
    check(decode(body2, said).suite === expecting.ephemeral.suite.id, 'another suite');
    expecting.ephemeral.destroy();
  },
});

function second(v: ExchangeVector): Target {
  const responder = publicOf(v.responderKey);
  const t1 = sha256(hex(v.t0), hex(v.body1));
  const suites = decode(body1, hex(v.body1)).suites.flatMap((id) => suiteById(id) ?? []);
  return {
    name: `M2 taken, ${which(v)}`,
    covers: ['common/crypto/exchange.ts answer'],
    errors: ['malformed', 'no-common-suite', 'bad-public-key', 'bad-signature'], inputs: 500, seeds: [hex(v.body2)],
    async run(input) {
      const { keys: made } = await answer({ t1, suites }, input, own, withoutCertificates(responder));
      check(input.equals(hex(v.body2)), 'takes what nobody signed');
      wipeKeys(made);
    },
  };
}

function third(v: ExchangeVector): Target {
  const initiator = publicOf(v.initiatorKey);
  const t2 = sha256(sha256(hex(v.t0), hex(v.body1)), hex(v.body2));
  return {
    name: `M3 taken, ${which(v)}`,
    covers: ['common/crypto/exchange.ts finish'],
    errors: ['malformed', 'bad-signature', 'bad-share'], inputs: v.suite === 1 ? 300 : 600, seeds: [hex(v.body3)],
    run(input) {
      wipeKeys(finish({ t2, ephemeral: ephemeralOf(v) }, input, withoutCertificates(initiator)));
      check(input.equals(hex(v.body3)), 'takes what nobody signed');
    },
  };
}

export const exchangeTargets: readonly Target[] = exchanges.flatMap((v) => [first(v), second(v), third(v)]);
