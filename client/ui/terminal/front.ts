/**
 * What the lines that are typed belong to.
 *
 * Words meant for one peer must reach neither another nor the relay, so the front changes by itself only
 * where nothing can go astray: a chat that ends stays in front while a line is being typed for it, and a new
 * chat takes the front from the server prompt alone, never from another chat.
 */
export type Front =
  | { readonly at: 'server' }
  | { readonly at: 'chat'; readonly with: string }
  /** The chat is over, and the person has not said that the next line is for something else. */
  | { readonly at: 'ended'; readonly with: string }
  /** Only where lines come from a script: those for a peer who has not answered yet wait. */
  | { readonly at: 'calling'; readonly with: string };
