import type { ChatEvent } from '../../engine/protocol.js';
import { aside, notice, type Row } from './row.js';
import type { Context } from './show.js';

type Of<N extends ChatEvent['event']> = ChatEvent & { readonly event: N };
type Name = 'sign-request' | 'sign-refused' | 'sign-unanswered' | 'signed' | 'receipt';

/** Whoever wanted to sign the chat before may take this one for signed too: it may have begun by itself. */
export const notSignedYet = (now: Date, name: string): Row[] =>
  [notice(now, `This chat is not signed. /sign ${name} proposes it.`, 'warning')];

/** Events of signed conversations. */
export const signingRows: { readonly [N in Name]: (event: Of<N>, context: Context) => Row[] } = {
  'sign-request': ({ with: name }, { now }) => [
    notice(now, `${name} would like to sign this chat: /sign ${name} agrees, /decline ${name} declines.`, 'strong'),
    aside('Whoever gets the transcript can then prove to others who said what. Now nobody can.', 'warning'),
  ],

  'sign-refused': ({ with: name }, { now }) =>
    [notice(now, `${name} does not want to sign: the chat stays as it is.`, 'warning')],

  'sign-unanswered': ({ with: name }, { now }) => [
    notice(now, `${name} has not answered whether to sign: what you say from now on is not signed.`, 'warning'),
    aside(`${name} may still agree, and then it is. /sign ${name} waits again.`),
  ],

  signed: ({ with: name, file }, { now }) => [
    notice(now, `The chat with ${name} is SIGNED from here on: who said what can be proven to others.`, 'strong'),
    ...(file === undefined ? [] : [aside(`Transcript: ${file}`)]),
  ],

  receipt: ({ with: name, own }, { now }) =>
    (own === 0 ? [] : [notice(now, `${name} has signed a receipt for your texts up to number ${own}.`, 'quiet')]),
};
