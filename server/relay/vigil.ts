import type { Clock, Timer } from '../../common/clock.js';
import type { RelayLimits } from '../../common/wire/limits.js';

type Limits = Pick<RelayLimits, 'silenceMs' | 'idleMs' | 'stalledMs' | 'takeoverMs'>;

/** What has become due. */
export type Due = 'ping' | 'silence' | 'idle' | 'stalled' | 'no-pong';

export interface Watched {
  /** Since when the other side takes no byte, if it does not. */
  readonly blockedSince: number | undefined;
  due(what: Due): void;
}

/**
 * The times of one connection (docs/PROTOCOL.md part 6). One timer serves them all: a message only notes when it came,
 * and the timer looks at that when it fires.
 */
export class Vigil {
  #lastRecord: number;
  #lastActive: number;
  #pinged = false;
  #pongBy = Infinity;
  #timer: Timer | undefined;
  #at = Infinity;

  constructor(
    private readonly limits: Limits,
    private readonly clock: Clock,
    private readonly over: Watched,
  ) {
    this.#lastRecord = this.#lastActive = clock.now();
    this.#arm();
  }

  /** A whole record has come. */
  record(): void {
    this.#lastRecord = this.clock.now();
    this.#pinged = false;
  }

  /** A command, or a `frwd` sent or delivered. */
  active(): void {
    this.#lastActive = this.clock.now();
  }

  /** The other side takes nothing at the moment. */
  blocked(since: number): void {
    if (since + this.limits.stalledMs < this.#at) this.#arm();
  }

  /** From now on a pong is awaited; asking again gives no more time. */
  expectPong(): void {
    if (this.#pongBy < Infinity) return;
    this.#pongBy = this.clock.now() + this.limits.takeoverMs;
    this.#arm();
  }

  pong(): void {
    this.#pongBy = Infinity;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#at = -Infinity;
  }

  #arm(): void {
    this.#timer?.cancel();
    const { silenceMs, idleMs } = this.limits;
    const silent = this.#lastRecord + (this.#pinged ? 2 : 1) * silenceMs;
    this.#at = Math.min(silent, this.#lastActive + idleMs, this.#stalledAt(), this.#pongBy);
    this.#timer = this.clock.after(Math.max(0, this.#at - this.clock.now()), this.#look);
  }

  #stalledAt(): number {
    return (this.over.blockedSince ?? Infinity) + this.limits.stalledMs;
  }

  readonly #look = (): void => {
    const what = this.#whatIsDue();
    if (what === 'ping') this.#pinged = true;
    if (what) this.over.due(what);
    if (this.#at !== -Infinity) this.#arm();
  };

  #whatIsDue(): Due | undefined {
    const now = this.clock.now();
    const { silenceMs, idleMs } = this.limits;
    if (now >= this.#stalledAt()) return 'stalled';
    if (now >= this.#pongBy) return 'no-pong';
    if (now >= this.#lastActive + idleMs) return 'idle';
    if (this.#pinged && now >= this.#lastRecord + 2 * silenceMs) return 'silence';
    if (!this.#pinged && now >= this.#lastRecord + silenceMs) return 'ping';
    return undefined;
  }
}
