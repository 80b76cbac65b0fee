import { randomBytes } from '../../../common/crypto/node.js';
import { changeHash, signChange } from '../../../common/crypto/room-change.js';
import { WireError } from '../../../common/errors.js';
import { memberOf, type Members, membersAfter, type Named } from '../../../common/rooms/members.js';
import { errorCodes } from '../../../common/wire/commands.js';
import { type Action, actionOf, actions, type Change } from '../../../common/wire/room-change.js';
import type { RoomPorts } from './ports.js';

/** A change that one wants, and has not seen come back. */
interface Wish {
  readonly action: Action;
  readonly target: Named;
  /** H of what was sent. */
  hash?: Buffer;
  tries: number;
}

/** Others may change the list at the same moment; so often it is tried on top of theirs. */
const TRIES_MAX = 20;

/** Who belongs to a room and who is present: what the relay tells in order, and what one changes oneself. */
export class Membership {
  /** In the order in which they came; oneself among them once one is in the list. */
  present: string[] = [];
  readonly #wishes: Wish[] = [];

  constructor(private readonly ports: RoomPorts, private readonly own: Named) {}

  get members(): Members {
    return this.ports.memory.history.members;
  }

  has(username: string): boolean {
    return memberOf(this.members, username) !== undefined;
  }

  /**
   * Takes a change that the relay hands on. Throws WireError and TrustError where it must not be.
   * @returns the change, where it is new
   */
  async take(bytes: Buffer): Promise<{ change: Change; first: boolean } | undefined> {
    const { room, directory, memory: { history }, session } = this.ports;
    const keyOf = async ({ username, fingerprint }: Named) => (await directory.key(username, fingerprint)).identity;
    const accepted = await history.accept(bytes, keyOf);
    if (accepted.is === 'known') {
      // The relay was started anew and has an older head: it gets what it does not know.
      for (const change of accepted.newer) session.send('chng', { room, change });
      return undefined;
    }
    const { change, first } = accepted;
    const [wish] = this.#wishes;
    if (wish?.hash?.equals(history.hash!)) this.#wishes.shift();
    await this.#next();
    const { target } = change;
    if (actionOf(change) === 'leave' || actionOf(change) === 'remove') this.present = this.present.filter((name) => name !== target);
    return { change, first };
  }

  /* What one wants oneself. */

  /** The head of a room that the relay does not know: what one has of it, or a new one. */
  async make(): Promise<void> {
    const { room, memory: { history }, session } = this.ports;
    if (history.head) return session.send('chng', { room, change: history.head });
    await this.change('make', this.own);
  }

  async change(action: Action, target: Named): Promise<void> {
    this.#wishes.push({ action, target, tries: 0 });
    if (this.#wishes.length === 1) await this.#next();
  }

  /** The relay did not take it. */
  async refused(code: number): Promise<void> {
    const [wish] = this.#wishes;
    if (!wish) return;
    // Another change was before it: that one comes, or has come, and it is tried again on top.
    const again = code === errorCodes.notTheHead && wish.tries < TRIES_MAX;
    if (again) delete wish.hash;
    else this.#wishes.shift();
    await this.#next();
  }

  async #next(): Promise<void> {
    const [wish] = this.#wishes;
    if (!wish || wish.hash) return;
    const { room, self: { credentials }, session, emit } = this.ports;
    try {
      const bytes = await signChange(room, this.#unsigned(wish), credentials.identity);
      wish.hash = changeHash(room, bytes);
      wish.tries++;
      session.send('chng', { room, change: bytes });
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#wishes.shift();
      emit({ event: 'error', room, code: 'not-now', text: error.message, with: wish.target.username });
      await this.#next();
    }
  }

  #unsigned({ action, target }: Wish) {
    const { memory: { history } } = this.ports;
    const members = membersAfter(this.members, this.own, action, target);
    return {
      number: history.next, previous: history.hash ?? randomBytes(32),
      author: this.own.username, authorKey: this.own.fingerprint,
      action: actions[action], target: target.username, targetKey: target.fingerprint, members,
    };
  }
}
