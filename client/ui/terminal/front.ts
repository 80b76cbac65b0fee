import type { Place } from './place.js';

/**
 * What the lines that are typed belong to.
 *
 * Words meant for one peer, or one room, must reach neither another nor the relay, so the front changes by itself only
 * where nothing can go astray: a chat that ends stays in front while a line is being typed for it, and a new
 * chat takes the front from the server prompt alone, never from another chat.
 */
export type Front =
  | { readonly at: 'server' }
  | { readonly at: 'chat' } & Place
  /** The chat is over, or the room left, and the person has not said that the next line is for something else. */
  | { readonly at: 'ended' } & Place
  /** Only where lines come from a script: those for a peer who has not answered yet, or a room not entered, wait. */
  | { readonly at: 'calling' } & Place
  /** Only in a script: a room that is being left. What is behind waits, and is not for that room. */
  | { readonly at: 'leaving' } & Place;
