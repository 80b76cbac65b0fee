import { fixed, list8, mapped, struct, u16, u8, vec16, vec8, type Codec } from '../bytes/codec.js';
import { WireError } from '../errors.js';
import {
  CERTIFICATES_MAX, CERTIFICATE_BYTES_MAX, PUBLIC_KEY_BYTES_MAX, SIGNATURE_BYTES_MAX,
} from './limits.js';
import { usernamePart } from './username.js';

/** The bodies of M1, M2, M3 and of a refusal (docs/PROTOCOL.md part 2); P1 to P3 and the renewal use the same. */

export const NONCE = 32;

/** Suites as their numbers, in order of preference, none twice. */
const suites: Codec<readonly number[]> = mapped(
  vec8('suites', { min: 1, max: 16 }),
  (numbers: readonly number[]) => Buffer.from(numbers),
  (raw) => {
    if (new Set(raw).size !== raw.length) throw new WireError('malformed', 'suites: one of them twice');
    return [...raw];
  },
);

export const body1 = struct('M1', {
  username: usernamePart('username'),
  suites,
  nonce: fixed('R1', NONCE),
});

export const certificates = list8(
  'certificates',
  vec16('certificate', { min: 1, max: CERTIFICATE_BYTES_MAX }),
  { max: CERTIFICATES_MAX },
);

const body2Unsigned = {
  certificates,
  suite: u8('suite'),
  nonce: fixed('R2', NONCE),
  /** RSAPublicKey of 2048 bits, or 32 raw bytes. */
  ephemeralKey: vec16('ephemeral public key', { min: 32, max: 270 }),
};

const body3Unsigned = {
  certificates,
  /** 256 bytes of RSA-OAEP, or 32 raw bytes; other lengths are told apart where they are opened, not here. */
  share: vec16('key share', { max: 512 }),
};

const signature = vec16('signature', { min: 1, max: SIGNATURE_BYTES_MAX });

/** Registration, part 12: the key itself in the place of certificates. */
const bodyR3Unsigned = {
  spki: vec16('public key', { min: 32, max: PUBLIC_KEY_BYTES_MAX }),
  share: body3Unsigned.share,
};

/** What the signature is over: the body up to, not including, the signature's length field. */
export const body2WithoutSignature = struct('M2', body2Unsigned);
export const body3WithoutSignature = struct('M3', body3Unsigned);
export const body2 = struct('M2', { ...body2Unsigned, signature });
export const body3 = struct('M3', { ...body3Unsigned, signature });
export const bodyR3WithoutSignature = struct('R3', bodyR3Unsigned);
export const bodyR3 = struct('R3', { ...bodyR3Unsigned, signature });

/** The same for a wrong name, key or password: whoever guesses learns nothing from it. */
export const NOT_ACCEPTED =
  'The server does not accept this name with this key, or the password is wrong. Ask its administrator.';

/** Codes of a refusal, with what a person is told. */
export const refusals = {
  1: { name: 'malformed', text: 'The server did not understand: it speaks another version, or something on the way changed the bytes.' },
  2: { name: 'no-common-suite', text: 'The server supports none of the suites offered. Try --suite rsa,x25519.' },
  3: { name: 'not-authenticated', text: NOT_ACCEPTED },
  4: { name: 'already-logged-in', text: 'This name is already logged in. If that is an old connection of yours, try again in a few seconds.' },
  5: { name: 'busy', text: 'The server is busy.' },
  6: { name: 'too-slow', text: 'The login took too long.' },
  7: { name: 'closing', text: 'The server is closing.' },
  8: { name: 'no-registration', text: 'This server lets nobody register: ask its administrator for an account.' },
} as const;

export type RefusalCode = keyof typeof refusals;

export const refusal = struct('refusal', { code: u16('code') });

export const isRefusalCode = (code: number): code is RefusalCode => code in refusals;
