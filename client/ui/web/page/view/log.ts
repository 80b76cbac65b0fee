import { bdi, button, type Element_, h, lazy, spoken } from '../dom.js';
import type { Conversation, Item, Line } from '../../model/model.js';
import type { Page } from '../page.js';
import { numberOf } from '../numbers.js';
import { keyText } from '../ui.js';
import { bubble } from './bubble.js';
import { count, dayKey, dayOf, fullTime, iso, timeOf } from './words.js';

/** Texts of one person that follow each other so closely are shown as one group. */
const GROUP_MS = 5 * 60_000;

/** What was said and what happened. */
export function log(page: Page, conversation: Conversation, now: number): Element_ {
  const { kind, name, items, dropped } = conversation;
  const key = keyText(conversation);
  return h('div', { key: `log ${key}`, class: 'log' },
    h('div', {
      'id': 'log', 'class': 'scroll', 'role': 'log', 'aria-live': 'polite', 'tabindex': '0',
      'aria-label': kind === 'room' ? `The room ${name}` : `The conversation with ${name}`,
    },
    dropped > 0
      && h('p', { class: 'line quiet' }, `${count(dropped, 'older text is', 'older texts are')} no longer kept.`),
    h('ol', { class: 'items' }, items.flatMap((item, at) => withDay(page, conversation, item, at, now)))),
    !page.ui.atEnd && toEnd(page, conversation));
}

function withDay(page: Page, conversation: Conversation, item: Item, at: number, now: number): Element_[] {
  const before = conversation.items[at - 1];
  const key = String(numberOf(item));
  const isNewDay = !before || dayKey(before.time) !== dayKey(item.time);
  const shown = item.kind === 'line'
    ? line(key, item)
    : bubble(page, conversation, item, key, !isNewDay && follows(before, item));
  if (!isNewDay) return [shown];
  return [h('li', { key: `day ${key}`, class: 'day' }, h('span', {}, dayOf(item.time, now))), shown];
}

const follows = (before: Item | undefined, item: Item): boolean =>
  before?.kind === 'text' && item.kind === 'text' && before.from === item.from && before.mine === item.mine
  && Math.abs(item.time - before.time) < GROUP_MS;

const line = (key: string, { tone, text, time }: Line): Element_ =>
  lazy('li', { key, 'class': `line ${tone}`, 'memo': [tone, text, time] }, () => [
    tone === 'bad' || tone === 'warning' ? spoken(tone === 'bad' ? 'Attention: ' : 'Note: ') : '',
    bdi(text), ' ', h('time', { datetime: iso(time), title: fullTime(time) }, timeOf(time)),
  ]);

function toEnd(page: Page, { items }: Conversation): Element_ {
  const fresh = items.filter((item) => item.kind === 'text' && !item.mine && numberOf(item) > page.ui.readTo).length;
  const texts = count(fresh, 'new text', 'new texts');
  return button(fresh > 0 ? `${texts} ↓` : '↓', () => {
    page.ui.atEnd = true;
    page.redraw();
    document.getElementById('composer')?.focus();
  }, {
    'class': `to-end${fresh > 0 ? ' strong' : ''}`, 'aria-label': fresh > 0 ? `Show ${texts}` : 'To the newest text',
  });
}
