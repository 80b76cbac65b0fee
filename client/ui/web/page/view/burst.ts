import { type Element_, h } from '../dom.js';
import type { Conversation, Item } from '../../model/model.js';
import type { Page } from '../page.js';
import { numberOf } from '../numbers.js';
import { keyText } from '../ui.js';

/** Fewer that wait are not worth a word. */
const SHOWN_FROM = 3;

const isWaiting = (item: Item): boolean => item.kind === 'text' && item.mine && item.mark === 'waiting';

/** Many texts of one's own go out at the pace that the server takes: how many have. */
export function burst(page: Page, conversation: Conversation): Element_ | false {
  const { items } = conversation;
  const { bursts } = page.ui;
  const key = keyText(conversation);
  const first = items.find(isWaiting);
  if (!first) {
    bursts.delete(key);
    return false;
  }
  const start = bursts.get(key) ?? numberOf(first);
  bursts.set(key, start);
  const mine = items.filter((item) => item.kind === 'text' && item.mine && numberOf(item) >= start);
  if (mine.length < SHOWN_FROM) return false;
  const done = mine.length - mine.filter(isWaiting).length;
  const text = `Sending: ${done} of ${mine.length}`;
  return h('div', { class: 'burst' },
    h('progress', { 'value': done, 'max': mine.length, 'aria-label': text }),
    h('span', {}, text));
}
