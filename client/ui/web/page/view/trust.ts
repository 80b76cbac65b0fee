import { bdi, type Element_, glyph, h } from '../dom.js';
import type { Trust } from '../../../../engine/protocol.js';
import type { Chat } from '../../model/model.js';

type Belief = Trust | 'changed' | 'verified';

const words: Readonly<Record<Belief, { readonly sign: string; readonly word: string; readonly why: string }>> = {
  'verified': { sign: '✓', word: 'Verified', why: 'You have compared the safety number.' },
  'certified': { sign: '✓', word: 'Certified', why: 'An authority vouches for this key. It was never compared.' },
  'known': { sign: '•', word: 'Known', why: 'The same key as before. It was never compared.' },
  'first-use': { sign: '?', word: 'First use', why: 'Not verified: nobody vouches for this key.' },
  'changed': { sign: '!', word: 'Key changed', why: 'Another key than before: compare the new safety number.' },
};

export function beliefOf(trust: Trust | 'changed' | undefined, compared: boolean): Belief | undefined {
  return compared && trust !== undefined && trust !== 'changed' ? 'verified' : trust;
}

export const beliefInChat = ({ changed, trust, compared }: Chat): Belief | undefined =>
  (changed ? 'changed' : beliefOf(trust, compared));

/** In words, with a sign and a colour. */
export function badge(belief: Belief | undefined): Element_ | false {
  if (!belief) return false;
  const { sign, word, why } = words[belief];
  return h('span', { class: `badge ${belief}`, title: why }, glyph(sign), word);
}

export const whyOf = (belief: Belief): string => words[belief].why;

const COLOURS = 8;

/** The first letter of a name, on a colour that the name always has. */
export function face(name: string, room = false): Element_ {
  const sum = [...name].reduce((all, letter) => (all * 31 + letter.charCodeAt(0)) % 65_521, 7);
  const letter = room ? '#' : [...name][0]?.toUpperCase() ?? '?';
  return h('span', { 'class': `face face-${sum % COLOURS}`, 'aria-hidden': 'true' }, letter);
}

/** A room's name is told from a user's by its sign. */
export const called = (kind: 'chat' | 'room', name: string): Element_ => bdi(kind === 'room' ? `#${name}` : name);
