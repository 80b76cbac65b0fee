import { HandshakeError } from '../errors.js';
import {
  type KeyObject, importRawPublic, makeX25519Pair, oaepDecrypt, oaepEncrypt, publicOf, type Random, rsaPublicDer, x25519,
  x25519PublicBytes,
} from './node.js';
import { rsaPublicFromPkcs1 } from './rsa-public.js';
import { Secret } from './secret.js';

/** The suites of docs/PROTOCOL.md part 2: how an ephemeral key and a key share give both sides the secret K. */

export type SuiteName = 'rsa' | 'x25519';

export const SECRET_K = 32;

/** The responder's ephemeral key: its public bytes go into M2, the private half opens the share of M3. */
export interface EphemeralKey {
  readonly suite: Suite;
  /** RSAPublicKey DER of 2048 bits, or 32 raw bytes. */
  readonly publicBytes: Buffer;
  /** @returns K, 32 bytes, or undefined for a share that does not open */
  open(share: Buffer): Secret | undefined;
  /** Does the work of `open` on a share of its own, so that a login that failed earlier takes as long. */
  openDecoy(): void;
  /** Lets go of the private half. */
  destroy(): void;
}

export interface Suite {
  readonly id: number;
  readonly name: SuiteName;
  /**
   * The initiator's half, for the responder's ephemeral public key.
   * Throws WireError or HandshakeError 'bad-public-key'.
   */
  share(publicBytes: Buffer, random: Random): { share: Buffer; k: Secret };
}

export const RSA_EPHEMERAL_BITS = 2048;

export const rsaSuite: Suite = {
  id: 1,
  name: 'rsa',
  share(publicBytes, random) {
    const key = rsaPublicFromPkcs1(publicBytes, RSA_EPHEMERAL_BITS, RSA_EPHEMERAL_BITS);
    const k = new Secret(random(SECRET_K));
    return { share: oaepEncrypt(key, k.bytes), k };
  },
};

export const x25519Suite: Suite = {
  id: 2,
  name: 'x25519',
  share(publicBytes) {
    if (publicBytes.length !== 32) throw new HandshakeError('bad-public-key', 'An X25519 key is not 32 bytes long.');
    const own = makeX25519Pair();
    const shared = x25519(own.privateKey, importRawPublic('X25519', publicBytes));
    if (!shared) throw new HandshakeError('bad-public-key', 'An X25519 key is a point of small order.');
    return { share: x25519PublicBytes(own.privateKey), k: new Secret(shared) };
  },
};

export const suites: readonly Suite[] = [rsaSuite, x25519Suite];

export const suiteById = (id: number): Suite | undefined => suites.find((suite) => suite.id === id);

abstract class Ephemeral implements EphemeralKey {
  #privateKey: KeyObject | undefined;

  protected constructor(readonly suite: Suite, privateKey: KeyObject, readonly publicBytes: Buffer) {
    this.#privateKey = privateKey;
  }

  protected get privateKey(): KeyObject {
    if (!this.#privateKey) throw new Error('a destroyed ephemeral key was used');
    return this.#privateKey;
  }

  get destroyed(): boolean {
    return this.#privateKey === undefined;
  }

  abstract open(share: Buffer): Secret | undefined;
  abstract openDecoy(): void;

  destroy(): void {
    this.#privateKey = undefined;
  }
}

export class RsaEphemeral extends Ephemeral {
  constructor(privateKey: KeyObject, publicBytes: Buffer = rsaPublicDer(publicOf(privateKey))) {
    super(rsaSuite, privateKey, publicBytes);
  }

  open(share: Buffer): Secret | undefined {
    if (share.length !== RSA_EPHEMERAL_BITS / 8) return void this.openDecoy();
    const k = oaepDecrypt(this.privateKey, share);
    return k?.length === SECRET_K ? new Secret(k) : undefined;
  }

  openDecoy(): void {
    oaepDecrypt(this.privateKey, Buffer.alloc(RSA_EPHEMERAL_BITS / 8, 1));
  }
}

export class X25519Ephemeral extends Ephemeral {
  constructor(privateKey: KeyObject = makeX25519Pair().privateKey) {
    super(x25519Suite, privateKey, x25519PublicBytes(privateKey));
  }

  open(share: Buffer): Secret | undefined {
    if (share.length !== 32) return void this.openDecoy();
    const shared = x25519(this.privateKey, importRawPublic('X25519', share));
    return shared && new Secret(shared);
  }

  openDecoy(): void {
    x25519(this.privateKey, importRawPublic('X25519', this.publicBytes));
  }
}
