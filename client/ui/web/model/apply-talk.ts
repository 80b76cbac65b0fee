import { chatWith, theChat } from './conversations.js';
import type { ChatHandlers } from './handlers.js';
import { addLine, addText, alter, callAttention, ownText } from './items.js';

/** Texts of a chat, and how far one's own have come. */
export const talk: ChatHandlers<'message' | 'sent' | 'delivered' | 'discarded' | 'renewed'> = {
  message: (model, { with: name, text, sent, signed }) => {
    const chat = theChat(model, name);
    chat.unread++;
    addText(model, chat, { mine: false, from: name, text, time: sent, signed: signed === true });
  },

  sent: (model, { with: name, id, signed }) => {
    const chat = chatWith(model, name);
    const text = chat && ownText(chat, id);
    if (text?.mark === 'waiting') alter(chat!, text, { mark: 'sent', signed: signed === true });
  },

  delivered: (model, { with: name, id }) => {
    const chat = chatWith(model, name);
    const text = chat && ownText(chat, id);
    if (text?.mark === 'waiting' || text?.mark === 'sent') alter(chat!, text, { mark: 'delivered' });
  },

  discarded: (model, { with: name, id }, time) => {
    const chat = chatWith(model, name);
    if (!chat) return;
    const text = ownText(chat, id);
    if (text) return alter(chat, text, { mark: 'discarded', why: `It came too late: ${name} was not shown it.` });
    addLine(model, chat, time, 'warning', id === undefined
      ? `A text of ${name} came more than a minute late and is not shown: somebody on the way may have held it back. ` +
        `${name} is told.`
      : `${name} was not shown a text of yours, since it came too late.`);
  },

  renewed: (model, { with: name }, time) => {
    const chat = chatWith(model, name);
    if (chat) addLine(model, chat, time, 'quiet', 'This chat has new keys.');
  },
};

/** Signed chats. */
export const signing: ChatHandlers<'sign-request' | 'sign-refused' | 'sign-unanswered' | 'signed' | 'receipt'> = {
  'sign-request': (model, { with: name }, time) => {
    const chat = chatWith(model, name);
    if (!chat) return;
    chat.signing = 'request';
    callAttention(chat);
    addLine(model, chat, time, 'warning', `${name} would like to sign this chat. Whoever gets the transcript can ` +
      'then prove to others who said what. Now nobody can.');
  },

  'sign-refused': (model, { with: name }, time) => {
    const chat = chatWith(model, name);
    if (!chat) return;
    chat.signing = 'no';
    addLine(model, chat, time, 'warning', `${name} does not want to sign: the chat stays as it is.`);
  },

  'sign-unanswered': (model, { with: name }, time) => {
    const chat = chatWith(model, name);
    if (!chat) return;
    chat.signing = 'no';
    addLine(model, chat, time, 'warning', `${name} has not answered whether to sign. What you say from now on is not ` +
      `signed, unless ${name} still agrees.`);
  },

  signed: (model, { with: name, file }, time) => {
    const chat = chatWith(model, name);
    if (!chat) return;
    chat.signing = 'yes';
    chat.transcript = file;
    addLine(model, chat, time, 'good', 'The chat is signed from here on: who said what can be proven to others.' +
      (file === undefined ? '' : ` The transcript is ${file}`));
  },

  receipt: (model, { with: name, own }, time) => {
    const chat = chatWith(model, name);
    if (!chat || own === 0) return;
    addLine(model, chat, time, 'quiet', `${name} has signed a receipt for your texts up to number ${own}.`);
  },
};
