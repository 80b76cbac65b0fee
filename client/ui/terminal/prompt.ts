import { harmless } from '../../../common/text/harmless.js';
import type { Desk } from './desk.js';
import type { Paint, Tone } from './palette.js';

/** `[CHAT bob +2 ?1]-> `: two texts unread in other chats, one request to answer. */
export function prompt(desk: Desk, paint: Paint): string {
  const { label, tone } = place(desk);
  const unread = [...desk.chats.values()].reduce((sum, count) => sum + count, 0);
  const requests = desk.requests.size;
  const marks = `${unread > 0 ? ` +${unread}` : ''}${requests > 0 ? ` ?${requests}` : ''}`;
  return `${paint(tone, `[${harmless(label)}`)}${paint('warning', marks)}${paint(tone, ']->')} `;
}

function place({ question, front, online, wasOnline }: Desk): { label: string; tone: Tone } {
  if (question) return { label: `COMPARED WITH ${question.with}? yes/no`, tone: 'warning' };
  if (front.at === 'ended') return { label: `CHAT ${front.with} ENDED`, tone: 'bad' };
  if (!online) return { label: wasOnline ? 'OFFLINE' : 'CONNECTING', tone: 'bad' };
  if (front.at === 'chat') return { label: `CHAT ${front.with}`, tone: 'good' };
  return { label: 'SERVER-COMMAND', tone: 'strong' };
}
