import { toTheFront } from './conversations.js';
import { ITEM_SIZE, ITEMS_MAX, LINE_MAX, NOTICES_MAX, SIZE_MAX } from './limits.js';
import type { Conversation, Item, Line, Model, Text, Tone } from './model.js';

/* What is said and what happens in conversations, and how much of it is kept. */

export type Said =
  Pick<Text, 'mine' | 'from' | 'text' | 'time'> & Partial<Pick<Text, 'id' | 'mark' | 'signed' | 'late'>>;

/** What becomes known of a text. */
export type Known = Partial<Pick<Text, 'mark' | 'signed' | 'why' | 'missing'>>;

export function addText(model: Model, conversation: Conversation, said: Said): void {
  const { id, mine, from, text, time, mark, signed = false, late = false } = said;
  const why = undefined;
  add(model, conversation, { kind: 'text', id, mine, from, text, time, mark, signed, late, missing: [], why });
  toTheFront(model, conversation);
}

/**
 * Says what has happened. Where the same was said since the last text, that goes: whoever calls and gives up in a loop
 * fills one line.
 */
export function addLine(model: Model, conversation: Conversation, time: number, tone: Tone, text: string): void {
  const line: Line = { kind: 'line', time, tone, text: clipped(text) };
  const { items } = conversation;
  for (let at = items.length - 1; items[at]?.kind === 'line'; at--) {
    if (items[at]!.text !== line.text) continue;
    take(conversation, at);
    break;
  }
  add(model, conversation, line);
  if (tone !== 'quiet') toTheFront(model, conversation);
}

/** Says it where it belongs to no conversation. */
export function addNotice(model: Model, time: number, tone: Tone, text: string): void {
  const { notices } = model;
  if (notices.at(-1)?.text === clipped(text)) notices.pop();
  notices.push({ time, tone, text: clipped(text) });
  if (notices.length > NOTICES_MAX) notices.shift();
}

/** The person is to look at it, however often somebody asks. */
export function callAttention(conversation: Conversation): void {
  conversation.unread = Math.max(conversation.unread, 1);
}

/** One's own text: the last one of that id. */
export function ownText({ items }: Conversation, id: string | undefined): Text | undefined {
  if (id === undefined) return undefined;
  return items.findLast((item): item is Text => item.kind === 'text' && item.mine && item.id === id);
}

export function alter(conversation: Conversation, text: Text, known: Known): void {
  const before = sizeOf(text);
  Object.assign(text, known);
  conversation.size += sizeOf(text) - before;
}

/** Nothing more comes of what was said: it is over, or broke off. */
export function settle(conversation: Conversation): void {
  for (const item of conversation.items) {
    if (item.kind !== 'text') continue;
    if (item.mark === 'waiting') alter(conversation, item, { mark: 'not-sent' });
    else if (item.mark === 'sent') alter(conversation, item, { mark: 'unconfirmed' });
  }
}

function add(model: Model, conversation: Conversation, item: Item): void {
  conversation.items.push(item);
  conversation.size += sizeOf(item);
  if (conversation.items.length > ITEMS_MAX) drop(conversation);
  let total = model.conversations.reduce((sum, { size }) => sum + size, 0);
  while (total > SIZE_MAX) {
    const largest = model.conversations.reduce((one, other) => (other.size > one.size ? other : one));
    total -= largest.size;
    drop(largest);
    total += largest.size;
  }
}

function drop(conversation: Conversation): void {
  take(conversation, 0);
  conversation.dropped++;
}

function take(conversation: Conversation, at: number): void {
  for (const item of conversation.items.splice(at, 1)) conversation.size -= sizeOf(item);
}

/** In characters. */
function sizeOf(item: Item): number {
  if (item.kind === 'line') return ITEM_SIZE + item.text.length;
  return item.missing.reduce((sum, name) => sum + name.length, ITEM_SIZE + item.text.length + (item.why?.length ?? 0));
}

export const clipped = (text: string): string => (text.length <= LINE_MAX ? text : `${text.slice(0, LINE_MAX - 1)}…`);
