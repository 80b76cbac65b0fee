import type { RoomEvent } from '../../engine/room-protocol.js';
import type { Tone } from './palette.js';
import { aside, notice, problem, type Row } from './row.js';
import { texts } from './show-left.js';
import type { Context } from './show.js';

type Left = RoomEvent & { readonly event: 'left' };

/** One is out of a room: why, and which of one's own texts may not have arrived. */
export function roomLeft(event: Left, { now, user, textOf }: Context): Row[] {
  const { room, reason, by, unsent, unconfirmed } = event;
  const [sentence, tone, then] = why(room, reason, by === user ? '' : by);
  const tint = reason === 'left' ? 'quiet' : 'warning';
  return [
    tone === 'plain' ? notice(now, sentence) : problem(now, sentence, tone),
    ...(then === undefined ? [] : [aside(then, tone)]),
    ...texts(`Not sent to ${room}:`, unsent, tint, textOf),
    ...texts(`Sent to ${room}, and not confirmed by all:`, unconfirmed, tint, textOf),
  ];
}

function why(room: string, reason: Left['reason'], by: string): [sentence: string, tone: Tone, then?: string] {
  switch (reason) {
    case 'left':
      return [`You have left ${room}.`, 'plain'];
    case 'removed':
      return [`${by === '' ? 'You were removed' : `${by} has removed you`} from ${room}.`, 'warning'];
    case 'disconnected':
      // At the end of the program.
      if (by === '') return [`You are out of ${room}, and still a member.`, 'plain'];
      return [
        `You are out of ${room}: the connection is gone.`, 'warning',
        `It is entered again with the next connection, or with /join ${room}.`,
      ];
    case 'tampered':
      return [
        `You are out of ${room} FOR YOUR SAFETY: something in it was wrong.`, 'bad',
        `Nothing more is said there. /join ${room} tries again; ask the others in another way what they see.`,
      ];
    case 'key-changed':
      return [
        `You are out of ${room} FOR YOUR SAFETY: the key of a member has changed.`, 'bad',
        `Approve it with /trust and the name, if that is right; then /join ${room}.`,
      ];
  }
}
