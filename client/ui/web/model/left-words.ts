import type { ChatEvent } from '../../../engine/protocol.js';
import type { RoomEvent } from '../../../engine/room-protocol.js';
import type { Sentence } from './words.js';

type Left = ChatEvent & { readonly event: 'left' };
type RoomLeft = RoomEvent & { readonly event: 'left' };

/** "Has left" is said only of a peer who said goodbye under the chat's own keys. */
export function ended({ with: name, reason, by }: Left): Sentence {
  switch (reason) {
    case 'left':
      return ['plain', by === 'me' ? 'You have left the chat.' : `${name} has left the chat.`];
    case 'disconnected':
      return ['warning', 'The chat broke off: a connection is gone, without a goodbye.'];
    case 'too-slow':
      return ['warning', 'The server ended the chat: one side did not read fast enough.'];
    case 'timed-out':
      return ['warning', by === 'relay'
        ? 'The server ended the chat: one side did nothing for too long, or was silent.'
        : 'The chat was ended: a step of it took too long.'];
    case 'tampered':
      return ['bad', 'The chat was ended for your safety: something that came was changed on its way, or did not ' +
        `belong here. Somebody between you and ${name} may have tried it. All that was shown before had passed its ` +
        'checks.'];
  }
}

/** The two had not agreed on keys yet. */
export function notBegun({ reason }: Left): Sentence {
  const why = reason === 'left' ? 'one side took it back'
    : reason === 'tampered' ? 'it was refused for your safety'
      : 'the two sides could not agree on keys';
  return [reason === 'tampered' ? 'bad' : 'warning', `No chat began: ${why}.`];
}

/** @param user oneself */
export function outOfRoom({ reason, by }: RoomLeft, user: string): Sentence {
  switch (reason) {
    case 'left':
      return ['plain', 'You have left the room.'];
    case 'removed':
      return ['warning', by === user ? 'You were removed from the room.' : `${by} has removed you from the room.`];
    case 'disconnected':
      return by === user
        ? ['quiet', 'You are out of the room for now, and still a member.']
        : ['warning', 'You are out of the room: the connection is gone. It is entered again with the next one.'];
    case 'tampered':
      return ['bad', 'You are out of the room for your safety: something in it was not as its members had made it. ' +
        'Ask the others in another way what they see, before you enter again.'];
    case 'key-changed':
      return ['bad', 'You are out of the room for your safety: a member has another key than before. ' +
        'Compare the safety number with that member and approve it, if it is right; then enter again.'];
  }
}
