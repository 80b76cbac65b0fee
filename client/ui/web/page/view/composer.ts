import { type Element_, h } from '../dom.js';
import { bytesOf, CHAT_TEXT_MAX, COUNTED_FROM, ROOM_TEXT_MAX, SIGNED_TEXT_MAX } from '../limits.js';
import type { Conversation } from '../../model/model.js';
import { newId } from '../post.js';
import type { Page } from '../page.js';
import { keyText } from '../ui.js';
import { burst } from './burst.js';

/** Where one writes. What is not sent yet stays with its conversation. */
export function composer(page: Page, conversation: Conversation): Element_ {
  const key = keyText(conversation);
  const draft = page.ui.drafts.get(key) ?? '';
  const reason = whyNot(page, conversation);
  const over = tooLong(conversation, draft);
  const send = (): void => say(page, conversation);
  return h('form', {
    'key': `composer ${key}`, 'class': 'composer', 'aria-label': 'Write a text',
    'onsubmit': (event: Event) => {
      event.preventDefault();
      send();
    },
  },
  burst(page, conversation),
  counter(conversation, draft),
  h('textarea', {
    'id': 'composer', 'rows': '1', 'dir': 'auto', 'value': draft, 'placeholder': reason ?? placeholder(conversation),
    'aria-label': reason ?? placeholder(conversation),
    // Not `disabled`: that takes the focus from whoever writes while the connection breaks.
    'readonly': reason !== undefined, 'aria-disabled': reason !== undefined && 'true',
    'aria-invalid': over && 'true', 'aria-describedby': 'counter', 'autocomplete': 'off',
    'oninput': ({ target }: Event) => {
      page.ui.drafts.set(key, (target as HTMLTextAreaElement).value);
      page.redraw();
    },
    'onkeydown': (event: KeyboardEvent) => {
      // Safari ends a composition before the key that ends it: that key has the code 229.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      send();
    },
  }),
  h('button', {
    type: 'submit', class: 'strong send', title: 'Send (Enter)',
    disabled: reason !== undefined || over || draft.trim() === '',
  }, 'Send'));
}

function say(page: Page, conversation: Conversation): void {
  const { kind, name } = conversation;
  const key = keyText(conversation);
  const text = page.ui.drafts.get(key) ?? '';
  if (text.trim() === '' || tooLong(conversation, text) || whyNot(page, conversation) !== undefined) return;
  page.do({ do: 'say', ...(kind === 'room' ? { room: name } : { with: name }), text, id: newId() });
  page.ui.drafts.delete(key);
  page.ui.atEnd = true;
  page.redraw();
}

/** Why nothing can be sent now. */
function whyNot(page: Page, conversation: Conversation): string | undefined {
  const { name } = conversation;
  if (page.model.state === 'closed') return 'The client has ended';
  if (page.ui.stream !== 'open') return 'This page has lost its client';
  if (page.model.state !== 'online') return 'There is no connection now';
  if (conversation.kind === 'room') return conversation.phase === 'in' ? undefined : `You are not in #${name}`;
  if (conversation.changed) return `The key of ${name} has changed: compare the numbers first`;
  switch (conversation.phase) {
    case 'idle':
      return `Call ${name} to write`;
    case 'calling':
      return `${name} has not accepted yet`;
    case 'request':
      return 'Accept to write';
    case 'agreeing':
      return 'Agreeing on keys…';
    case 'offered':
      return `Waiting for ${name}`;
    case 'open':
      return undefined;
  }
}

const placeholder = ({ kind, name }: Conversation): string =>
  (kind === 'room' ? `Write to all in #${name}` : `Write to ${name}`);

function most(conversation: Conversation): number {
  if (conversation.kind === 'room') return ROOM_TEXT_MAX;
  return conversation.signing === 'yes' ? SIGNED_TEXT_MAX : CHAT_TEXT_MAX;
}

const tooLong = (conversation: Conversation, text: string): boolean => bytesOf(text) > most(conversation);

/** Said only where it comes near the limit. */
function counter(conversation: Conversation, text: string): Element_ {
  const bytes = bytesOf(text);
  const max = most(conversation);
  const numbers = `${bytes.toLocaleString('en')} of ${max.toLocaleString('en')} bytes`;
  return h('p', { id: 'counter', class: `counter${bytes > max ? ' over' : ''}`, role: 'status' },
    bytes > max ? `Too long: ${numbers}. Send it in parts.` : bytes > COUNTED_FROM ? numbers : '');
}
