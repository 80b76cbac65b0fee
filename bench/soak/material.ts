import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Credentials } from '../../client/engine/login.js';
import { plainPrivateKey } from '../../common/crypto/encrypted-key.js';
import { readCertificatesPem } from '../../common/crypto/certificate.js';
import { privateIdentity } from '../../common/crypto/identity.js';
import { makeEd25519Pair } from '../../common/crypto/node.js';
import { forgetTemporary, noteTemporary } from '../../common/files/temporary.js';
import { enrol, makeFamily, username } from '../family.js';

export interface SoakMaterial {
  readonly keys: string;
  /** The server's public key, SPKI in hexadecimal. */
  readonly server: string;
  readonly credentials: readonly Credentials[];
  /** Users for the attackers, with their private keys in PEM. */
  readonly insiders: readonly (readonly [name: string, key: string])[];
  remove(): Promise<void>;
}

/** Two for each of two lanes. */
const INSIDERS = 4;

/** Users enrolled by key, in a temporary folder as `node keys` lays it out. */
export async function makeSoakMaterial(users: number): Promise<SoakMaterial> {
  const root = await mkdtemp(join(tmpdir(), 'messageapp-soak-'));
  noteTemporary(root);
  const { folder, authority } = await makeFamily(root, 'ed25519', 0);
  const credentials: Credentials[] = [];
  const insiders: [string, string][] = [];
  for (let index = 1; index <= users + INSIDERS; index += 1) {
    const { privateKey } = makeEd25519Pair();
    const name = username(index);
    await enrol(folder, name, privateKey, undefined);
    if (index > users) insiders.push([name, plainPrivateKey(privateKey)]);
    else credentials.push({ username: name, identity: privateIdentity(privateKey), certificates: [], authorities: [authority] });
  }
  const [own] = readCertificatesPem(await readFile(folder.server.chain, 'latin1'));
  return {
    keys: folder.root, server: own!.publicKey.spki.toString('hex'), credentials, insiders,
    remove: async () => {
      await rm(root, { recursive: true, force: true });
      forgetTemporary(root);
    },
  };
}
