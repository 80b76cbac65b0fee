import type { Event } from '../../engine/protocol.js';
import type { Tone } from './palette.js';
import { aside, notice, problem, quotation, type Row } from './row.js';
import type { Context } from './show.js';

type Left = Event & { readonly event: 'left' };

/** A chat has ended: why, and which of one's own texts may not have arrived. */
export function left(event: Left, { now, before, textOf }: Context): Row[] {
  const { with: name, reason, by, unsent, unconfirmed } = event;
  const texts = (ids: readonly string[]) => ids.map((id) => quotation(textOf(id) ?? `(text ${id})`));
  const [sentence, tone] = before.chat ? ended(name, reason, by) : [notBegun(name, reason), 'warning' as const];
  return [
    tone === 'plain' ? notice(now, sentence) : problem(now, sentence, tone),
    ...(unsent.length > 0 ? [aside(`Not sent to ${name}:`, 'warning'), ...texts(unsent)] : []),
    ...(unconfirmed.length > 0 ? [aside(`Sent, but ${name} has not confirmed:`, 'warning'), ...texts(unconfirmed)] : []),
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
      return [`The chat with ${name} was ended FOR YOUR SAFETY: something in it was not as it has to be.`, 'bad'];
  }
}

const notBegun = (name: string, reason: Left['reason']): string => (reason === 'left'
  ? `No chat with ${name} began: one side took it back.`
  : reason === 'tampered'
    ? `No chat with ${name} began: it was refused for your safety.`
    : `No chat with ${name} began: its keys could not be agreed on.`);
