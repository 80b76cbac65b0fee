import { answer, type ExchangeKeys, type ExpectBody3, finish, initiate, respond } from '../../common/crypto/exchange.js';
import { type Identity, privateIdentity } from '../../common/crypto/identity.js';
import { type KeyPair, makeEd25519Pair, makeRsaPair } from '../../common/crypto/node.js';
import { type EphemeralKey, RsaEphemeral, rsaSuite, type Suite, X25519Ephemeral, x25519Suite } from '../../common/crypto/suite.js';

export const edIdentity = (): Identity => privateIdentity(makeEd25519Pair().privateKey);

let ephemeralRsa: KeyPair | undefined;
let identityRsa: KeyPair | undefined;

/** One RSA key for all of a test file: an ephemeral key for each exchange would cost it seconds. */
export const rsaEphemeral = (): RsaEphemeral => new RsaEphemeral((ephemeralRsa ??= makeRsaPair(2048)).privateKey);
export const rsaIdentity = (): Identity => privateIdentity((identityRsa ??= makeRsaPair(2048)).privateKey);

export const ephemeralOf = (suite: Suite): EphemeralKey => (suite === rsaSuite ? rsaEphemeral() : new X25519Ephemeral());

export interface ExchangeSetting {
  readonly t0: Buffer;
  /** The responder's, where it is another one. */
  readonly t0Responder?: Buffer;
  readonly suite?: Suite;
  readonly offered?: readonly Suite[];
  readonly initiator: Identity;
  readonly responder: Identity;
  /** Whom each takes the other for, where it is not who it is. */
  readonly initiatorSeenAs?: Identity;
  readonly responderSeenAs?: Identity;
  /** Empty between peers. */
  readonly username?: string;
  /** Changes a body on its way. */
  readonly way?: (which: 1 | 2 | 3, body: Buffer) => Buffer;
  /** Signs in the place of the responder's, or the initiator's, key. */
  readonly sign?: (which: 2 | 3, data: Buffer) => Promise<Buffer> | undefined;
}

export interface ExchangeRun {
  readonly bodies: Buffer[];
  readonly initiator: ExchangeKeys;
  readonly responder: ExchangeKeys;
  readonly expecting: ExpectBody3;
}

/** A whole exchange in memory. Throws what the side throws that found something wrong. */
export async function runExchange(setting: ExchangeSetting): Promise<ExchangeRun> {
  const { t0, t0Responder = t0, suite = x25519Suite, offered = [suite], initiator, responder, username = '' } = setting;
  const { way = (_which, body) => body, sign = () => undefined } = setting;
  const signing = (which: 2 | 3, own: Identity): Identity => ({ public: own.public, sign: async (data) => (await sign(which, data)) ?? own.sign(data) });

  const first = initiate(t0, username, offered);
  const received1 = way(1, first.body1);
  const second = await respond({
    t0: t0Responder, received: received1, named: username !== '', ephemeral: async () => ephemeralOf(suite), certificates: [],
    identity: signing(2, responder),
  });
  const received2 = way(2, second.body2);
  const third = await answer(
    first.expecting, received2, { identity: signing(3, initiator), certificates: [] },
    () => (setting.responderSeenAs ?? responder).public,
  );
  const received3 = way(3, third.body3);
  const keys = finish(second.expecting, received3, () => (setting.initiatorSeenAs ?? initiator).public);
  return { bodies: [first.body1, second.body2, third.body3], initiator: third.keys, responder: keys, expecting: second.expecting };
}

export const sameKeys = (a: ExchangeKeys, b: ExchangeKeys): boolean =>
  a.initiatorToResponder.bytes.equals(b.initiatorToResponder.bytes)
  || a.responderToInitiator.bytes.equals(b.responderToInitiator.bytes)
  || a.renewal.bytes.equals(b.renewal.bytes);
