import type { Command, Event } from '../../../engine/protocol.js';
import type { Key, Question } from './model.js';

/** What changes the model. */
export type Change =
  | { readonly event: Event }
  /** A command that a page gave, just before the engine gets it. */
  | { readonly did: Command }
  /** The person has looked at a conversation: nothing in it is unread. */
  | { readonly seen: Key }
  /** What is asked for on the page, or nothing any more. */
  | { readonly asked: Question | null };

/** `time` is in ms since 1970, and given by the process of the client. */
export type Entry = Change & { readonly time: number };
