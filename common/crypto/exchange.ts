import { decode, encode } from '../bytes/codec.js';
import { HandshakeError, WireError } from '../errors.js';
import {
  body1, body2, body2WithoutSignature, body3, body3WithoutSignature, bodyR3, bodyR3WithoutSignature, NONCE,
} from '../wire/bodies.js';
import { ed25519Decoy } from './decoy.js';
import { type Identity, publicIdentity, type PublicIdentity } from './identity.js';
import { labels } from './labels.js';
import { hkdfExpand, hkdfExtract, randomBytes, type Random, sha256 } from './node.js';
import { Secret } from './secret.js';
import type { EphemeralKey, Suite } from './suite.js';

/**
 * The exchange, written once (docs/PROTOCOL.md part 2): the login, the exchange between peers and its renewals are
 * three drivers of these steps. A step takes the body that came and gives the body to send and the state that waits
 * for the next; a state is used once. Nothing here knows a socket.
 *
 *   initiator                 responder
 *   initiate    -- body1 -->  respond
 *   answer      <-- body2 --
 *               -- body3 -->  finish
 */

/** What both sides have at the end; each is 32 bytes. A login has no use for `renewal` and wipes it. */
export interface ExchangeKeys {
  readonly initiatorToResponder: Secret;
  readonly responderToInitiator: Secret;
  readonly renewal: Secret;
}

/** Ends keys that nothing has taken over; those wiped already stay so. */
export function wipeKeys(keys: ExchangeKeys): void {
  keys.initiatorToResponder.wipe();
  keys.responderToInitiator.wipe();
  keys.renewal.wipe();
}

export type FindKey = (certificates: readonly Buffer[]) => PublicIdentity;

/** Shows what is otherwise seen by nobody; only the client's --didactic asks for it. */
export type Reveal = (ephemeralKey: Buffer, k: Buffer) => void;

export const loginTranscript = (): Buffer => sha256(labels.login);

const signedText = (label: string, hash: Buffer) => Buffer.concat([Buffer.from(`${label}\0`, 'ascii'), hash]);

/* The initiator. */

export interface ExpectBody2 {
  readonly t1: Buffer;
  readonly suites: readonly Suite[];
}

/** @param username empty between peers */
export function initiate(
  t0: Buffer, username: string, suites: readonly Suite[], random: Random = randomBytes,
): { body1: Buffer; expecting: ExpectBody2 } {
  const body = encode(body1, { username, suites: suites.map(({ id }) => id), nonce: random(NONCE) });
  return { body1: body, expecting: { t1: sha256(t0, body), suites } };
}

export interface Answer {
  readonly body3: Buffer;
  readonly keys: ExchangeKeys;
  readonly suite: Suite;
}

/**
 * Checks body2 in the order certificates, suite, ephemeral key, signature, and makes body3.
 * Throws WireError 'malformed'; what `responder` throws; HandshakeError 'no-common-suite', 'bad-public-key',
 * 'bad-signature'.
 */
export async function answer(
  { t1, suites }: ExpectBody2,
  received: Buffer,
  own: {
    readonly identity: Identity;
    readonly certificates: readonly Buffer[];
    /** The third message is R3 (part 12), with the key itself. */
    readonly registers?: boolean;
    readonly random?: Random;
    readonly reveal?: Reveal | undefined;
  },
  responder: FindKey,
): Promise<Answer> {
  const { signature, ...unsigned } = decode(body2, received);
  const signer = responder(unsigned.certificates);
  const suite = suites.find(({ id }) => id === unsigned.suite);
  if (!suite) throw new HandshakeError('no-common-suite', 'The other side chose a suite that was not offered.');
  const { share, k } = suite.share(unsigned.ephemeralKey, own.random ?? randomBytes);
  const t2s = sha256(t1, encode(body2WithoutSignature, unsigned));
  if (!signer.verify(signedText(labels.signedByResponder, t2s), signature)) {
    k.wipe();
    throw new HandshakeError('bad-signature', 'The signature of the other side does not fit its key: it is not who it says, or something on the way changed the bytes.');
  }
  own.reveal?.(unsigned.ephemeralKey, k.bytes);

  const t2 = sha256(t1, received);
  const sign = (unsigned: Buffer) => own.identity.sign(signedText(labels.signedByInitiator, sha256(t2, unsigned)));
  const key = { spki: own.identity.public.spki, share };
  const mine = { certificates: own.certificates, share };
  const body = own.registers
    ? encode(bodyR3, { ...key, signature: await sign(encode(bodyR3WithoutSignature, key)) })
    : encode(body3, { ...mine, signature: await sign(encode(body3WithoutSignature, mine)) });
  return { body3: body, keys: deriveKeys(sha256(t2, body), k), suite };
}

/* The responder. */

export interface ExpectBody3 {
  readonly t2: Buffer;
  readonly ephemeral: EphemeralKey;
}

/**
 * Reads body1 and makes body2.
 * Throws WireError 'malformed', and what `ephemeral` throws where no suite is common.
 * @param ephemeral gives a key of the first suite offered that is supported
 */
export async function respond(
  { t0, received, named, ephemeral: takeKey, certificates, identity, random = randomBytes }: {
    readonly t0: Buffer;
    readonly received: Buffer;
    /** A login says a username; between peers the field is empty, since t0 has both names. */
    readonly named: boolean;
    readonly ephemeral: (offered: readonly number[]) => Promise<EphemeralKey>;
    readonly certificates: readonly Buffer[];
    readonly identity: Identity;
    readonly random?: Random;
  },
): Promise<{ body2: Buffer; expecting: ExpectBody3; username: string; suite: Suite }> {
  const offer = decode(body1, received);
  if (named !== (offer.username !== '')) throw new WireError('malformed', `M1: ${named ? 'no' : 'a'} username`);
  const ephemeral = await takeKey(offer.suites);
  try {
    const t1 = sha256(t0, received);
    const unsigned = { certificates, suite: ephemeral.suite.id, nonce: random(NONCE), ephemeralKey: ephemeral.publicBytes };
    const t2s = sha256(t1, encode(body2WithoutSignature, unsigned));
    const signature = await identity.sign(signedText(labels.signedByResponder, t2s));
    const body = encode(body2, { ...unsigned, signature });
    return { body2: body, expecting: { t2: sha256(t1, body), ephemeral }, username: offer.username, suite: ephemeral.suite };
  } catch (error) {
    ephemeral.destroy();
    throw error;
  }
}

/**
 * Checks body3: the key that `initiator` finds, the signature, and only then the share; whatever is wrong, the work is
 * the same. The ephemeral key is destroyed in any case.
 * Throws WireError 'malformed'; what `initiator` throws; HandshakeError 'bad-signature', 'bad-share'.
 */
export function finish(expecting: ExpectBody3, received: Buffer, initiator: FindKey, reveal?: Reveal): ExchangeKeys {
  return conclude(expecting, received, () => {
    const { signature, ...unsigned } = decode(body3, received);
    const find = () => initiator(unsigned.certificates);
    return { signature, share: unsigned.share, unsigned: encode(body3WithoutSignature, unsigned), find };
  }, reveal);
}

/** The same for R3 (part 12), which has its key with it. */
export function finishRegistration(
  expecting: ExpectBody3, received: Buffer,
): { readonly keys: ExchangeKeys; readonly identity: PublicIdentity } {
  let identity: PublicIdentity | undefined;
  const keys = conclude(expecting, received, () => {
    const { signature, ...unsigned } = decode(bodyR3, received);
    const find = () => (identity = keyOf(unsigned.spki));
    return { signature, share: unsigned.share, unsigned: encode(bodyR3WithoutSignature, unsigned), find };
  });
  return { keys, identity: identity! };
}

/** Whatever is wrong with the key in R3, it did not authenticate: one refusal for all of it. */
function keyOf(spki: Buffer): PublicIdentity {
  try {
    return publicIdentity(spki);
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    throw new HandshakeError('bad-public-key', 'A public key is not DER.', { cause });
  }
}

/** What a third message says, whichever it is. */
interface Third {
  readonly signature: Buffer;
  readonly share: Buffer;
  readonly unsigned: Buffer;
  readonly find: () => PublicIdentity;
}

function conclude({ t2, ephemeral }: ExpectBody3, received: Buffer, read: () => Third, reveal?: Reveal): ExchangeKeys {
  try {
    const { signature, share, unsigned, find } = read();
    const signed = signedText(labels.signedByInitiator, sha256(t2, unsigned));
    const signer = findOrDecoy(find);
    const verified = signer.key.verify(signed, signature);
    if (signer.fault !== undefined || !verified) {
      ephemeral.openDecoy();
      throw signer.fault ?? new HandshakeError('bad-signature', 'The signature of the other side does not fit its key.');
    }
    const k = ephemeral.open(share);
    if (!k) throw new HandshakeError('bad-share', 'The key share of the other side does not open.');
    reveal?.(ephemeral.publicBytes, k.bytes);
    return deriveKeys(sha256(t2, received), k);
  } finally {
    ephemeral.destroy();
  }
}

/** A name that nobody has is checked like any other, with a key that fits no signature. */
function findOrDecoy(find: () => PublicIdentity): { key: PublicIdentity; fault?: unknown } {
  try {
    return { key: find() };
  } catch (fault) {
    return { key: ed25519Decoy(), fault };
  }
}

/** PRK and everything that comes from it; PRK, t3 and K are wiped here. */
export function deriveKeys(t3: Buffer, k: Secret): ExchangeKeys {
  const prk = hkdfExtract(t3, k.bytes);
  const derived = (label: string) => new Secret(hkdfExpand(prk, label, 32));
  const keys = {
    initiatorToResponder: derived(labels.initiatorToResponder),
    responderToInitiator: derived(labels.responderToInitiator),
    renewal: derived(labels.renewalSecret),
  };
  prk.fill(0);
  t3.fill(0);
  k.wipe();
  return keys;
}
