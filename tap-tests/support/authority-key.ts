import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Identity, privateIdentity, type PublicIdentity } from '../../common/crypto/identity.js';
import type { KeysFolder } from '../../common/files/keys-folder.js';
import { certificatesIn, PASSPHRASE } from './authority.js';
import { cn, ed25519, generalized, good, spkiOf, utc } from './certificate-maker.js';

export interface CertifiedUser {
  readonly identity: Identity;
  readonly certificates: readonly Buffer[];
}

/** An authority in other hands than those of `node keys`: it vouches for any name, and any key. */
export interface FreeAuthority {
  /** The key of the server whose folder it is. */
  readonly server: PublicIdentity;
  /** @param privateKey a new one if left out */
  user(name: string, privateKey?: KeyObject): CertifiedUser;
}

/** The one whose private key lies in a folder of keys. */
export async function authorityIn({ authority, server }: KeysFolder): Promise<FreeAuthority> {
  const [own] = await certificatesIn(authority.certificate);
  const [leaf] = await certificatesIn(server.chain);
  const by: KeyObject = createPrivateKey({ key: await readFile(authority.key), passphrase: PASSPHRASE });
  const always = { notBefore: utc('200101000000Z'), notAfter: generalized('20991231235959Z') };
  return {
    server: leaf!.publicKey,
    user(name, privateKey = ed25519().privateKey) {
      const spki = spkiOf(createPublicKey(privateKey));
      const certificate = good.user({ ...always, issuer: own!.subject.der, by, subject: cn(name), spki });
      return { identity: privateIdentity(privateKey), certificates: [certificate] };
    },
  };
}
