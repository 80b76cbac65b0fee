import type { KeyObject } from 'node:crypto';
import type { Test } from 'tap';
import { type EphemeralKey, RsaEphemeral, X25519Ephemeral } from '../../common/crypto/suite.js';

/** Keeps the private half of every ephemeral key that opens a share in this process, until the test is over. */
export class EphemeralWatch {
  /** By the public bytes, in hexadecimal. */
  readonly #kept = new Map<string, KeyObject>();

  constructor(t: Test) {
    for (const { prototype } of [RsaEphemeral, X25519Ephemeral]) {
      const { open } = prototype;
      const keep = (key: EphemeralKey) =>
        this.#kept.set(key.publicBytes.toString('hex'), (key as unknown as { privateKey: KeyObject }).privateKey);
      prototype.open = function watched(share) {
        keep(this);
        return open.call(this, share);
      };
      t.teardown(() => void (prototype.open = open));
    }
  }

  /** The private half of the key with these public bytes. */
  privateOf(publicBytes: Buffer): KeyObject {
    const key = this.#kept.get(publicBytes.toString('hex'));
    if (!key) throw new Error('no share was opened with this key');
    return key;
  }
}
