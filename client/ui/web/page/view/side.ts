import { bdi, type Element_, h, type Part, spoken } from '../dom.js';
import { type Conversation, isSame } from '../../model/model.js';
import type { Page } from '../page.js';
import { keyText } from '../ui.js';
import { newConversation, people } from './people.js';
import { requests } from './requests.js';
import { called, face } from './trust.js';
import { shortTime } from './words.js';

/** The list on the left: who asks, what was said, who is there. */
export function side(page: Page, now: number): Part[] {
  const { model, ui } = page;
  const shown = model.conversations.filter(({ name }) => name.toLowerCase().includes(ui.search.toLowerCase()));
  const request = requests(page);
  return [
    h('div', { class: 'search' }, h('input', {
      'id': 'search', 'type': 'search', 'placeholder': 'Search', 'aria-label': 'Search conversations and people',
      'value': ui.search,
      'autocomplete': 'off', 'spellcheck': 'false', 'maxlength': '32', 'aria-keyshortcuts': '/ Control+K',
      'oninput': ({ target }: Event) => page.search((target as HTMLInputElement).value),
    })),
    h('div', { class: 'lists' },
      request,
      h('section', { 'class': 'conversations', 'aria-label': 'Conversations' }, h('h2', {}, 'Conversations'),
        shown.length === 0
          ? h('p', { class: 'none' }, ui.search === '' ? 'None yet.' : 'None of that name.')
          : h('ul', {}, shown.map((conversation) => row(page, conversation, now)))),
      people(page)),
    newConversation(page),
  ];
}

function row(page: Page, conversation: Conversation, now: number): Element_ {
  const { kind, name, unread, items } = conversation;
  const current = page.ui.chosen !== undefined && isSame(page.ui.chosen, conversation);
  const last = items.at(-1);
  return h('li', { key: keyText(conversation) }, h('button', {
    'type': 'button', 'class': 'row', 'aria-current': current ? 'true' : undefined,
    'onclick': () => page.choose(conversation),
  },
  face(name, kind === 'room'),
  h('span', { class: 'what' },
    h('span', { class: 'name' }, called(kind, name)),
    h('span', { class: 'preview' }, bdi(preview(conversation)))),
  h('span', { class: 'when' },
    last ? h('time', {}, shortTime(last.time, now)) : '',
    unread > 0 && h('span', { class: 'unread' },
      h('span', { 'aria-hidden': 'true' }, unread > 99 ? '99+' : String(unread)), spoken(` ${unread} unread`)))));
}

/** A preview is one line. */
const PREVIEW = 80;

function preview(conversation: Conversation): string {
  const phase = phases[conversation.phase];
  if (phase !== undefined) return phase;
  if (conversation.kind === 'chat' && conversation.changed) return 'The key has changed';
  const last = conversation.items.at(-1);
  if (!last) return '';
  const text = last.text.slice(0, PREVIEW).replace(/\s+/g, ' ');
  if (last.kind === 'line') return text;
  if (last.mine) return `You: ${text}`;
  return conversation.kind === 'room' ? `${last.from}: ${text}` : text;
}

const phases: Readonly<Partial<Record<Conversation['phase'], string>>> = {
  calling: 'Calling…',
  request: 'Would like to chat',
  agreeing: 'Agreeing on keys…',
  offered: 'The chat is offered again',
  invited: 'You are invited',
  knocking: 'You have asked to enter',
  lost: 'Left with the connection',
};
