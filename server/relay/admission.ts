import type { Clock } from '../../common/clock.js';
import type { RelayLimits } from '../../common/wire/limits.js';
import { addressGroup } from './address.js';
import { FadingMap } from './fading-map.js';

type Limits =
  Pick<RelayLimits, 'connectionsPerAddress' | 'connectRate' | 'connectBurst' | 'handshakesPerAddress' | 'handshakes'>;

/** Why a connection is not let in. */
export type NotAdmitted = 'connects-too-often' | 'too-many-connections';

/** What a connection holds; `finished` when its user is logged in, `closed` when it is gone. Both may come twice. */
export interface Ticket {
  finished(): void;
  closed(): void;
}

/** Who may connect: docs/PROTOCOL.md part 6, Connections. */
export class Admission {
  readonly #addresses: FadingMap<Address>;
  /** The unfinished ones, the oldest first. */
  readonly #handshakes = new Set<Handshake>();

  constructor(private readonly limits: Limits, private readonly clock: Clock) {
    this.#addresses = new FadingMap(
      () => ({ connections: 0, handshakes: 0, tokens: limits.connectBurst, at: clock.now() }),
      (address) => address.connections === 0 && this.#tokens(address) >= limits.connectBurst,
    );
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#addresses.size;
  }

  get unfinished(): number {
    return this.#handshakes.size;
  }

  /** @param drop ends this connection where all are used and it is the oldest unfinished one, of its address or of all */
  admit(remote: string, drop: () => void): Ticket | NotAdmitted {
    const { limits } = this;
    const address = this.#addresses.of(addressGroup(remote));
    address.tokens = this.#tokens(address);
    address.at = this.clock.now();
    if (address.tokens < 1) return 'connects-too-often';
    address.tokens--;
    if (address.connections >= limits.connectionsPerAddress) return 'too-many-connections';
    if (address.handshakes >= limits.handshakesPerAddress) this.#dropOldest(address);
    if (this.#handshakes.size >= limits.handshakes) this.#dropOldest();
    return new Handshake(address, this.#handshakes, drop);
  }

  /** A bucket that fills with `connectRate` tokens a second up to `connectBurst`. */
  #tokens({ tokens, at }: Address): number {
    return Math.min(this.limits.connectBurst, tokens + (this.clock.now() - at) / 1000 * this.limits.connectRate);
  }

  /** @param address only one of its own: neighbours behind one address can slow each other's logins, not stop them */
  #dropOldest(address?: Address): void {
    for (const oldest of this.#handshakes) {
      if (address && oldest.address !== address) continue;
      return oldest.dropped();
    }
  }
}

/** The ticket stays as long as its connection; what its handshake took goes with that. */
class Handshake implements Ticket {
  #open = true;

  /** @param all of which it is one until it is finished */
  constructor(readonly address: Address, private readonly all: Set<Handshake>, private drop: (() => void) | undefined) {
    address.connections++;
    address.handshakes++;
    all.add(this);
  }

  dropped(): void {
    const { drop } = this;
    this.finished();
    drop?.();
  }

  finished(): void {
    if (!this.all.delete(this)) return;
    this.address.handshakes--;
    this.drop = undefined;
  }

  closed(): void {
    this.finished();
    if (this.#open) this.address.connections--;
    this.#open = false;
  }
}

interface Address {
  connections: number;
  handshakes: number;
  tokens: number;
  /** When `tokens` was right, in milliseconds of the clock. */
  at: number;
}
