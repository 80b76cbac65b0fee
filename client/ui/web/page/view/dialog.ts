import { button, type Element_, h, type Part } from '../dom.js';
import type { Page } from '../page.js';

/** The head of a dialog; `id` is what names it (index.html). */
export const dialogHead = (id: string, title: readonly Part[], close?: () => void): Element_ =>
  h('header', {}, h('h2', { id: `${id}-title` }, title), close !== undefined && closeButton(close));

const closeButton = (close: () => void): Element_ => button('✕', close, { 'class': 'quiet', 'aria-label': 'Close' });

type Fact = readonly [name: string, value: string | readonly Part[]];

/** Names and what they are, as in a letter's head. */
export const facts = (rows: readonly (Fact | undefined)[]): Element_ =>
  h('dl', { class: 'facts' }, rows.filter((row) => row !== undefined).flatMap(([name, value]) => [
    h('dt', {}, name), h('dd', {}, typeof value === 'string' ? h('bdi', {}, value) : value),
  ]));

/** Asked before something that cannot be taken back. */
export function sureDialog(page: Page): Part[] {
  const { sure } = page.ui;
  if (!sure) return [];
  const yes = (): void => {
    page.ask(undefined);
    sure.act();
  };
  return [
    dialogHead('sure', [sure.title]),
    h('p', {}, sure.text),
    h('div', { class: 'buttons' },
      button('Cancel', () => page.ask(undefined), { autofocus: true }),
      button(sure.yes, yes, { class: 'danger' })),
  ];
}

/** The passphrase, or the password: leaves the field as soon as it is given, and stays nowhere here. */
export function questionDialog(page: Page): Part[] {
  const { question, state } = page.model;
  if (!question || state === 'closed' || page.ui.stream !== 'open') return [];
  const passphrase = question.kind === 'passphrase';
  return [h('form', {
    'key': `${question.kind} ${String(question.again)}`,
    'onsubmit': (event: Event) => {
      event.preventDefault();
      const field = (event.currentTarget as HTMLFormElement).querySelector('input')!;
      const secret = field.value;
      field.value = '';
      page.answer(question.kind, secret);
    },
  },
  dialogHead('question', [passphrase ? 'Your passphrase' : 'Your password']),
  h('p', {}, passphrase
    ? 'It opens your private key, which lies on this machine and stays there.'
    : 'The server asks for the password of your account.'),
  h('p', { class: 'fault', role: 'alert' }, question.again ? 'That was not right; try again.' : ''),
  h('label', {}, h('span', {}, passphrase ? 'Passphrase' : 'Password'), h('input', {
    'type': 'password', 'autofocus': true, 'required': true, 'autocomplete': passphrase ? 'off' : 'current-password',
    'aria-invalid': question.again && 'true', 'spellcheck': 'false',
  })),
  h('div', { class: 'buttons' }, h('button', { type: 'submit', class: 'strong' }, passphrase ? 'Unlock' : 'Log in')))];
}

export function toasts(page: Page): Part[] {
  return page.ui.toasts.map(({ id, bad, text }) => h('div', { key: String(id), class: `toast${bad ? ' bad' : ''}` },
    h('span', { dir: 'auto' }, text), closeButton(() => page.untoast(id))));
}
