import { chatWith } from './conversations.js';
import type { ChatHandlers } from './handlers.js';
import { addLine, addNotice, alter, clipped, ownText } from './items.js';
import type { Chat } from './model.js';

/** `error` codes after which a call of one's own, or the answer to one, goes no further. */
const CALL_ENDS: readonly string[] = [
  'not-online', 'oneself', 'calling-you', 'no-answer', 'limit', 'not-logged-in', 'bad-name', 'no-request', 'queue-full',
];

/** Those after which a chat that was lost is not offered again. */
const OFFER_ENDS: readonly string[] = ['no-answer', 'limit'];

/** Those of the command `sign` itself. */
const NOT_PROPOSED: readonly string[] = ['no-conversation', 'not-logged-in', 'queue-full'];

/** What went wrong: where a conversation is about it, there. */
export const faults: ChatHandlers<'warning' | 'error'> = {
  warning: (model, { with: name, text }, time) => {
    const chat = name === undefined ? undefined : chatWith(model, name);
    if (chat) addLine(model, chat, time, 'warning', text);
    else addNotice(model, time, 'warning', text);
  },

  error: (model, { with: name, code, text, id }, time) => {
    const chat = name === undefined ? undefined : chatWith(model, name);
    if (!chat) return addNotice(model, time, 'warning', text);
    const own = ownText(chat, id);
    if (own) return alter(chat, own, { mark: 'not-sent', why: clipped(text) });
    if (id === undefined) notDone(chat, code);
    addLine(model, chat, time, 'warning', text);
  },
};

function notDone(chat: Chat, code: string): void {
  if (chat.signing === 'proposed' && NOT_PROPOSED.includes(code)) chat.signing = 'no';
  switch (chat.phase) {
    case 'calling':
      if (CALL_ENDS.includes(code)) chat.phase = 'idle';
      break;
    case 'agreeing':
      // It has not been answered.
      if (code === 'queue-full') chat.phase = 'request';
      else if (CALL_ENDS.includes(code)) chat.phase = 'idle';
      break;
    case 'request':
      if (code === 'no-request') chat.phase = 'idle';
      break;
    case 'offered':
      if (OFFER_ENDS.includes(code)) chat.phase = 'idle';
  }
}
