import { theChat } from './conversations.js';
import type { ChatHandlers } from './handlers.js';
import { addLine, callAttention } from './items.js';

/** Keys of others: what is believed, and what has changed. */
export const trust: ChatHandlers<'safety-number' | 'key-changed' | 'trusted' | 'certificate'> = {
  'safety-number': (model, { with: name, number, trust, compared, fingerprint }, time) => {
    const chat = theChat(model, name);
    const isNews = compared && !chat.compared && chat.safetyNumber === number;
    if (chat.fingerprint !== fingerprint) chat.certificate = undefined;
    Object.assign(chat, { trust, compared, fingerprint, safetyNumber: number } satisfies Partial<typeof chat>);
    if (isNews) addLine(model, chat, time, 'good', `You have compared the safety number with ${name}.`);
  },

  'key-changed': (model, { with: name, old, new: changed }, time) => {
    const chat = theChat(model, name);
    chat.trust = 'changed';
    chat.changed = { old, new: changed };
    // A chat that is open goes on under the key it began with.
    if (chat.phase !== 'open') {
      Object.assign(chat, {
        phase: 'idle', compared: false, fingerprint: undefined, safetyNumber: changed, certificate: undefined,
      } satisfies Partial<typeof chat>);
    }
    callAttention(chat);
    addLine(model, chat, time, 'bad', `The key of ${name} has changed. Either ${name} has a new key, or somebody, ` +
      `the server for instance, pretends to be ${name}. Nothing is said under it until you have compared the safety ` +
      'number in another way, a call for instance, and approved it.');
  },

  trusted: (model, { with: name, number }, time) => {
    const chat = theChat(model, name);
    chat.changed = undefined;
    chat.trust = 'known';
    if (chat.phase !== 'open') {
      if (chat.safetyNumber !== number) chat.fingerprint = chat.certificate = undefined;
      chat.safetyNumber = number;
      chat.compared = false;
    }
    addLine(model, chat, time, 'good', `You have approved the new key of ${name}: it takes the place of the old one.`);
  },

  certificate: (model, { with: name, trust, compared, fingerprint, safetyNumber, subject, issuer, validTo }, time) => {
    const chat = theChat(model, name);
    const isOfAnother = chat.phase === 'open' ? chat.fingerprint !== fingerprint
      : chat.changed !== undefined && chat.changed.new !== safetyNumber;
    if (isOfAnother) {
      return addLine(model, chat, time, 'bad', `The key that the server has for ${name} now is not the one that is ` +
        `shown here. Ask ${name} in another way.`);
    }
    if (trust === 'changed' && chat.trust !== 'changed') {
      addLine(model, chat, time, 'bad', `The key that the server has for ${name} is not the one that you know, ` +
        'and is not approved.');
    }
    const certificate = subject === undefined ? undefined : { subject, issuer, validTo };
    Object.assign(chat, { trust, compared, fingerprint, safetyNumber, certificate } satisfies Partial<typeof chat>);
  },
};
