import type { ChatEvent } from '../../engine/protocol.js';
import type { Tone } from './palette.js';
import { aside, notice, problem, quotation, type Row } from './row.js';
import type { Context } from './show.js';

type Left = ChatEvent & { readonly event: 'left' };

/** A chat has ended: why, and which of one's own texts may not have arrived. */
export function left(event: Left, { now, before, textOf }: Context): Row[] {
  const { with: name, reason, by, unsent, unconfirmed } = event;
  const byMe = by === 'me' && reason === 'left';
  const tint = byMe ? 'quiet' : 'warning';
  const open = byMe ? 'Sent, and not confirmed before you left:' : `Sent, but ${name} has not confirmed:`;
  const [sentence, tone] = before.chat ? ended(name, reason, by) : notBegun(name, reason);
  return [
    tone === 'plain' ? notice(now, sentence) : problem(now, sentence, tone),
    ...texts(`Not sent to ${name}:`, unsent, tint, textOf),
    ...texts(open, unconfirmed, tint, textOf),
  ];
}

/** One's own texts, so that none is lost silently. */
export function texts(title: string, ids: readonly string[], tone: Tone, textOf: Context['textOf']): Row[] {
  return ids.length === 0 ? [] : [aside(title, tone), ...ids.map((id) => quotation(textOf(id) ?? `(text ${id})`))];
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
