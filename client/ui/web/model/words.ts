import type { Trust } from '../../../engine/protocol.js';
import type { Tone } from './model.js';

export type Sentence = readonly [tone: Tone, text: string];

/** "alice, bob and user3". */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}

/** How far a key is believed, and what there is to do about it. */
export function belief(name: string, trust: Trust, compared: boolean): Sentence {
  const tail = compared ? ', and you have compared the safety number.'
    : '. You have not compared the safety number yet.';
  switch (trust) {
    case 'certified':
      return ['good', `Certified: an authority vouches that this key is ${name}'s${tail}`];
    case 'known':
      return [compared ? 'good' : 'plain', `${name} has the same key as before${tail}`];
    case 'first-use':
      return ['warning', `Not verified: this key of ${name} is seen for the first time, and nobody vouches for it. ` +
        'Compare the safety number.'];
  }
}

/** A pause in ms, rounded up to seconds. */
export function pause(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return seconds === 1 ? 'one second' : `${seconds} seconds`;
}
