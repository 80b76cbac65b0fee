import type { ChatEvent } from '../../engine/protocol.js';
import { grouped } from './show-server.js';
import { aside, detail, notice, problem, type Row } from './row.js';
import { dayFrom } from './time.js';

type Chat = ChatEvent & { readonly event: 'chat' };
type SafetyNumber = ChatEvent & { readonly event: 'safety-number' };
type Certificate = ChatEvent & { readonly event: 'certificate' };
type KeyChanged = ChatEvent & { readonly event: 'key-changed' };

/** A chat begins: how far its peer is believed. */
export function opened(now: Date, event: Chat, inFront: boolean): Row[] {
  const { with: name, suite } = event;
  return [
    notice(now, `The chat with ${name} is open, end to end encrypted (${suite}).`, 'strong'),
    belief(event),
    ...(inFront ? [] : [aside(`/switch ${name} brings it to the front.`, 'strong')]),
  ];
}

function belief({ with: name, trust, compared }: Pick<Chat, 'with' | 'trust' | 'compared'>): Row {
  const tail = compared ? ', and you have compared the safety number.' : `. Never compared: /verify ${name}`;
  switch (trust) {
    case 'certified':
      return aside(`CERTIFIED: an authority vouches for this key of ${name}${tail}`, 'good');
    case 'known':
      return aside(`KNOWN: ${name} has the same key as before${tail}`, compared ? 'good' : 'plain');
    case 'first-use':
      return aside(`FIRST USE, NOT VERIFIED: nobody vouches that this key is ${name}'s. ` +
        `Compare the safety number: /verify ${name}`, 'warning');
  }
}

/** Three lines of four groups, to be read aloud. */
export function safetyNumber(now: Date, event: SafetyNumber): Row[] {
  const { with: name, number, trust, compared, fingerprint } = event;
  if (trust === 'changed') {
    return [
      problem(now, `The safety number with the CHANGED key of ${name}, which you have not approved:`, 'bad'),
      ...inRows(number), detail('key', grouped(fingerprint)),
      aside(`If ${name} has the same number: /trust ${name}`),
    ];
  }
  return [
    notice(now, `The safety number with ${name}:`, 'strong'),
    ...inRows(number), detail('key', grouped(fingerprint)),
    compared
      ? aside('You have compared it.', 'good')
      : aside(`Not compared yet. Read it to each other where you know ${name} (meet, or call; not in this ` +
          `chat). The same on both sides: /compared ${name}. Not the same: beware.`, 'warning'),
  ];
}

/** What there is to know of a key before one calls. */
export function certificate(now: Date, event: Certificate): Row[] {
  const { with: name, trust, compared, fingerprint, subject, issuer, validTo } = event;
  const rows = [
    ...(subject === undefined ? [] : [detail('certificate', subject)]),
    ...(issuer === undefined ? [] : [detail('issuer', issuer)]),
    ...(validTo === undefined ? [] : [detail('valid', `to ${dayFrom(validTo)}`)]),
    detail('key', grouped(fingerprint)), aside(`Safety number with ${name}:`), ...inRows(event.safetyNumber),
  ];
  if (trust === 'changed') {
    return [problem(now, `THE KEY OF ${name} HAS CHANGED since you met, and is not approved:`, 'bad'), ...rows];
  }
  return [notice(now, `What the relay has for ${name}:`, 'strong'), belief({ with: name, trust, compared }), ...rows];
}

/** The key is not the one that was seen before: nothing is sent under it. */
export function changedKey(now: Date, { with: name, old, new: changed }: KeyChanged): Row[] {
  return [
    problem(now, `THE KEY OF ${name} HAS CHANGED: nothing is said under it.`, 'alarm'),
    aside(`Either ${name} has a new key, or somebody (the relay?) pretends to be ${name}.`, 'bad'),
    aside('Safety number before:', 'bad'), ...inRows(old),
    aside('Safety number now:', 'bad'), ...inRows(changed),
    aside(`Ask ${name} in another way, a call for instance. The same number as now: /trust ${name}. ` +
      'Until then this key is not used.', 'bad'),
  ];
}

/** Twelve groups as three rows of four. */
export function inRows(number: string): Row[] {
  const groups = number.split(' ');
  const rows: Row[] = [];
  for (let at = 0; at < groups.length; at += 4) {
    rows.push(aside(`    ${groups.slice(at, at + 4).join(' ')}`, 'strong'));
  }
  return rows;
}
