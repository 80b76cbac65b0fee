import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Identity, privateIdentity } from '../../common/crypto/identity.js';
import {
  ANY_PURPOSE, CLIENT_AUTH, cn, ext, makeCertificate, NOW, type Parts, SERVER_AUTH, serverExtensions, spkiOf,
} from '../support/certificate-maker.js';
import { ROOT } from '../support/root.js';

/** Keys and certificates that are the same in every run: an input that fails has to be met again. */

export interface ExchangeVector {
  readonly suite: number;
  readonly username: string;
  readonly initiatorKey: string;
  readonly responderKey: string;
  readonly ephemeralKey: string;
  readonly body1: string;
  readonly body2: string;
  readonly body3: string;
  readonly t0: string;
}

export const exchanges = JSON.parse(
  readFileSync(join(ROOT, 'tap-tests/vectors/exchange.json'), 'utf8'),
) as readonly ExchangeVector[];

/** An Ed25519 key that signs at once, so that the order of events does not hang on a thread. */
export const identityOf = (key: KeyObject): Identity =>
  ({ public: privateIdentity(key).public, sign: async (data) => sign(null, data, key) });

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');
const ed25519 = (fill: number): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, Buffer.alloc(32, fill)]), format: 'der', type: 'pkcs8' });

export const keys = {
  authority: ed25519(1), between: ed25519(2), server: ed25519(3), alice: ed25519(4), bob: ed25519(5), user3: ed25519(6),
  user4: ed25519(7), rsa: createPrivateKey(exchanges[0]!.initiatorKey),
  otherRsa: createPrivateKey(exchanges[0]!.responderKey),
} as const;

export const publicOf = (key: KeyObject): Buffer => spkiOf(createPublicKey(key));

const authority = cn('Test authority');
const between = cn('Authority between');

const certificate = (subject: Buffer, key: KeyObject, more: Partial<Parts>): Buffer =>
  makeCertificate({ issuer: authority, subject, spki: publicOf(key), by: keys.authority, ...more });

const userExtensions = [ext.notCa(), ext.signature(), ext.purposes(CLIENT_AUTH)];

const rsaName = cn('RSA authority');
const anyPurpose = serverExtensions({ purposes: ext.purposes(ANY_PURPOSE, SERVER_AUTH) });
const below = { issuer: between, by: keys.between };

/** Valid at NOW. */
export const certificates = {
  authority: certificate(authority, keys.authority, { extensions: [ext.ca(), ext.certSign()] }),
  between: certificate(between, keys.between, {
    extensions: [ext.ca(0), ext.certSign(), ext.purposes(SERVER_AUTH, CLIENT_AUTH)],
  }),
  server: certificate(cn('localhost'), keys.server, { extensions: serverExtensions() }),
  serverBelow: certificate(cn('localhost'), keys.server, { extensions: serverExtensions(), ...below }),
  rsaAuthority: certificate(rsaName, keys.rsa, {
    issuer: rsaName, by: keys.rsa, extensions: [ext.ca(3), ext.certSign()],
  }),
  rsaServer: certificate(cn('localhost'), keys.otherRsa, { issuer: rsaName, by: keys.rsa, extensions: anyPurpose }),
  alice: certificate(cn('alice'), keys.alice, { extensions: userExtensions }),
  aliceBelow: certificate(cn('alice'), keys.alice, { extensions: userExtensions, ...below }),
  bob: certificate(cn('bob'), keys.bob, { extensions: userExtensions }),
} as const;

export { NOW };
