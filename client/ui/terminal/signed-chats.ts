import type { ChatEvent } from '../../engine/protocol.js';

/** Which chats are signed, who asks for that, and what the last text shown was: a word tells where it changes. */
export class SignedChats {
  readonly asking = new Set<string>();
  readonly #signed = new Set<string>();
  readonly #lastShown = new Map<string, boolean>();

  has(peer: string): boolean {
    return this.#signed.has(peer);
  }

  take(event: ChatEvent): void {
    switch (event.event) {
      case 'sign-request':
        this.asking.add(event.with);
        break;
      case 'signed':
        this.asking.delete(event.with);
        this.#signed.add(event.with);
        break;
      case 'chat':
      case 'left':
        this.asking.delete(event.with);
        this.#signed.delete(event.with);
        this.#lastShown.delete(event.with);
    }
  }

  /** To be called once for each text that is shown. @returns the word before it, if it is not as the one before */
  mark(peer: string, signed: boolean): string {
    const changed = (this.#lastShown.get(peer) ?? false) !== signed;
    this.#lastShown.set(peer, signed);
    return changed ? (signed ? 'signed' : 'not signed') : '';
  }
}
