import { bdi, button, type Element_, h, type Part } from '../dom.js';
import type { Page } from '../page.js';
import { dialogHead, facts } from './dialog.js';
import { dateFrom, fullTime, grouped, iso, timeOf } from './words.js';

/** Of what was said that belongs to no conversation. */
const NOTICES_SHOWN = 20;

/** Oneself, and the server. */
export function me(page: Page): Part[] {
  const { me: known, user, notices } = page.model;
  return [
    dialogHead('panel', ['You are ', bdi(user)], () => page.open(undefined)),
    ...(known ? [
      h('p', {}, 'Your fingerprint. Who calls you for the first time sees it beside your name:'),
      copied(page, known.fingerprint),
      h('h3', {}, 'The server'),
      facts([
        ['Name', known.server.name],
        ['Certificate', known.server.subject],
        ['Issuer', known.server.issuer],
        ['Valid', `${dateFrom(known.server.validFrom)} to ${dateFrom(known.server.validTo)}`],
        ['Fingerprint', [h('code', {}, grouped(known.server.fingerprint))]],
        ['Encryption to it', `${known.suite}, AES-256-GCM`],
      ]),
    ] : [h('p', {}, 'Not logged in yet.')]),
    h('h3', {}, 'What has happened'),
    notices.length === 0 ? h('p', { class: 'none' }, 'Nothing to say.') : h('ul', { class: 'notices' },
      notices.slice(-NOTICES_SHOWN).reverse().map(({ time, tone, text }) => h('li', { class: tone },
        h('time', { datetime: iso(time), title: fullTime(time) }, timeOf(time)), ' ', bdi(text)))),
  ];
}

/** A fingerprint with a button that copies it. */
export function copied(page: Page, fingerprint: string): Element_ {
  const copy = (): void => {
    navigator.clipboard.writeText(grouped(fingerprint)).then(
      () => page.toast('The fingerprint is copied.', false),
      () => page.toast('The browser did not allow to copy: mark it and copy it yourself.', true),
    );
  };
  return h('div', { class: 'copied' },
    h('code', {}, grouped(fingerprint)), button('Copy', copy, { 'aria-label': 'Copy the fingerprint' }));
}
