import { button, type Element_, h, type Part, sentence } from '../dom.js';
import type { Chat } from '../../model/model.js';
import type { Page } from '../page.js';
import { digits } from './changed.js';
import { dialogHead, facts } from './dialog.js';
import { badge, beliefOf, whyOf } from './trust.js';
import { dateFrom, grouped } from './words.js';

/** The number that both sides compare, and what else is known of the other one's key. */
export function safety(page: Page, name: string): Part[] {
  const chat = page.find({ kind: 'chat', name });
  const head = dialogHead('panel', sentence('Safety number with ', name, ''), () => page.open(undefined));
  if (chat?.kind !== 'chat') return [head, unknown(name), askServer(page, name)];
  if (chat.changed) {
    return [head, h('p', {}, badge('changed')),
      h('p', {}, 'The key has changed: both numbers are shown in the conversation.'),
      h('div', { class: 'buttons' }, button('Show them', () => page.choose(chat), { class: 'strong' }))];
  }
  if (chat.safetyNumber === undefined) return [head, unknown(name), askServer(page, name)];
  return [head, ...number(page, chat, chat.safetyNumber), details(page, chat)];
}

const unknown = (name: string): Element_ => h('p', {}, sentence('No key of ', name, ' is known here yet.'));

function number(page: Page, chat: Chat, safetyNumber: string): Part[] {
  const belief = beliefOf(chat.trust, chat.compared);
  return [
    h('p', { class: 'belief' }, badge(belief), belief !== undefined && whyOf(belief)),
    digits(safetyNumber),
    h('p', {}, sentence('Read it to each other where you know that it is ', chat.name, ': meet, or call each ' +
      'other, and not in this chat. If both see the same number, nobody is between you; if not, somebody may be.')),
    h('div', { class: 'buttons' }, compared(page, chat)),
  ];
}

function compared(page: Page, { name, trust, compared: done, phase }: Chat): Element_ | false {
  if (done) return false;
  if (trust === 'changed') return h('p', { class: 'none' }, 'You are asked whether to trust it when you call.');
  // A key is remembered when a chat with it has begun, and not before.
  if (trust === 'first-use' && phase !== 'open') return h('p', { class: 'none' }, 'You can confirm it in a chat.');
  return button('We compared it', () => page.do({ do: 'compared', with: name }), {
    class: 'strong', disabled: page.ui.stream !== 'open',
  });
}

function details(page: Page, { name, fingerprint, certificate }: Chat): Element_ {
  const own = page.model.me?.fingerprint;
  return h('details', {},
    h('summary', {}, 'Keys and certificate'),
    facts([
      fingerprint === undefined ? undefined : [`Fingerprint of ${name}`, [h('code', {}, grouped(fingerprint))]],
      own === undefined ? undefined : ['Your fingerprint', [h('code', {}, grouped(own))]],
      ...(certificate ? [
        ['Certificate', certificate.subject ?? ''], ['Issuer', certificate.issuer ?? ''],
        ['Valid', `to ${dateFrom(certificate.validTo ?? '')}`],
      ] as const : []),
    ]),
    certificate === undefined && askServer(page, name));
}

const askServer = (page: Page, name: string): Element_ =>
  button('Ask the server for the certificate', () => page.do({ do: 'certificate', with: name }), {
    class: 'small', disabled: !page.online,
  });
