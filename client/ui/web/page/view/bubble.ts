import { bdi, button, type Element_, glyph, h, lazy, spoken } from '../dom.js';
import type { Conversation, Mark, Text } from '../../model/model.js';
import { newId } from '../post.js';
import type { Page } from '../page.js';
import { fullTime, iso, timeOf } from './words.js';

/** @param follows it belongs to the text before: the name is not said again */
export function bubble(page: Page, conversation: Conversation, item: Text, key: string, follows: boolean): Element_ {
  const { mine, from, text, time, mark, signed, late, why, id } = item;
  const again = mark === 'not-sent' && id !== undefined && !page.ui.again.has(id) && canSay(page, conversation);
  const named = conversation.kind === 'room' && !mine && !follows;
  return lazy('li', {
    key,
    class: `text ${mine ? 'mine' : 'theirs'} ${follows ? 'follows' : ''} ${mark ? `is-${mark}` : ''}`,
    memo: [mine, from, text, time, mark, signed, late, why, follows, again],
  }, () => [
    h('div', { class: 'bubble' },
      named ? h('span', { class: 'from' }, bdi(from)) : spoken(mine ? 'You: ' : `${from}: `),
      h('p', { dir: 'auto' }, text),
      h('footer', {},
        signed && h('span', { class: 'seal', title: 'Signed: who said it can be proven' }, 'signed'),
        late && h('span', { title: 'It came more than a minute after it was sent' }, 'late'),
        h('time', { datetime: iso(time), title: fullTime(time) }, timeOf(time)),
        mark !== undefined && delivery(mark))),
    (why !== undefined || again) && h('p', { class: 'why' }, bdi(why ?? ''), ' ',
      again && button('Send again', () => sayAgain(page, conversation, id, text), { class: 'link' })),
  ]);
}

const marks: Readonly<Record<Mark, { readonly sign: string; readonly word: string; readonly shown: boolean }>> = {
  'waiting': { sign: '…', word: 'waiting', shown: false },
  'sent': { sign: '✓', word: 'sent', shown: false },
  'delivered': { sign: '✓✓', word: 'delivered', shown: false },
  'not-sent': { sign: '!', word: 'not sent', shown: true },
  'unconfirmed': { sign: '?', word: 'not confirmed', shown: true },
  'discarded': { sign: '!', word: 'came too late, not shown', shown: true },
};

function delivery(mark: Mark): Element_ {
  const { sign, word, shown } = marks[mark];
  return h('span', { class: 'mark', title: word }, glyph(sign), shown ? ` ${word}` : spoken(word));
}

const canSay = (page: Page, { kind, phase }: Conversation): boolean =>
  page.online && phase === (kind === 'room' ? 'in' : 'open');

function sayAgain(page: Page, { kind, name }: Conversation, id: string, text: string): void {
  page.ui.again.add(id);
  page.do({ do: 'say', ...(kind === 'room' ? { room: name } : { with: name }), text, id: newId() });
  page.ui.atEnd = true;
  page.redraw();
}
