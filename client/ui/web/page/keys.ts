import { isSame } from '../model/model.js';
import type { Page } from './page.js';

/** What can be done from the keyboard, wherever the focus is. */
export function onKey(page: Page, event: KeyboardEvent): void {
  if (event.isComposing || document.querySelector('dialog[open]')) return;
  const { key, altKey, ctrlKey, metaKey } = event;
  const only = altKey && !ctrlKey && !metaKey;
  if (only && /^[1-9]$/.test(key)) choose(page, event, Number(key) - 1);
  else if (only && key === 'ArrowUp') choose(page, event, next(page, -1));
  else if (only && key === 'ArrowDown') choose(page, event, next(page, 1));
  else if ((ctrlKey || metaKey) && !altKey && key === 'k') focus(event, 'search');
  else if (key === '/' && !isField(event.target)) focus(event, 'search');
  else if (key === 'Escape') leaveSearch(page, event);
}

function choose(page: Page, event: KeyboardEvent, at: number): void {
  event.preventDefault();
  const conversation = page.model.conversations[at];
  if (!conversation) return;
  page.choose(conversation);
  focusComposer();
}

function next({ model, ui }: Page, by: 1 | -1): number {
  const { length } = model.conversations;
  const at = ui.chosen ? model.conversations.findIndex((conversation) => isSame(conversation, ui.chosen!)) : -1;
  if (at < 0) return by > 0 ? 0 : length - 1;
  return (at + by + length) % length;
}

function leaveSearch(page: Page, event: KeyboardEvent): void {
  event.preventDefault();
  page.search('');
  focusComposer();
}

function focus(event: KeyboardEvent, id: string): void {
  event.preventDefault();
  document.getElementById(id)?.focus();
}

/** After what was drawn because of it. */
export function focusComposer(): void {
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById('composer')?.focus()));
}

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea');
