import type { Clock, Timer } from '../../common/clock.js';

const FIRST_MS = 2_000;
const LONGEST_MS = 60_000;
/** After this the person may call by hand. */
const OFFERED_MS = 10 * 60_000;

interface Offer {
  readonly until: number;
  pause: number;
  timer?: Timer;
}

/**
 * Chats that were open when the connection was lost. Each is offered again by a call; a peer who is not back yet is
 * called again after growing pauses.
 */
export class Offers {
  readonly #offers = new Map<string, Offer>();

  constructor(private readonly clock: Clock, private readonly call: (peer: string) => void) {}

  add(peer: string): void {
    this.#offers.set(peer, { until: this.clock.now() + OFFERED_MS, pause: FIRST_MS });
  }

  /** There is a connection again. */
  online(): void {
    for (const peer of [...this.#offers.keys()]) this.call(peer);
  }

  /** The connection is gone: the next one begins anew. */
  offline(): void {
    for (const offer of this.#offers.values()) offer.timer?.cancel();
  }

  /** The peer is not online yet. */
  absent(peer: string): void {
    const offer = this.#offers.get(peer);
    if (!offer) return;
    if (this.clock.now() + offer.pause > offer.until) return void this.settle(peer);
    offer.timer = this.clock.after(offer.pause, () => this.call(peer));
    offer.pause = Math.min(LONGEST_MS, offer.pause * 2);
  }

  /** The person, or the peer, has answered in one way or another. @returns whether the chat was on offer */
  settle(peer: string): boolean {
    this.#offers.get(peer)?.timer?.cancel();
    return this.#offers.delete(peer);
  }

  clear(): void {
    for (const peer of [...this.#offers.keys()]) this.settle(peer);
  }
}
