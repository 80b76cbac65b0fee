import type { ChatEvent, Event } from '../../../client/engine/protocol.js';
import type { RoomEvent } from '../../../client/engine/room-protocol.js';
import {
  chatWith, joined, leftBy, member, NUMBER, OTHER_NUMBER, outOf, ready, saidIn,
} from '../../support/fake-engine.js';

/** One event of each kind with these words in it; a kind that has none does not compile. */
export function everyEvent(text: string, name: string): readonly Event[] {
  const server = { name: text, subject: text, issuer: text, validFrom: text, validTo: text, fingerprint: text };
  const certificate = {
    with: name, trust: 'changed', compared: true, fingerprint: text, safetyNumber: text, subject: text, validTo: text,
  } as const;
  const number = { with: name, number: text, trust: 'known', compared: false, fingerprint: text } as const;
  const events: { readonly [N in ChatEvent['event']]: Event } = {
    'ready': { ...ready, server } as Event,
    'didactic': { event: 'didactic', ephemeralKey: text, secret: text },
    'users': { event: 'users', users: [{ name, inChat: true }, { name: text, inChat: false }], more: true },
    'calling': { event: 'calling', with: name },
    'request': { event: 'request', with: name },
    'refused': { event: 'refused', with: name },
    'cancelled': { event: 'cancelled', with: name },
    'chat': chatWith(name, { fingerprint: text, suite: text }),
    'message': { event: 'message', with: name, text, sent: 1 },
    'sent': { event: 'sent', with: name, id: text },
    'delivered': { event: 'delivered', with: name, id: text },
    'discarded': { event: 'discarded', with: name, id: text },
    'renewed': { event: 'renewed', with: name },
    'sign-request': { event: 'sign-request', with: name },
    'sign-refused': { event: 'sign-refused', with: name },
    'sign-unanswered': { event: 'sign-unanswered', with: name },
    'wrong-password': { event: 'wrong-password', text, retry: 1_000 },
    'signed': { event: 'signed', with: name, file: text },
    'receipt': { event: 'receipt', with: name, own: 1, other: 0 },
    'left': leftBy(name, { unsent: [text], unconfirmed: [text] }),
    'safety-number': { event: 'safety-number', ...number },
    'key-changed': { event: 'key-changed', with: name, old: NUMBER, new: OTHER_NUMBER },
    'trusted': { event: 'trusted', with: name, number: text },
    'certificate': { event: 'certificate', ...certificate },
    'warning': { event: 'warning', code: 'tampered', text, with: name },
    'error': { event: 'error', code: 'not-now', text, with: name, id: text },
    'lost': { event: 'lost', text, retry: 1_000 },
    'closed': { event: 'closed', status: 5, text },
  };
  return [...Object.values(events), ...everyRoomEvent(text, name)];
}

function everyRoomEvent(text: string, name: string): readonly Event[] {
  const room = name;
  const events: { readonly [N in RoomEvent['event']]: RoomEvent } = {
    'joined': joined(room),
    'invited': { event: 'invited', room, with: name },
    'knock': { event: 'knock', room, with: name },
    'here': { event: 'here', room, with: name },
    'away': { event: 'away', room, with: name },
    'changed': { event: 'changed', room, what: 'remove', with: name, by: name },
    'members': { event: 'members', room, epoch: 1, members: [member(name, { fingerprint: text }), member('alice')] },
    'secured': { event: 'secured', room, epoch: 1, members: [name, 'alice'], number: text },
    'message': { ...saidIn(room, name, text), late: true } as RoomEvent,
    'sent': { event: 'sent', room, id: text },
    'delivered': { event: 'delivered', room, id: text },
    'undelivered': { event: 'undelivered', room, text, to: [name], id: text },
    'warning': { event: 'warning', room, code: 'tampered', text, with: name },
    'error': { event: 'error', room, code: 'not-now', text, id: text },
    'left': outOf(room, { reason: 'removed', by: name, unsent: [text], unconfirmed: [text] }),
  };
  return Object.values(events);
}

export const eventNames: ReadonlySet<string> = new Set(everyEvent('', '').map(({ event }) => event));
