import { bdi, button, type Element_, h } from '../dom.js';
import type { Page } from '../page.js';
import { called, face } from './trust.js';

interface Request {
  readonly id: string;
  readonly face: Element_;
  readonly text: readonly (string | Element_)[];
  readonly yes: string;
  readonly no: string;
  /** What it is about, for the labels of the buttons. */
  readonly about: string;
  readonly accept: () => void;
  readonly refuse: () => void;
}

/** Who would like something of oneself: on top of all conversations. */
export function requests(page: Page): Element_ | false {
  const all = allOf(page).filter(({ id }) => !page.ui.dismissed.has(id));
  if (all.length === 0 || page.model.state === 'closed') return false;
  return h('section', { 'class': 'requests', 'aria-label': `Requests, ${all.length}` },
    h('h2', {}, 'Requests'), h('ul', {}, all.map((request) => row(page, request))));
}

function row({ online }: Page, { id, face: picture, text, yes, no, about, accept, refuse }: Request): Element_ {
  return h('li', { key: id }, picture, h('p', {}, text), h('div', { class: 'buttons' },
    button(no, refuse, { 'disabled': !online, 'aria-label': `${no}: ${about}` }),
    button(yes, accept, { 'class': 'strong', 'disabled': !online, 'aria-label': `${yes}: ${about}` })));
}

function allOf(page: Page): Request[] {
  const { model } = page;
  return model.conversations.flatMap((conversation): Request[] => {
    const { name } = conversation;
    if (conversation.kind === 'chat') return conversation.phase === 'request' ? [call(page, name)] : [];
    return [
      ...(conversation.phase === 'invited' ? [invitation(page, name)] : []),
      ...conversation.knocks.map((who) => knock(page, name, who)),
    ];
  });
}

const call = (page: Page, name: string): Request => ({
  id: `call ${name}`, face: face(name), text: [bdi(name), ' would like to chat'], yes: 'Accept', no: 'Refuse',
  about: `the chat with ${name}`,
  accept: () => {
    page.do({ do: 'accept', with: name });
    page.choose({ kind: 'chat', name });
  },
  refuse: () => page.do({ do: 'refuse', with: name }),
});

const invitation = (page: Page, room: string): Request => ({
  id: `invitation ${room}`, face: face(room, true), text: ['You are invited to ', called('room', room)],
  yes: 'Enter', no: 'Not now',
  about: `the room ${room}`,
  accept: () => page.join(room),
  refuse: () => dismiss(page, `invitation ${room}`),
});

const knock = (page: Page, room: string, name: string): Request => ({
  id: `knock ${room} ${name}`, face: face(name), text: [bdi(name), ' would like to enter ', called('room', room)],
  yes: 'Let in', no: 'Not now',
  about: `${name} into the room ${room}`,
  accept: () => page.do({ do: 'invite', room, with: name }),
  refuse: () => dismiss(page, `knock ${room} ${name}`),
});

/** There is nothing to say no with: it is only not shown here. */
function dismiss(page: Page, id: string): void {
  page.ui.dismissed.add(id);
  page.redraw();
}
