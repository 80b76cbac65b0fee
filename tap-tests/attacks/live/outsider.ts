import { randomBytes } from 'node:crypto';
import { newPerson } from '../../support/attacker/primitives.js';
import type { Field, Insider } from './attack.js';

export const newName = (): string => `x-${randomBytes(5).toString('hex')}`;

/** A third user with a certificate, who has nothing to do with the two; none without an authority. */
export function outsider({ authority }: Field): Insider | undefined {
  const [name, person] = [newName(), newPerson()];
  return authority && { name, person, certificates: authority(name, person.spki) };
}
