import type { ChatHandlers } from './handlers.js';
import { addLine, addNotice, settle } from './items.js';
import type { Chat, Model } from './model.js';
import { pause } from './words.js';

/** The connection to the server, and who else has one. */
export const connection: ChatHandlers<'ready' | 'didactic' | 'users' | 'wrong-password' | 'lost' | 'closed'> = {
  ready: (model, { fingerprint, suite, server }) => {
    model.state = 'online';
    model.lost = undefined;
    model.me = { fingerprint, suite, server };
  },

  didactic: (model, { ephemeralKey, secret }, time) => addNotice(model, time, 'bad',
    'Didactic mode: whoever sees this can read the outer layer of this session: your commands, and with whom you ' +
    `chat. Ephemeral key ${ephemeralKey}; secret ${secret}`),

  users: (model, { users, more, prefix }) => {
    const people = users.filter(({ name }) => name !== model.user).map(({ name, inChat }) => ({ name, inChat }));
    if (prefix !== undefined) {
      model.found = { prefix, people, more };
      return;
    }
    model.people = people;
    model.more = more;
  },

  'wrong-password': (model, { retry }, time) =>
    addNotice(model, time, 'warning', `Wrong password, or name, or key. You are asked again in ${pause(retry)}.`),

  lost: (model, { text, retry }, time) => {
    model.state = 'lost';
    model.lost = { text, retryAt: time + retry };
    nobodyIsSeen(model);
    for (const one of [...model.conversations]) {
      if (one.phase === 'open' || one.phase === 'in') settle(one);
      if (one.kind === 'room') {
        if (one.phase === 'in') one.phase = 'lost';
      } else if (one.phase === 'open' || model.brokenOff.includes(one.name)) {
        one.phase = 'offered';
        one.signing = 'no';
      } else if (one.phase !== 'offered') {
        callGone(model, one, time);
      }
    }
  },

  closed: (model, { status, text }, time) => {
    model.state = 'closed';
    model.closed = { status, text };
    model.lost = undefined;
    model.question = undefined;
    nobodyIsSeen(model);
    for (const one of [...model.conversations]) {
      settle(one);
      if (one.kind === 'chat') callGone(model, one, time);
      one.phase = 'idle';
    }
  },
};

function nobodyIsSeen(model: Model): void {
  model.people = [];
  model.more = false;
  model.found = undefined;
}

/** Calls and requests belong to a connection. */
function callGone(model: Model, chat: Chat, time: number): void {
  const { phase, name } = chat;
  chat.phase = 'idle';
  chat.signing = 'no';
  const what = phase === 'calling' ? `The call to ${name}`
    : phase === 'request' || phase === 'agreeing' ? `The request of ${name}` : undefined;
  if (what !== undefined) addLine(model, chat, time, 'quiet', `${what} is gone with the connection.`);
}
