import { button, type Element_, h, type Part, sentence } from '../dom.js';
import type { Chat, Conversation, Room } from '../../model/model.js';
import type { Page } from '../page.js';
import { changedKey } from './changed.js';

/** What has to be known, or done, before one goes on writing. */
export function banners(page: Page, conversation: Conversation): Part[] {
  if (page.model.state === 'closed') return [];
  const all = conversation.kind === 'room' ? ofRoom(page, conversation) : ofChat(page, conversation);
  return all.filter((banner) => banner !== undefined);
}

export type Look = 'plain' | 'ask' | 'bad';

export const banner = (look: Look, text: readonly Part[], ...buttons: Element_[]): Element_ =>
  h('div', { class: `banner ${look}` },
    h('p', {}, text),
    buttons.length > 0 && h('div', { class: 'buttons' }, buttons));

/** Something that takes a while of unknown length. */
export const waiting = (text: string): Element_ =>
  h('div', { class: 'waiting' }, h('progress', { 'aria-label': text }), h('span', {}, text));

function ofChat(page: Page, chat: Chat): (Element_ | undefined)[] {
  return [chat.changed && changedKey(page, chat, chat.changed), phaseOfChat(page, chat), signing(page, chat)];
}

function phaseOfChat(page: Page, { name, phase, changed }: Chat): Element_ | undefined {
  const off = { disabled: !page.online };
  const strong = { class: 'strong', ...off };
  switch (phase) {
    case 'idle':
      if (changed) return undefined;
      return banner('plain', sentence('You are not in a chat with ', name, ' now.'),
        button(`Call ${name}`, () => page.do({ do: 'chat', with: name }), strong));
    case 'calling':
      return banner('plain', sentence('Calling ', name, '… The chat begins when it is accepted.'),
        button('Cancel', () => page.do({ do: 'cancel', with: name }), off));
    case 'request':
      return banner('ask', sentence('', name, ' would like to chat with you.'),
        button('Refuse', () => page.do({ do: 'refuse', with: name }), off),
        button('Accept', () => page.do({ do: 'accept', with: name }), strong));
    case 'agreeing':
      return waiting(`Agreeing on keys with ${name}…`);
    case 'offered':
      return banner('plain',
        sentence('The chat is offered to ', name, ' again: it goes on as soon as both are connected.'),
        button('Do not offer it', () => page.do({ do: 'cancel', with: name }), off));
    case 'open':
      return undefined;
  }
}

function signing(page: Page, { name, signing: how, phase }: Chat): Element_ | undefined {
  if (phase !== 'open') return undefined;
  const off = { disabled: !page.online };
  if (how === 'proposed') {
    return banner('plain', sentence('You have proposed to sign this chat: waiting for ', name, '’s agreement.'));
  }
  if (how !== 'request') return undefined;
  return banner('ask',
    sentence('', name, ' would like to sign this chat: signed texts, yours too, can be shown to others as proof ' +
      'of who said what.'),
    button('Decline', () => page.do({ do: 'decline', with: name }), off),
    button('Agree and sign', () => page.do({ do: 'sign', with: name }), { class: 'strong', ...off }));
}

function ofRoom(page: Page, { name, phase, members, secured }: Room): (Element_ | undefined)[] {
  const strong = { class: 'strong', disabled: !page.online };
  const room = `#${name}`;
  const enter = (label: string): Element_ => button(label, () => page.do({ do: 'join', room: name }), strong);
  switch (phase) {
    case 'idle':
      return [banner('plain',
        sentence('You are not in ', room, '. A room that nobody is in is made, and is yours.'), enter('Enter'))];
    case 'invited':
      return [banner('ask', sentence('You are invited to ', room, '.'), enter('Enter'))];
    case 'knocking':
      return [banner('plain',
        sentence('The members of ', room, ' are told that you would like to come in: one of them can invite you.'),
        button('Try again', () => page.do({ do: 'join', room: name }), { disabled: !page.online }))];
    case 'lost':
      return [banner('plain', sentence('You are out of ', room, ', and still a member.'), enter('Enter again'))];
    case 'in':
      return [members.length <= 1 && secured.length <= 1
        ? banner('plain', ['Nobody else is in this room yet.'],
          button('Invite somebody', () => page.open({ is: 'members', room: name })))
        : undefined];
  }
}
