import { chatWith, theChat } from './conversations.js';
import type { ChatHandlers } from './handlers.js';
import { addLine, alter, callAttention, ownText, settle } from './items.js';
import { ended, notBegun } from './left-words.js';
import { belief } from './words.js';

/** Calls and requests, the beginning of a chat and its end. */
export const calls: ChatHandlers<'calling' | 'request' | 'refused' | 'cancelled' | 'chat' | 'left'> = {
  calling: (model, { with: name }, time) => {
    const chat = theChat(model, name);
    const again = chat.phase === 'offered';
    if (chat.phase === 'idle') chat.phase = 'calling';
    addLine(model, chat, time, 'quiet', again ? `The chat is offered to ${name} again.` : `Calling ${name}.`);
  },

  request: (model, { with: name }, time) => {
    const chat = theChat(model, name);
    chat.phase = 'request';
    callAttention(chat);
    addLine(model, chat, time, 'plain', `${name} asks for a chat.`);
  },

  refused: (model, { with: name }, time) => {
    const chat = chatWith(model, name);
    if (!chat) return;
    if (chat.phase === 'calling' || chat.phase === 'offered') chat.phase = 'idle';
    addLine(model, chat, time, 'warning', `${name} does not want to chat now.`);
  },

  cancelled: (model, { with: name }, time) => {
    const chat = chatWith(model, name);
    if (!chat) return;
    const mine = chat.phase === 'calling' || chat.phase === 'offered';
    if (chat.phase !== 'open') chat.phase = 'idle';
    addLine(model, chat, time, 'plain', mine ? `You no longer call ${name}.` : `${name} no longer asks for a chat.`);
  },

  chat: (model, { with: name, trust, compared, fingerprint, safetyNumber, suite }, time) => {
    const chat = theChat(model, name);
    if (chat.fingerprint !== fingerprint) chat.certificate = undefined;
    Object.assign(chat, {
      phase: 'open', trust, compared, fingerprint, safetyNumber, suite, changed: undefined, signing: 'no',
      transcript: undefined,
    } satisfies Partial<typeof chat>);
    const [tone, words] = belief(name, trust, compared);
    addLine(model, chat, time, tone, `The chat is open, end-to-end encrypted. ${words}`);
  },

  left: (model, event, time) => {
    const chat = chatWith(model, event.with);
    if (!chat) return;
    const wasOpen = chat.phase === 'open';
    for (const id of event.unconfirmed) {
      const text = ownText(chat, id);
      if (text?.mark === 'waiting') alter(chat, text, { mark: 'unconfirmed' });
    }
    settle(chat);
    chat.phase = 'idle';
    chat.signing = 'no';
    if (wasOpen && event.reason === 'disconnected') model.brokenOff.push(event.with);
    // A changed key has been told of already, and that it is not used.
    if (!wasOpen && chat.changed) return;
    addLine(model, chat, time, ...(wasOpen ? ended(event) : notBegun(event)));
  },
};
