import { button, type Element_, h, sentence } from '../dom.js';
import type { Chat } from '../../model/model.js';
import type { Page } from '../page.js';

/** The key is not the one that was seen before: nothing is sent under it until a person has compared the number. */
export function changedKey(page: Page, { name }: Chat, numbers: NonNullable<Chat['changed']>): Element_ {
  const { ticked } = page.ui;
  // For this number alone: a further change asks again.
  const mark = `${name} ${numbers.new}`;
  const compared = ticked.has(mark);
  const trust = (): void => page.do({ do: 'trust', with: name, number: numbers.new });
  return h('section', {
    'key': `changed ${numbers.new}`, 'class': 'banner bad changed', 'role': 'alert',
    'aria-label': 'The key has changed',
  },
    h('h3', {}, sentence('The key of ', name, ' has changed')),
    h('p', {}, sentence('Either ', name, ' has a new key, or somebody, perhaps the server, pretends to be that ' +
      'person. Nothing is sent before you have asked in another way: meet, or call each other.')),
    h('div', { class: 'numbers' },
      h('figure', {}, h('figcaption', {}, 'Safety number before'), digits(numbers.old)),
      h('figure', {}, h('figcaption', {}, 'Safety number now'), digits(numbers.new))),
    h('label', {}, h('input', {
      type: 'checkbox', checked: compared, onchange: ({ target }: Event) => {
        if ((target as HTMLInputElement).checked) ticked.add(mark);
        else ticked.delete(mark);
        page.redraw();
      },
    }), h('span', {}, sentence('I compared the number of now with ', name, ' over another way, and it is the same'))),
    h('div', { class: 'buttons' }, button('We compared the new number: trust it', trust, {
      class: 'danger', disabled: !compared || page.ui.stream !== 'open',
    })));
}

/** Twelve groups of five digits, to be read aloud. */
export const digits = (number: string): Element_ =>
  h('p', { class: 'digits' }, number.split(' ').flatMap((group) => [h('span', {}, group), ' ']));
