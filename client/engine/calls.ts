import { errorCodes, type ServerPayload } from '../../common/wire/commands.js';
import { sentenceFor } from './command-errors.js';
import type { Emit } from './protocol.js';
import type { Session } from './session.js';

/** A relay allows 64 at a time; one that sends more than this wants to fill the memory. */
const INCOMING_MAX = 1_000;

/**
 * Requests to chat, before there is a conversation (docs/PROTOCOL.md part 4, "event in a call"): whom one is calling,
 * who is calling, and whom one has accepted. A `pubk` uses up what it answers.
 */
export class Calls {
  readonly #outgoing = new Set<string>();
  readonly #incoming = new Set<string>();
  readonly #accepted = new Set<string>();
  /** Calls withdrawn here that may have been accepted there at the same time. */
  readonly #withdrawn = new Set<string>();
  /** Calls that offer a conversation again whose connection was lost. */
  readonly #again = new Set<string>();

  constructor(
    private readonly session: Session,
    private readonly emit: Emit,
    /** Whom a chat that was lost could not be offered to yet, and who has answered. */
    private readonly offers: { absent(username: string): void; settle(username: string): boolean },
  ) {}

  call(username: string, again = false): void {
    if (this.#outgoing.has(username)) return again ? undefined : this.#error(errorCodes.exists, username);
    this.#outgoing.add(username);
    this.#withdrawn.delete(username);
    if (again) this.#again.add(username);
    else this.offers.settle(username);
    this.session.send('chat', { username });
  }

  cancel(username: string): void {
    const offered = this.offers.settle(username);
    const called = this.#outgoing.delete(username);
    if (!offered && !called) return this.#error(errorCodes.noRequest, username);
    this.#again.delete(username);
    if (called) {
      this.#withdrawn.add(username);
      this.session.send('cach', { username });
    }
    this.emit({ event: 'cancelled', with: username });
  }

  accept(username: string): void {
    if (!this.#incoming.delete(username)) return this.#error(errorCodes.noRequest, username);
    this.#accepted.add(username);
    this.session.send('acpt', { username });
  }

  refuse(username: string): void {
    if (!this.#incoming.delete(username)) return this.#error(errorCodes.noRequest, username);
    this.session.send('refu', { username });
  }

  /** Whether a `pubk` in this role was asked for; that is used up. */
  answered(role: 'caller' | 'receiver', username: string): boolean {
    this.#again.delete(username);
    this.offers.settle(username);
    return role === 'caller' ? this.#outgoing.delete(username) : this.#accepted.delete(username);
  }

  /** Whether a `pubk` as the caller crosses a call that was withdrawn: it is left without a word (part 4). */
  withdrew(username: string): boolean {
    return !this.#outgoing.has(username) && this.#withdrawn.delete(username);
  }

  /* From the server. */

  readonly called = ({ username }: ServerPayload<'call'>): void => {
    if (this.#outgoing.has(username)) this.emit({ event: 'calling', with: username });
  };

  readonly requested = ({ username }: ServerPayload<'reqt'>): void => {
    if (this.#incoming.has(username) || this.#incoming.size >= INCOMING_MAX) return;
    this.#incoming.add(username);
    this.emit({ event: 'request', with: username });
  };

  readonly refused = ({ username }: ServerPayload<'refu'>): void => {
    this.offers.settle(username);
    if (this.#outgoing.delete(username)) this.emit({ event: 'refused', with: username });
  };

  readonly withdrawn = ({ username }: ServerPayload<'cach'>): void => {
    const accepted = this.#accepted.delete(username);
    if (this.#incoming.delete(username) || accepted) this.emit({ event: 'cancelled', with: username });
  };

  /** An `erro` about one of the four commands. What has just ended by itself is not worth a word. */
  failed(command: string, code: number, username: string): void {
    const again = this.#again.delete(username);
    if (command === 'chat') {
      if (!this.#outgoing.delete(username)) return;
      if (again && code === errorCodes.callingYou) return this.#acceptAgain(username);
      if (again && code === errorCodes.notOnline) return this.offers.absent(username);
      this.offers.settle(username);
      return this.#error(code, username);
    }
    if (command === 'acpt' && this.#accepted.delete(username)) this.#error(code, username);
  }

  /** Both offer to go on at once: that is an answer. */
  #acceptAgain(username: string): void {
    this.#incoming.add(username);
    this.accept(username);
  }

  #error(code: number, username: string): void {
    const sentence = sentenceFor(code, username);
    if (sentence) this.emit({ event: 'error', ...sentence, with: username });
  }
}
