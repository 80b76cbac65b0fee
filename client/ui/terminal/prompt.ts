import { harmless } from '../../../common/text/harmless.js';
import type { Desk } from './desk.js';
import type { Paint, Tone } from './palette.js';
import type { SignedChats } from './signed-chats.js';
import { type Place, roomKey } from './place.js';

const SERVER = 'SERVER-COMMAND';
const OFFLINE = 'OFFLINE';
const CONNECTING = 'CONNECTING';

/**
 * `[CHAT bob +2 ?1]-> `: two texts unread in other chats and rooms, one request to answer. `[CHAT bob, sign?]-> `:
 * what is typed waits for bob's answer. `[CHAT bob, signed]-> `: it is signed. A room: `[kitchen]-> `.
 */
export function prompt(desk: Desk, paint: Paint): string {
  const { label, tone } = place(desk);
  const unread = [...desk.places.values()].reduce((sum, place) => sum + place.unread, 0);
  const requests = desk.requests.size;
  const marks = `${unread > 0 ? ` +${unread}` : ''}${requests > 0 ? ` ?${requests}` : ''}`;
  return `${paint(tone, `[${harmless(label)}`)}${paint('warning', marks)}${paint(tone, ']->')} `;
}

function place({ question, front, online, wasOnline, signing }: Desk): { label: string; tone: Tone } {
  if (question) return { label: `COMPARED WITH ${question.with}? yes/no`, tone: 'warning' };
  if (front.at === 'ended') return { label: `${labelOf(front, signing)} ${'room' in front ? 'LEFT' : 'ENDED'}`, tone: 'bad' };
  if (!online) return { label: wasOnline ? OFFLINE : CONNECTING, tone: 'bad' };
  if (front.at === 'chat') return { label: labelOf(front, signing), tone: 'good' };
  return { label: SERVER, tone: 'strong' };
}

/** Anybody can make a room and give it a name: one that has a word of the prompt's own is told from it. */
function labelOf(place: Place, signing: SignedChats): string {
  if ('with' in place) {
    const { with: name } = place;
    return `CHAT ${name}${signing.has(name) ? ', signed' : signing.asked.has(name) ? ', sign?' : ''}`;
  }
  return [SERVER, OFFLINE, CONNECTING].includes(place.room.toUpperCase()) ? roomKey(place.room) : place.room;
}
