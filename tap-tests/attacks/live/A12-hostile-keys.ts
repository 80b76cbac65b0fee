import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { RSA, X25519 } from '../../support/attacker/suites.js';
import { type Attack, type Field, Verdict } from './attack.js';
import { forEach } from './crowd.js';
import { hostileIdentities } from './hostile-identities.js';
import { MALFORMED, NOT_AUTHENTICATED, refused } from './outcomes.js';

/** u of the points of Curve25519 of small order, and of their encodings above p (RFC 7748, 6.1), little-endian. */
const P = 2n ** 255n - 19n;
const ORDER_8 = [
  0xb8495f16056286fdb1329ceb8d09da6ac49ff1fae35616aeb8413b7c7aebe0n,
  0x57119fd0dd4e22d8868e1c58c45c44045bef839c55b1d0b1248c50a3bc959c5fn,
];
const little = (u: bigint): Buffer => Buffer.from(u.toString(16).padStart(64, '0'), 'hex').reverse();
const smallOrder = [0n, 1n, ...ORDER_8, P - 1n, P, P + 1n].flatMap((u) => [little(u), little(u | (2n ** 255n))]);

/** A share that opens to something that is no K. */
const encrypted = (K: Buffer, oaepHash = 'sha256') => (ephemeral: Buffer): Buffer => {
  const key = createPublicKey({ key: ephemeral, format: 'der', type: 'pkcs1' });
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, K);
};

interface Case {
  readonly what: string;
  readonly suite: number;
  readonly share: (ephemeral: Buffer) => Buffer;
  readonly code?: number;
}

const bytes = (length: number, fill = 9) => (): Buffer => Buffer.alloc(length, fill);

const x25519 = (what: string, share: Case['share'], code?: number): Case =>
  ({ what: `x25519: ${what}`, suite: X25519, share, ...(code === undefined ? {} : { code }) });
const rsa = (what: string, share: Case['share']): Case => ({ what: `rsa: ${what}`, suite: RSA, share });

const cases: Case[] = [
  ...smallOrder.map((point) => x25519(`the point ${point.toString('hex', 0, 4)}…`, () => point)),
  ...[0, 1, 31, 33, 64, 256, 512].map((length) => x25519(`${length} bytes`, bytes(length))),
  x25519('513 bytes', bytes(513), MALFORMED),
  ...[0, 1, 32, 255, 257, 512].map((length) => rsa(`${length} bytes`, bytes(length))),
  ...[0, 1, 0xff].map((fill) => rsa(`bytes of ${fill}`, bytes(256, fill))),
  ...[0, 1, 31, 33, 64].map((length) => rsa(`a K of ${length} bytes`, encrypted(bytes(length)()))),
  rsa('OAEP with SHA-1', encrypted(bytes(32)(), 'sha1')),
];

async function tryShare(field: Field, verdict: Verdict, { what, suite, share, code }: Case): Promise<void> {
  const [{ name, person, certificates }] = field.insiders;
  const options = { person, certificates, suites: [suite], faults: { share } };
  await refused(field, verdict, what, name, options, [code ?? NOT_AUTHENTICATED]);
}

export const hostileKeys: Attack = {
  row: 'A12',
  title: 'hostile key shares and certified keys',
  async run(field) {
    const verdict = new Verdict();
    await forEach(cases, 24, (each) => tryShare(field, verdict, each));
    const identities = await hostileIdentities(field, verdict);
    return verdict.finding(
      `${cases.length} key shares, rightly signed: points of small order, wrong lengths, no K in them; `
        + (identities > 0 ? `${identities} certificates for keys of no worth` : 'no certificates, without an authority'),
      'each refused with 3 (1 for one that is too long)',
    );
  },
};
