import type { Event } from '../../engine/protocol.js';
import type { Tone } from './palette.js';
import { aside, notice, problem, quotation, type Row } from './row.js';
import type { Context } from './show.js';

type Left = Event & { readonly event: 'left' };

/** A chat has ended: why, and which of one's own texts may not have arrived. */
export function left(event: Left, { now, before, textOf }: Context): Row[] {
  const { with: name, reason, by, unsent, unconfirmed } = event;
  const byMe = by === 'me' && reason === 'left';
  const texts = (title: string, ids: readonly string[]) => (ids.length === 0 ? [] : [
    aside(title, byMe ? 'quiet' : 'warning'), ...ids.map((id) => quotation(textOf(id) ?? `(text ${id})`)),
  ]);
  const [sentence, tone] = before.chat ? ended(name, reason, by) : notBegun(name, reason);
  return [
    tone === 'plain' ? notice(now, sentence) : problem(now, sentence, tone),
    ...texts(`Not sent to ${name}:`, unsent),
    ...texts(byMe ? 'Sent, and not confirmed before you left:' : `Sent, but ${name} has not confirmed:`, unconfirmed),
  ];
}

/** "Has left" is said only of a peer who said goodbye under the chat's own keys. */
function ended(name: string, reason: Left['reason'], by: Left['by']): [string, Tone] {
  switch (reason) {
    case 'left':
      return [by === 'me' ? `You have left the chat with ${name}.` : `${name} has left the chat.`, 'plain'];
    case 'disconnected':
      return [`The chat with ${name} broke off: a connection is gone, without a goodbye.`, 'warning'];
    case 'too-slow':
      return [`The chat with ${name} was ended by the relay: one side did not read fast enough.`, 'warning'];
    case 'timed-out':
      return [by === 'relay'
        ? `The chat with ${name} was ended by the relay: a side was idle for too long, or silent.`
        : `The chat with ${name} was ended: a step of it took too long.`, 'warning'];
    case 'tampered':
      return [`The chat with ${name} was ended FOR YOUR SAFETY: something in it was wrong.`, 'bad'];
  }
}

function notBegun(name: string, reason: Left['reason']): [string, Tone] {
  const why = reason === 'left' ? 'one side took it back'
    : reason === 'tampered' ? 'it was refused for your safety'
      : 'the two sides could not agree on keys';
  return [`No chat with ${name} began: ${why}.`, 'warning'];
}
