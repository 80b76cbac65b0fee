import { type Mutant, sabotage } from '../mutant.js';

const VECTORS = 'vectors/exchange.test.ts';
const SUITE = 'common/crypto/suite.test.ts';

/** What is closest to node:crypto, the suites and the pool of ephemeral keys: docs/PROTOCOL.md parts 2 and 6. */
export const primitives: readonly Mutant[] = [
  ...sabotage('common/crypto/node.ts', 'attacks/B7-short-tags.test.ts', [
    ['tags of any length are taken', 'if (tag.length !== GCM_TAG) return undefined;', ''],
    ['no tag is verified', 'decipher.final();', ''],
    ['what does not verify is given all the same', '    plaintext.fill(0);\n    return undefined;',
      '    return plaintext;'],
    ['nothing is authenticated but the text', '  cipher.setAAD(aad);', '', 'vectors/ratchet.test.ts'],
    ['PSS with a shorter salt', 'RSA_PKCS1_PSS_PADDING, saltLength: 32 }',
      'RSA_PKCS1_PSS_PADDING, saltLength: 20 }', VECTORS],
    ['PSS with any salt', 'RSA_PKCS1_PSS_PADDING, saltLength: 32 }',
      'RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO }', 'common/crypto/identity.test.ts'],
    ['every Ed25519 signature fits', ': nodeVerify(null, data, key, signature);',
      ': signature.length === 64;', 'attacks/A5-signature-slots.test.ts'],
    ['OAEP with SHA-1', "oaepHash: 'sha256'", "oaepHash: 'sha1'", VECTORS],
    ['HKDF without its counter', 'Buffer.from([counter])', 'Buffer.from([1])', 'vectors/safety-number.test.ts'],
    ['lengths do not count where bytes are compared', 'return a.length === b.length && timingSafeEqual(a, b);',
      'return timingSafeEqual(a.subarray(0, b.length), b.subarray(0, a.length));', 'server/relay/session.test.ts'],
  ]),
  ...sabotage('common/crypto/secret.ts', 'common/crypto/secret.test.ts', [
    ['wiping leaves the bytes', 'this.#bytes?.fill(0);', ''],
    ['a wiped secret is zeros, and goes on', "if (!this.#bytes) throw new Error('a wiped secret was used');",
      'if (!this.#bytes) return Buffer.alloc(32);'],
    ['a secret shows itself when it is inspected', "[inspect.custom](): string {\n    return '[secret]';",
      "[inspect.custom](): string {\n    return this.#bytes?.toString('hex') ?? '';"],
  ]),
  ...sabotage('common/crypto/encrypted-key.ts', 'attacks/F5-private-keys.test.ts', [
    ['a passphrase is guessed ten times as fast', '600_000', '60_000'],
    ['the salt of a passphrase is no salt', 'const salt = random(SALT);', 'const salt = Buffer.alloc(SALT);'],
  ]),
  ...sabotage('common/crypto/suite.ts', SUITE, [
    ['an ephemeral RSA key may be of 1024 bits', 'publicBytes, RSA_EPHEMERAL_BITS, RSA_EPHEMERAL_BITS)',
      'publicBytes, 1024, RSA_EPHEMERAL_BITS)'],
    ['K may be of any length', 'k?.length === SECRET_K ? new Secret(k) : undefined', 'k && new Secret(k)'],
    ['K is the same each time', 'new Secret(random(SECRET_K))', 'new Secret(Buffer.alloc(SECRET_K, 1))'],
    ['an ephemeral key outlives its end', 'this.#privateKey = undefined;', ''],
    ['an RSA share of another length costs no work',
      'if (share.length !== RSA_EPHEMERAL_BITS / 8) return void this.openDecoy();',
      'if (share.length !== RSA_EPHEMERAL_BITS / 8) return undefined;'],
    ['an X25519 share of another length costs no work', 'if (share.length !== 32) return void this.openDecoy();',
      'if (share.length !== 32) return undefined;'],
    ["RSA: a share of the server's own is not opened",
      'oaepDecrypt(this.privateKey, Buffer.alloc(RSA_EPHEMERAL_BITS / 8, 1));', 'void this.privateKey;'],
    ["X25519: a share of the server's own is not opened",
      "x25519(this.privateKey, importRawPublic('X25519', this.publicBytes));", 'void this.privateKey;'],
  ]),
  ...sabotage('common/crypto/ephemeral-pool.ts', 'common/crypto/ephemeral-pool.test.ts', [
    ['an ephemeral key serves more than one', 'const key = this.#ready.pop();', 'const key = this.#ready.at(-1);'],
    ['a key that was under way serves a renewal', '{ later: this.#making, resolve, reject }',
      '{ later: false, resolve, reject }'],
    ['a key that lay ready serves a renewal', '      this.#fresh.push(',
      '      const ready = this.#ready.pop();\n      if (ready) return resolve(ready);\n      this.#fresh.push('],
    ['a shared key serves for longer', 'clock.after(SHARED_KEY_MS, () => this.retire()),',
      'clock.after(SHARED_KEY_MS + 1, () => this.retire()),'],
    ['a shared key is never destroyed', 'clock.after(2 * SHARED_KEY_MS, () => this.destroy()),', ''],
    ['a shared key outlives its last handshake', 'if (!this.#open && this.#handles === 0) this.destroy();', ''],
    ['a handshake that ends twice counts twice', 'if (this.#done) return;', ''],
    ['a pool that closes leaves its keys', 'for (const key of this.#ready.splice(0)) key.destroy();', ''],
    ['a pool that closes leaves the shared key', '    this.#shared?.destroy();', ''],
    ['a key made behind the end is kept', 'if (this.#closed) return key.destroy();', 'if (this.#closed) return;'],
    ['suites in the order of the server', 'offered.map(suiteById).find((found) => found !== undefined)',
      'suites.find(({ id }) => offered.includes(id))'],
  ]),
];
