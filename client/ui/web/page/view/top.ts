import { bdi, button, type Element_, glyph, h, type Part, spoken } from '../dom.js';
import type { Page } from '../page.js';
import { waiting } from './banner.js';
import { grouped, pause } from './words.js';

type Look = 'good' | 'busy' | 'bad' | 'over';

/** How the connection is, in words; the dot's colour says no more than they do. */
export function stateOf({ model, ui }: Page): { readonly word: string; readonly look: Look } {
  if (model.state === 'closed') return { word: 'Ended', look: 'over' };
  if (ui.stream === 'opening') return { word: 'Opening…', look: 'busy' };
  if (ui.stream !== 'open') return { word: 'No client', look: 'bad' };
  switch (model.state) {
    case 'locked':
      return { word: 'Locked', look: 'busy' };
    case 'logging-in':
      return { word: 'Logging in…', look: 'busy' };
    case 'online':
      return { word: 'Online', look: 'good' };
    case 'lost':
      return { word: model.me ? 'Connection lost' : 'No connection', look: 'bad' };
  }
}

/** Who one is, how the connection is, and the way out. */
export function top(page: Page): Part[] {
  const { user, me, state } = page.model;
  const { word, look } = stateOf(page);
  return [
    h('h1', {}, spoken('MessageApp, '), bdi(user)),
    me ? shortKey(page, me.fingerprint) : '',
    h('span', { class: 'grow' }),
    me ? h('span', { class: 'server', title: 'The server, and how the connection to it is encrypted' },
      bdi(me.server.name), h('span', { class: 'suite' }, `${me.suite} · AES-256-GCM`)) : '',
    h('span', { class: `state ${look}` }, glyph(''), word),
    state === 'closed' || state === 'locked' || page.ui.stream !== 'open' ? '' : endButton(page),
  ].filter((part) => part !== '');
}

const endButton = (page: Page): Element_ => button('End the client', () => page.ask({
  title: 'End the client?',
  text: 'All chats are left and the program ends, not only this page. What was said is not kept, but for ' +
    'transcripts of signed chats.',
  yes: 'End the client',
  act: () => page.do({ do: 'exit' }),
}), { class: 'quiet end' });

function shortKey(page: Page, fingerprint: string): Element_ {
  return h('button', {
    type: 'button', class: 'quiet key', onclick: () => page.open({ is: 'me' }), title: 'Your own key, and the server',
  },
  spoken('Your key and the server: fingerprint '), grouped(fingerprint.slice(0, 8)), '…');
}

/** Below the top while something is not as it should be. */
export function bar(page: Page, now: number): Part[] {
  const { model, ui } = page;
  if (model.state === 'closed') return [strip('over', `The client has ended: ${model.closed?.text ?? ''}`)];
  if (ui.stream === 'lost') return [strip('bad', LOST, 'Looking for it again…')];
  if (ui.stream === 'replaced') return [strip('bad', REPLACED, 'Reload this one to have it back.')];
  if (ui.stream === 'gone') return [strip('bad', LOST, 'Where the client runs, press Enter for a new address.')];
  if (ui.stream === 'opening' || model.state === 'logging-in') return [waiting(stateOf(page).word)];
  if (model.state === 'lost' && model.lost) {
    const left = model.lost.retryAt - now;
    const then = left > 0 ? `Next try in ${pause(left)}` : 'Trying again…';
    return [strip('bad', `${stateOf(page).word}: ${model.lost.text}`, then)];
  }
  return [];
}

const REPLACED = 'The client is open in too many tabs, and this was the oldest.';

const LOST = 'This page has lost its client: the program on this machine has ended, or does not answer.';

const strip = (look: Look, text: string, then = ''): Element_ =>
  h('div', { class: `strip ${look}` }, h('span', { dir: 'auto' }, text), h('span', { class: 'then' }, then));

/** The same for those who hear the page, without what changes each second. */
export function spokenState(page: Page): Part[] {
  const { model } = page;
  const why = model.state === 'closed' ? model.closed?.text : model.state === 'lost' ? model.lost?.text : undefined;
  return [[stateOf(page).word, ...(why === undefined ? [] : [why])].join(': ')];
}

export function title({ model }: Page): string {
  const unread = model.conversations.reduce((sum, conversation) => sum + conversation.unread, 0);
  return `${unread > 0 ? `(${unread}) ` : ''}MessageApp${model.user === '' ? '' : ` – ${model.user}`}`;
}
