import { dial } from '../client/engine/dial.js';
import { Engine } from '../client/engine/engine.js';
import type { Credentials } from '../client/engine/login.js';
import type { Event } from '../client/engine/protocol.js';
import { TrustStore } from '../client/engine/trust-store.js';
import { systemClock } from '../common/clock.js';
import { x25519Suite } from '../common/crypto/suite.js';

const HOST = '127.0.0.1';

/** Things that must not happen while engines are measured, unless they are waited for. */
const faults: ReadonlySet<Event['event']> =
  new Set(['warning', 'error', 'lost', 'left', 'discarded', 'key-changed', 'undelivered']);

type Of<K extends Event['event']> = Extract<Event, { event: K }>;

interface Waiting {
  readonly fits: (event: never) => boolean;
  readonly take: (event: never) => void;
}

/** A client engine with the usual suite, that tells what happens to it. */
export class Talker {
  readonly #engine: Engine;
  readonly #waiting = new Map<Event['event'], Waiting>();
  readonly name: string;
  #leaving = false;
  delivered = 0;

  constructor(port: number, credentials: Credentials) {
    this.name = credentials.username;
    this.#engine = new Engine({
      credentials, serverName: HOST, suites: [x25519Suite], trust: TrustStore.inMemory(), clock: systemClock,
      dial: () => dial(HOST, port), reconnectMs: 0, poolKeys: 0,
    });
    this.#engine.listen((event) => this.#heard(event));
  }

  #heard(event: Event): void {
    if (event.event === 'delivered') this.delivered++;
    const waiting = this.#waiting.get(event.event);
    if (!waiting && !this.#leaving && faults.has(event.event)) throw new Error(`There was ${JSON.stringify(event)}`);
    if (!waiting?.fits(event as never)) return;
    this.#waiting.delete(event.event);
    waiting.take(event as never);
  }

  logIn(): Promise<Event> {
    this.#engine.start();
    return this.next('ready');
  }

  /** The next event of a kind, and the first of those that fits. */
  next<K extends Event['event']>(kind: K, fits: (event: Of<K>) => boolean = () => true): Promise<Of<K>> {
    return new Promise((take) => this.#waiting.set(kind, { fits, take }));
  }

  do(command: Parameters<Engine['do']>[0]): void {
    this.#engine.do(command);
  }

  async leave(): Promise<void> {
    this.#leaving = true;
    const closed = this.next('closed');
    this.do({ do: 'exit' });
    await closed;
  }
}
