import type { Event } from '../../../client/engine/protocol.js';
import { chatWith, leftBy, NUMBER, OTHER_NUMBER, ready } from '../../support/fake-engine.js';

type Name = Event['event'];

/** One event of each kind with these words in it; a kind that has none does not compile. */
export function everyEvent(text: string, name: string): readonly Event[] {
  const server = { name: text, subject: text, issuer: text, validFrom: text, validTo: text, fingerprint: text };
  const number = { with: name, number: text, trust: 'known', compared: false, fingerprint: text } as const;
  const events: { readonly [N in Name]: Event } = {
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
    'left': leftBy(name, { unsent: [text], unconfirmed: [text] }),
    'safety-number': { event: 'safety-number', ...number },
    'key-changed': { event: 'key-changed', with: name, old: NUMBER, new: OTHER_NUMBER },
    'trusted': { event: 'trusted', with: name, number: text },
    'warning': { event: 'warning', code: 'tampered', text, with: name },
    'error': { event: 'error', code: 'not-now', text, with: name, id: text },
    'lost': { event: 'lost', text, retry: 1_000 },
    'closed': { event: 'closed', status: 5, text },
  };
  return Object.values(events);
}

export const eventNames: ReadonlySet<string> = new Set(everyEvent('', '').map(({ event }) => event));
