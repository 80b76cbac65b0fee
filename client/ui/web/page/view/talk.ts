import { button, type Element_, h, type Part } from '../dom.js';
import type { Chat, Conversation, Room } from '../../model/model.js';
import type { Page } from '../page.js';
import { keyText } from '../ui.js';
import { banners } from './banner.js';
import { composer } from './composer.js';
import { log } from './log.js';
import { badge, beliefInChat, called, face } from './trust.js';
import { count } from './words.js';

/** The conversation that was chosen. */
export function talk(page: Page, now: number): Part[] {
  const { chosen } = page.ui;
  if (!chosen) return [nothing()];
  const conversation = page.chosen ?? notYet(chosen.kind, chosen.name);
  const key = keyText(chosen);
  return [
    head(page, conversation),
    h('div', { key: `banners ${key}`, class: 'banners' }, banners(page, conversation)),
    log(page, conversation, now),
    composer(page, conversation),
  ];
}

const nothing = (): Element_ => h('div', { class: 'nothing' },
  h('h2', {}, 'Nothing chosen'),
  h('p', {}, 'Choose a conversation, or chat with somebody who is online. What you write is encrypted end ' +
    'to end: the server cannot read it.'),
  h('p', {}, h('kbd', {}, 'Alt'), ' + ', h('kbd', {}, '1'), ' … ', h('kbd', {}, '9'), ' goes to a conversation, ',
    h('kbd', {}, '/'), ' to the search.'));

/** What was chosen before anything is known of it. */
function notYet(kind: Conversation['kind'], name: string): Conversation {
  const common = { name, items: [], dropped: 0, size: 0, unread: 0 };
  return kind === 'room'
    ? {
      ...common, kind, phase: 'idle', members: [], outdated: false, epoch: 0, number: undefined,
      secured: [], knocks: [],
    }
    : {
      ...common, kind, phase: 'idle', trust: undefined, compared: false, fingerprint: undefined,
      safetyNumber: undefined, certificate: undefined, suite: undefined, changed: undefined,
      signing: 'no', transcript: undefined,
    };
}

function head(page: Page, conversation: Conversation): Element_ {
  const { kind, name } = conversation;
  return h('header', { key: `head ${keyText(conversation)}`, class: 'head' },
    button('‹', () => page.choose(undefined), { 'class': 'back quiet', 'aria-label': 'Back to the list' }),
    face(name, kind === 'room'),
    h('div', { class: 'what' }, h('h2', {}, called(kind, name)),
      h('p', { class: 'facts' }, kind === 'room' ? factsOfRoom(conversation) : factsOfChat(conversation))),
    h('div', { class: 'buttons' },
      kind === 'room' ? buttonsOfRoom(page, conversation) : buttonsOfChat(page, conversation)));
}

function factsOfChat(chat: Chat): (Part | false)[] {
  const { signing, transcript, suite, phase } = chat;
  return [
    badge(beliefInChat(chat)),
    signing === 'yes' && h('span', {
      class: 'badge signed',
      title: `Who said what can be proven to others.${transcript === undefined ? '' : ` Transcript: ${transcript}`}`,
    }, 'Signed'),
    phase === 'open'
      && h('span', { class: 'suite' }, `End to end encrypted${suite === undefined ? '' : ` (${suite})`}`),
  ];
}

function buttonsOfChat(page: Page, { name, phase, signing, trust, changed, safetyNumber }: Chat): (Part | false)[] {
  const open = phase === 'open';
  return [
    (trust !== undefined || changed !== undefined || safetyNumber !== undefined || page.online)
      && button('Safety number', () => page.open({ is: 'safety', name })),
    open && signing === 'no' && button('Sign', () => page.ask({
      title: `Propose to sign the chat with ${name}?`,
      text: `If ${name} agrees, each text is signed by who says it, and either of you can show to others who said ` +
        'what. There is no way back in this chat; the next one begins unsigned.',
      yes: 'Propose it',
      act: () => page.do({ do: 'sign', with: name }),
    }), { disabled: !page.online, title: 'So that who said what can be proven to others' }),
    open && button('Leave', () => page.do({ do: 'leave', with: name }), {
      disabled: !page.online, title: 'Ends the chat',
    }),
  ];
}

function factsOfRoom({ phase, members, secured, epoch }: Room): (Part | false)[] {
  if (phase !== 'in') return [];
  const here = members.filter(({ present }) => present).length;
  return [
    members.length > 0 && h('span', {}, `${count(members.length, 'member', 'members')}, ${here} here`),
    h('span', { class: 'suite' }, secured.length > 1
      ? `End to end encrypted, keys ${epoch}, ${secured.length} have them`
      : 'No keys yet'),
  ];
}

const buttonsOfRoom = (page: Page, { name, phase }: Room): (Part | false)[] => [
  phase === 'in' && button('Members', () => page.open({ is: 'members', room: name })),
  phase === 'in' && button('Leave', () => page.ask({
    title: `Leave #${name}?`,
    text: 'Only an invitation leads back.',
    yes: 'Leave',
    act: () => page.do({ do: 'leave', room: name }),
  }), { disabled: !page.online }),
];
