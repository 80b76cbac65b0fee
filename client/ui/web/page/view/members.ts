import { bdi, button, type Element_, h, type Part, sentence } from '../dom.js';
import { isName } from '../../model/names.js';
import type { Room } from '../../model/model.js';
import type { RoomMember } from '../../../../engine/room-protocol.js';
import type { Page } from '../page.js';
import { dialogHead } from './dialog.js';
import { badge, beliefOf, face } from './trust.js';
import { count } from './words.js';

/** Who is in a room, how far each key is believed, and what can be done about it. */
export function members(page: Page, name: string): Part[] {
  const room = page.find({ kind: 'room', name });
  const head = dialogHead('panel', sentence('Members of ', `#${name}`, ''), () => page.open(undefined));
  if (room?.kind !== 'room' || room.phase !== 'in') return [head, h('p', {}, 'You are not in this room now.')];
  return [
    head,
    room.number === undefined
      ? h('p', { class: 'none' }, 'There are no keys yet: they are agreed on as soon as a second member is here.')
      : h('div', { class: 'room-number' }, h('p', { class: 'digits' }, room.number),
        h('p', {}, 'Compare this number with the others: all who have the keys see the same.')),
    h('ul', { class: 'members' }, room.members.map((member) => row(page, room, member))),
    invite(page, room),
    h('div', { class: 'buttons' }, button('Leave the room', () => page.ask({
      title: `Leave #${name}?`,
      text: 'Only an invitation leads back.',
      yes: 'Leave',
      act: () => {
        page.open(undefined);
        page.do({ do: 'leave', room: name });
      },
    }), { disabled: !page.online })),
  ];
}

function row(page: Page, room: Room, member: RoomMember): Element_ {
  const { name, trust, compared, admin, present, secured } = member;
  const own = name === page.model.user;
  const mayRule = room.members.some((one) => one.admin && one.name === page.model.user);
  return h('li', { key: name }, face(name),
    h('div', { class: 'what' },
      h('span', { class: 'name' }, bdi(name), own && ' (you)'),
      h('span', { class: 'facts' },
        !own && badge(beliefOf(trust, compared)), admin && h('span', { class: 'badge' }, 'Admin'),
        h('span', {}, !present ? 'away' : secured ? 'here, has the keys' : 'here, has no keys yet'))),
    !own && h('div', { class: 'buttons' },
      button('Safety number', () => page.open({ is: 'safety', name }), {
        'class': 'small', 'aria-label': `Safety number with ${name}`,
      }),
      mayRule && !admin && makeAdmin(page, room, name),
      mayRule && remove(page, room, name)));
}

const makeAdmin = (page: Page, room: Room, name: string): Element_ => button('Make admin', () => page.ask({
  title: `Make ${name} an admin?`,
  text: `${name} can then remove members of #${room.name}, you too. That cannot be taken back.`,
  yes: 'Make admin',
  act: () => page.do({ do: 'admin', room: room.name, with: name }),
}), { 'class': 'small', 'disabled': !page.online, 'aria-label': `Make ${name} an admin` });

const remove = (page: Page, room: Room, name: string): Element_ => button('Remove', () => page.ask({
  title: `Remove ${name} from #${room.name}?`,
  text: `New keys are agreed on, and ${name} reads nothing of what is said from then on.`,
  yes: 'Remove',
  act: () => page.do({ do: 'remove', room: room.name, with: name }),
}), { 'class': 'small', 'disabled': !page.online, 'aria-label': `Remove ${name}` });

const invite = (page: Page, room: Room): Element_ => h('form', {
  'class': 'invite', 'aria-label': 'Invite',
  'onsubmit': (event: Event) => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).querySelector('input')!;
    const name = field.value.trim();
    if (!isName(name)) return page.toast('Names have 1 to 16 letters, digits and hyphens.', true);
    field.value = '';
    page.do({ do: 'invite', room: room.name, with: name });
  },
},
h('input', {
  'type': 'text', 'placeholder': 'Name', 'aria-label': 'Name of whom to invite', 'autocomplete': 'off',
  'autocapitalize': 'off', 'spellcheck': 'false', 'maxlength': '16',
}),
h('button', { type: 'submit', class: 'strong', disabled: !page.online }, 'Invite'),
h('p', { class: 'none' }, `${count(room.members.length, 'member', 'members')} of at most 64.`));
