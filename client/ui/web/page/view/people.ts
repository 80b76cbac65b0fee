import { bdi, button, type Element_, h } from '../dom.js';
import { isName } from '../../model/names.js';
import type { Person } from '../../model/model.js';
import type { Page } from '../page.js';
import { face } from './trust.js';

/** Who is online, as far as it is known here. */
export function people(page: Page): Element_ {
  const { model } = page;
  const shown = shownOf(page);
  return h('section', { 'class': 'people', 'aria-label': 'People online' },
    h('h2', {}, 'Online'),
    shown.length === 0
      ? h('p', { class: 'none' }, nobody(page))
      : h('ul', {}, shown.map((person) => row(page, person))),
    model.more && h('p', { class: 'none' }, 'There are more: search for the beginning of a name.'));
}

function shownOf({ model, ui }: Page): readonly Person[] {
  const text = ui.search.toLowerCase();
  const known = model.people.filter(({ name }) => name.toLowerCase().includes(text));
  if (ui.search === '' || model.found?.prefix !== ui.search) return known;
  const more = model.found.people.filter(({ name }) => !known.some((person) => person.name === name));
  return [...known, ...more];
}

function nobody({ model, ui }: Page): string {
  if (model.state !== 'online') return 'Not known without a connection.';
  return ui.search === '' ? 'Nobody else is online.' : 'Nobody of that name is online.';
}

function row(page: Page, { name, inChat }: Person): Element_ {
  const chat = page.find({ kind: 'chat', name });
  const free = !chat || chat.phase === 'idle';
  return h('li', { key: name }, face(name),
    h('span', { class: 'what' },
      h('span', { class: 'name' }, bdi(name)), inChat && h('span', { class: 'preview' }, 'in a chat')),
    button(free ? 'Chat' : 'Show', () => page.call(name), {
      'disabled': free && !page.online, 'aria-label': free ? `Chat with ${name}` : `Show the chat with ${name}`,
    }));
}

/** A name to call, or a room to enter or make. */
export function newConversation(page: Page): Element_ {
  const { ui } = page;
  return h('form', {
    'class': 'new', 'aria-label': 'New conversation',
    'onsubmit': (event: Event) => {
      event.preventDefault();
      begin(page);
    },
  },
  h('input', {
    'type': 'text', 'placeholder': 'New: name, or #room', 'aria-label': 'New conversation: a name, or # and a room',
    'value': ui.wanted, 'autocomplete': 'off', 'autocapitalize': 'off', 'spellcheck': 'false', 'maxlength': '17',
    'aria-invalid': ui.wantedFault === '' ? undefined : 'true', 'aria-describedby': 'new-fault',
    'oninput': ({ target }: Event) => {
      ui.wanted = (target as HTMLInputElement).value;
      ui.wantedFault = '';
      page.redraw();
    },
  }),
  h('button', { type: 'submit', disabled: !page.online }, ui.wanted.startsWith('#') ? 'Enter' : 'Call'),
  h('p', { id: 'new-fault', class: 'fault', role: 'alert' }, ui.wantedFault));
}

function begin(page: Page): void {
  const { ui } = page;
  const wanted = ui.wanted.trim();
  const room = wanted.startsWith('#');
  const name = room ? wanted.slice(1) : wanted;
  ui.wantedFault = !isName(name) ? 'Names have 1 to 16 letters, digits and hyphens.'
    : !room && name === page.model.user ? 'That is you.' : '';
  if (ui.wantedFault !== '') return page.redraw();
  ui.wanted = '';
  if (room) page.join(name);
  else page.call(name);
}
