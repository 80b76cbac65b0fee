import { generateKeyPairSync } from 'node:crypto';
import type { Faults } from '../../support/attacker/faults.js';
import { newPerson, type Person, personWith } from '../../support/attacker/primitives.js';
import type { Field, Verdict } from './attack.js';
import { forEach } from './crowd.js';
import { attempt } from './doors.js';
import { refused } from './outcomes.js';
import { newName, outsider } from './outsider.js';

const edSpki = (raw: Buffer): Buffer => Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
const little = (y: bigint): Buffer => Buffer.from(y.toString(16).padStart(64, '0'), 'hex').reverse();
const P = 2n ** 255n - 19n;

/** R = the identity point, S = 0: under a public key of small order it fits every message, or one of a few. */
const FITS_ALL: Faults = { signature: () => Buffer.concat([little(1n), Buffer.alloc(32)]) };

interface Identity {
  readonly what: string;
  readonly person: Person;
  readonly faults?: Faults;
}

const point = (what: string, y: bigint): Identity =>
  ({ what, person: { ...newPerson(), spki: edSpki(little(y)) }, faults: FITS_ALL });

const rsa = (modulusLength: number, publicExponent = 65_537): Person =>
  personWith(generateKeyPairSync('rsa', { modulusLength, publicExponent }).privateKey);

const identities = (): Identity[] => [
  point('the identity point', 1n),
  point('the identity point, not canonical', P + 1n),
  point('the point of order 2', P - 1n),
  point('a point of order 4', 0n),
  { what: 'RSA-1024', person: rsa(1024) },
  { what: 'RSA with e = 3', person: rsa(2048, 3) },
  { what: 'P-256', person: personWith(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey) },
];

/**
 * Certificates of an authority that looks at no key, for names that nobody has. A good key is certified first: without
 * it a server that takes no certificates at all would seem to look at keys.
 * @returns how many keys were tried; 0 where there is no such authority, or the server does not listen to it
 */
export async function hostileIdentities(field: Field, verdict: Verdict): Promise<number> {
  const { authority } = field;
  const known = outsider(field);
  if (!authority || !known) return 0;
  const control = await attempt(field, known.name, known);
  control.line.socket.destroy();
  if (control.is !== 'logged in') return 0;
  const all = identities();
  await forEach(all, 8, async ({ what, person: own, faults }) => {
    const fresh = newName();
    const options = { person: own, certificates: authority(fresh, own.spki), ...(faults ? { faults } : {}) };
    await refused(field, verdict, `a certificate for ${what}`, fresh, options);
  });
  return all.length;
}
