import { decode } from '../../../common/bytes/codec.js';
import type { PublicIdentity } from '../../../common/crypto/identity.js';
import { changeHash, verifyChange } from '../../../common/crypto/room-change.js';
import { sameBytes } from '../../../common/crypto/node.js';
import { TrustError } from '../../../common/errors.js';
import { checkMembers, type Members, type Named } from '../../../common/rooms/members.js';
import { ROOM_CHANGES_KEPT } from '../../../common/wire/limits.js';
import { change, type Change } from '../../../common/wire/room-change.js';

interface Kept {
  readonly change: Change;
  readonly bytes: Buffer;
  readonly hash: Buffer;
}

export type Accepted =
  /** It is on top of the head; or the first one that is seen. */
  | { readonly is: 'new'; readonly change: Change; readonly first: boolean }
  /** It is known; `newer` are those that stand on it. */
  | { readonly is: 'known'; readonly newer: readonly Buffer[] };

/**
 * Who belongs to a room, as this client has checked it (docs/PROTOCOL.md part 10, Changes). It outlives a connection,
 * so that no relay goes back behind what was seen.
 */
export class History {
  readonly #kept: Kept[] = [];

  constructor(private readonly room: string, private readonly own: Named) {}

  get #head(): Kept | undefined {
    return this.#kept.at(-1);
  }

  get members(): Members {
    return this.#head?.change.members ?? [];
  }

  /** What `join` says: the number of the head + 1, or 0 without one. */
  get next(): number {
    return this.#head ? this.#head.change.number + 1 : 0;
  }

  /** H of the head, 32 bytes; undefined without one. */
  get hash(): Buffer | undefined {
    return this.#head?.hash;
  }

  get head(): Buffer | undefined {
    return this.#head?.bytes;
  }

  /**
   * Takes a change that came. Throws WireError 'malformed' and TrustError 'tampered' where it is not one of an entitled
   * member, or not the next: then nothing has changed.
   * @param keyOf the author's key
   */
  async accept(bytes: Buffer, keyOf: (author: Named) => Promise<PublicIdentity>): Promise<Accepted> {
    const came = decode(change, bytes);
    const hash = changeHash(this.room, bytes);
    const head = this.#head;
    if (head && came.number <= head.change.number) return this.#known(came.number, hash);
    if (head) this.#checkNext(head, came);
    else this.#checkFirst(came);
    verifyChange(this.room, came, await keyOf({ username: came.author, fingerprint: came.authorKey }));
    this.#kept.push({ change: came, bytes: Buffer.from(bytes), hash });
    if (this.#kept.length > ROOM_CHANGES_KEPT) this.#kept.shift();
    return { is: 'new', change: came, first: !head };
  }

  #known(number: number, hash: Buffer): Accepted {
    const at = this.#kept.findIndex((kept) => kept.change.number === number && sameBytes(kept.hash, hash));
    if (at < 0) throw new TrustError('tampered', `The relay shows another history of ${this.room} than before.`);
    return { is: 'known', newer: this.#kept.slice(at + 1).map(({ bytes }) => bytes) };
  }

  #checkNext(head: Kept, came: Change): void {
    if (came.number !== head.change.number + 1 || !sameBytes(came.previous, head.hash)) {
      throw new TrustError('tampered', `A change of ${this.room} does not follow the one before.`);
    }
    checkMembers(head.change.members, came);
  }

  /** Who enters anew has nothing to compare with: only that the list can be one, and has oneself with the right key. */
  #checkFirst(first: Change): void {
    const { username, fingerprint } = this.own;
    const { members } = first;
    if (first.number === 0) checkMembers([], first);
    const own = members.find((member) => member.username === username);
    if (!own || !sameBytes(own.fingerprint, fingerprint)) {
      throw new TrustError('tampered', `The relay shows a list of ${this.room} that does not have you with your key.`);
    }
    const names = new Set(members.map((member) => member.username));
    const keys = new Set(members.map((member) => member.fingerprint.toString('hex')));
    if (names.size < members.length || keys.size < members.length) {
      throw new TrustError('tampered', `The relay shows a list of ${this.room} that has somebody twice.`);
    }
  }
}
