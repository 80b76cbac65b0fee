import type { ChatEvent } from '../../engine/protocol.js';

const endsProposal: ReadonlySet<ChatEvent['event']> =
  new Set(['signed', 'sign-refused', 'sign-unanswered', 'chat', 'left']);

/** Of `error` events that answer the command itself. */
const notProposed: ReadonlySet<string> = new Set(['no-conversation', 'not-logged-in', 'queue-full']);

/**
 * Which chats are signed, who asks for that or is asked, and what the last text shown was: a word tells where it
 * changes.
 */
export class SignedChats {
  readonly asking = new Set<string>();
  /** Whose answer to a proposal is waited for: what is said waits too. */
  readonly asked = new Set<string>();
  /** Whom the person has ever wanted to sign with: a script says nothing unsigned to them any more. */
  readonly wanted = new Set<string>();
  readonly #signed = new Set<string>();
  readonly #lastShown = new Map<string, boolean>();

  has(peer: string): boolean {
    return this.#signed.has(peer);
  }

  /** The person proposes, or agrees. */
  sign(peer: string, isOpen: boolean): void {
    this.wanted.add(peer);
    if (isOpen && !this.asking.has(peer) && !this.#signed.has(peer)) this.asked.add(peer);
  }

  /** What is said to that peer waits for its answer, or is signed: how it is shown. */
  markOfOwn(peer: string): string {
    return this.asked.has(peer) ? 'waits to be signed' : this.mark(peer, this.has(peer));
  }

  take(event: ChatEvent): void {
    if (endsProposal.has(event.event) && 'with' in event) this.asked.delete(event.with!);
    switch (event.event) {
      case 'sign-request':
        this.asking.add(event.with);
        break;
      case 'signed':
        this.asking.delete(event.with);
        this.#signed.add(event.with);
        break;
      case 'error':
        if (event.id === undefined && notProposed.has(event.code)) this.asked.delete(event.with ?? '');
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
