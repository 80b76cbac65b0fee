import { WireError } from '../errors.js';
import type { Party } from './safety-number.js';
import { conversationHash, firstHash, receiptHash, saidHash, type Signer, textHash } from './signed-text.js';

/** What one side has said. */
interface Side {
  count: number;
  /** Time of its last text. */
  time: number;
  /** How many texts of the other it has signed for, in a text or a receipt. */
  seen: number;
  /** h(x, n), for every n that the other may still refer to. */
  readonly hashes: Map<number, Buffer>;
}

interface Place {
  readonly time: number;
  readonly seen: number;
}

export interface NewText extends Place {
  readonly text: string;
}

/** A text of which only H(text) is known. */
export interface HashedText extends Place {
  /** 32 bytes. */
  readonly textHash: Buffer;
}

/** A hash to sign or to verify; `commit` is called when that is done, and before the next of the same side. */
export interface Step {
  /** Number of the text; of a receipt, how many texts its sender has said. */
  readonly n: number;
  readonly hash: Buffer;
  commit(): void;
}

const other = (signer: Signer): Signer => (signer === 'caller' ? 'receiver' : 'caller');

/**
 * The signed texts of both sides of one conversation, as they hold on to each other (docs/PROTOCOL.md part 11). Client
 * and verifier follow it alike. What does not fit throws WireError 'malformed' and changes nothing.
 */
export class SignedHistory {
  readonly #sides: Readonly<Record<Signer, Side>>;

  constructor(conversation: string, caller: Party, receiver: Party) {
    const z = conversationHash(conversation, caller, receiver);
    const side = (signer: Signer): Side =>
      ({ count: 0, time: 0, seen: 0, hashes: new Map([[0, firstHash(z, signer)]]) });
    this.#sides = { caller: side('caller'), receiver: side('receiver') };
  }

  /** How many texts that side has said. */
  count(signer: Signer): number {
    return this.#sides[signer].count;
  }

  /** How many texts of the other that side has signed for. */
  seen(signer: Signer): number {
    return this.#sides[signer].seen;
  }

  text(signer: Signer, { text, ...place }: NewText): Step {
    return this.hashed(signer, { ...place, textHash: textHash(text) });
  }

  hashed(signer: Signer, { time, seen, textHash: said }: HashedText): Step {
    const side = this.#sides[signer];
    const n = side.count + 1;
    if (time < side.time) throw new WireError('malformed', 'time: before that of the text before');
    const seenHash = this.#seenHash(signer, seen);
    const hash = saidHash(this.#last(side), { n, time, seen, seenHash, textHash: said });
    return {
      n, hash,
      commit: () => {
        side.time = time;
        this.#add(side, n, hash);
        this.#see(signer, seen);
      },
    };
  }

  /** @param seen how many of the other's texts it is for */
  receipt(signer: Signer, own: number, seen: number): Step {
    const side = this.#sides[signer];
    if (own !== side.count) throw new WireError('malformed', 'receipt: not for all own texts before it');
    const otherHash = this.#seenHash(signer, seen);
    const hash = receiptHash(signer, { own, ownHash: this.#last(side), other: seen, otherHash });
    return { n: own, hash, commit: () => this.#see(signer, seen) };
  }

  #last(side: Side): Buffer {
    return side.hashes.get(side.count)!;
  }

  #seenHash(signer: Signer, seen: number): Buffer {
    const hash = seen < this.#sides[signer].seen ? undefined : this.#sides[other(signer)].hashes.get(seen);
    if (!hash) throw new WireError('malformed', 'seen: fewer than before, or more than there are');
    return hash;
  }

  #add(side: Side, n: number, hash: Buffer): void {
    side.count = n;
    side.hashes.set(n, hash);
  }

  /** Hashes below that nobody can refer to any more: they are let go. */
  #see(signer: Signer, seen: number): void {
    const { hashes } = this.#sides[other(signer)];
    for (let n = this.#sides[signer].seen; n < seen; n++) hashes.delete(n);
    this.#sides[signer].seen = seen;
  }
}
