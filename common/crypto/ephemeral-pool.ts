import type { Clock, Timer } from '../clock.js';
import { HandshakeError } from '../errors.js';
import { SHARED_KEY_MS } from '../wire/limits.js';
import { type KeyMaker, WorkerKeyMaker } from './rsa-key-maker.js';
import type { Secret } from './secret.js';
import { type EphemeralKey, type RsaEphemeral, rsaSuite, type Suite, suiteById, suites, X25519Ephemeral, x25519Suite } from './suite.js';

/** A key that could not be made is tried again after this pause. */
const RETRY_MS = 1_000;

/**
 * Ephemeral keys for a responder (docs/PROTOCOL.md part 6): RSA keys made ahead of need, one at a time, each used once.
 * When none is left, x25519 is taken where it was offered; else the newest key serves further handshakes for 10 s from
 * its first use and is destroyed 10 s later at the latest.
 */
export class EphemeralPool {
  readonly #ready: RsaEphemeral[] = [];
  readonly #waiting: { resolve: (key: EphemeralKey) => void; reject: (error: Error) => void }[] = [];
  /** `later`: the key being made was begun before it was asked for, and goes to somebody else. */
  readonly #fresh: { later: boolean; resolve: (key: EphemeralKey) => void; reject: (error: Error) => void }[] = [];
  readonly #maker: KeyMaker;
  #shared: SharedKey | undefined;
  #making = false;
  #retry: Timer | undefined;
  #closed = false;

  constructor(
    private readonly options: {
      readonly keys: number;
      readonly clock: Clock;
      readonly maker?: KeyMaker;
      /** Told of what a person who runs a server wants to know. */
      readonly log?: (event: 'pool-empty' | 'pool-failed') => void;
    },
  ) {
    this.#maker = options.maker ?? new WorkerKeyMaker();
    this.#fill();
  }

  /** RSA keys that are ready. */
  get ready(): number {
    return this.#ready.length;
  }

  /**
   * A key of the first suite offered that is supported, with the exception above.
   * Throws HandshakeError 'no-common-suite'; 'refused' once closed.
   */
  async take(offered: readonly number[]): Promise<EphemeralKey> {
    if (firstSupported(offered) === x25519Suite) return new X25519Ephemeral();
    return this.#takeRsa(offered.includes(x25519Suite.id));
  }

  /** Like `take`, but an RSA key is one that is begun after this call, and serves nobody else. */
  async takeFresh(offered: readonly number[]): Promise<EphemeralKey> {
    if (firstSupported(offered) === x25519Suite) return new X25519Ephemeral();
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(closedError());
      this.#fresh.push({ later: this.#making, resolve, reject });
      this.#fill();
    });
  }

  #takeRsa(otherwise: boolean): EphemeralKey | Promise<EphemeralKey> {
    const key = this.#ready.pop();
    this.#fill();
    if (key) return this.#ready.length > 0 ? key : this.#share(key).handle();
    if (otherwise) return new X25519Ephemeral();
    if (this.#shared?.open) return this.#shared.handle();
    this.options.log?.('pool-empty');
    return new Promise((resolve, reject) => {
      if (this.#closed) reject(closedError());
      else this.#waiting.push({ resolve, reject });
      this.#fill();
    });
  }

  #share(key: RsaEphemeral): SharedKey {
    this.#shared?.retire();
    return (this.#shared = new SharedKey(key, this.options.clock));
  }

  #fill(): void {
    if (this.#making || this.#closed || this.#retry) return;
    if (this.#ready.length >= this.options.keys && this.#waiting.length + this.#fresh.length === 0) return;
    this.#making = true;
    this.#maker.make().then(
      (key) => {
        this.#making = false;
        this.#made(key);
      },
      () => {
        this.#making = false;
        if (this.#closed) return;
        this.options.log?.('pool-failed');
        this.#retry = this.options.clock.after(RETRY_MS, () => {
          this.#retry = undefined;
          this.#fill();
        });
      },
    );
  }

  #made(key: RsaEphemeral): void {
    if (this.#closed) return key.destroy();
    const fresh = this.#fresh[0];
    if (fresh && !fresh.later) {
      this.#fresh.shift();
      fresh.resolve(key);
    } else if (this.#waiting.length > 0) {
      const shared = this.#share(key);
      for (const { resolve } of this.#waiting.splice(0)) resolve(shared.handle());
    } else {
      this.#ready.push(key);
      this.#shared?.retire();
    }
    for (const waiting of this.#fresh) waiting.later = false;
    this.#fill();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#retry?.cancel();
    for (const key of this.#ready.splice(0)) key.destroy();
    for (const { reject } of [...this.#waiting.splice(0), ...this.#fresh.splice(0)]) reject(closedError());
    this.#shared?.destroy();
    await this.#maker.close();
  }
}

function firstSupported(offered: readonly number[]): Suite {
  const suite = offered.map(suiteById).find((found) => found !== undefined);
  if (!suite) throw new HandshakeError('no-common-suite', `None of the suites offered is one of ${names(suites)}.`);
  return suite;
}

const closedError = () => new HandshakeError('refused', 'The server is closing.');
const names = (list: readonly Suite[]) => list.map(({ name }) => name).join(', ');

/** The newest key, while no other is ready. */
class SharedKey {
  #handles = 0;
  #open = true;
  readonly #timers: readonly Timer[];

  constructor(private readonly key: RsaEphemeral, clock: Clock) {
    this.#timers = [
      clock.after(SHARED_KEY_MS, () => this.retire()),
      clock.after(2 * SHARED_KEY_MS, () => this.destroy()),
    ];
  }

  /** True while it may serve further handshakes. */
  get open(): boolean {
    return this.#open;
  }

  handle(): EphemeralKey {
    this.#handles++;
    return new SharedHandle(this.key, () => {
      this.#handles--;
      if (!this.#open && this.#handles === 0) this.destroy();
    });
  }

  /** Serves no further handshake, and goes with the last one that it serves. */
  retire(): void {
    this.#open = false;
    if (this.#handles === 0) this.destroy();
  }

  destroy(): void {
    this.#open = false;
    for (const timer of this.#timers) timer.cancel();
    this.key.destroy();
  }
}

/** One handshake's use of a shared key. */
class SharedHandle implements EphemeralKey {
  readonly suite: Suite = rsaSuite;
  readonly publicBytes: Buffer;
  #done = false;

  constructor(private readonly key: RsaEphemeral, private readonly released: () => void) {
    this.publicBytes = key.publicBytes;
  }

  open(share: Buffer): Secret | undefined {
    return this.key.destroyed ? undefined : this.key.open(share);
  }

  openDecoy(): void {
    if (!this.key.destroyed) this.key.openDecoy();
  }

  destroy(): void {
    if (this.#done) return;
    this.#done = true;
    this.released();
  }
}
