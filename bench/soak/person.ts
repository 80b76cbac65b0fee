import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { Engine } from '../../client/engine/engine.js';
import type { Credentials } from '../../client/engine/login.js';
import type { Command, Event } from '../../client/engine/protocol.js';
import { TrustStore } from '../../client/engine/trust-store.js';
import { systemClock } from '../../common/clock.js';
import { x25519Suite } from '../../common/crypto/suite.js';
import type { Tally } from './tally.js';

const HOST = '127.0.0.1';
const WAIT_MS = 60_000;

/** What honest users must not be told while others attack. */
const disturbing: ReadonlySet<Event['event']> = new Set(['warning', 'error', 'lost', 'discarded', 'key-changed', 'closed', 'left']);

/** A user with a real client's engine, at an address of its own neighbourhood. */
export class Person {
  #engine: Engine | undefined;
  #expected: ReadonlySet<Event['event']> = new Set();
  readonly #waiting = new Map<Event['event'], (event: Event) => void>();
  onMessage: ((text: string) => void) | undefined;

  /** @param address of this machine, from which it connects: a relay counts connections by address */
  constructor(
    private readonly credentials: Credentials, private readonly port: number, private readonly address: string | undefined,
    private readonly tally: Tally,
  ) {}

  get name(): string {
    return this.credentials.username;
  }

  async logIn(): Promise<void> {
    const engine = new Engine({
      credentials: this.credentials, serverName: HOST, suites: [x25519Suite], trust: TrustStore.inMemory(), clock: systemClock,
      dial: () => this.#dial(), reconnectMs: 0, poolKeys: 0,
    });
    this.#engine = engine;
    this.#expected = new Set();
    engine.listen((event) => this.#hear(event));
    const ready = this.next('ready');
    engine.start();
    await ready;
  }

  async #dial(): Promise<Socket> {
    const socket = connect({ host: HOST, port: this.port, noDelay: true, ...(this.address ? { localAddress: this.address } : {}) });
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    return socket;
  }

  #hear(event: Event): void {
    const told = this.#waiting.get(event.event);
    this.#waiting.delete(event.event);
    told?.(event);
    if (event.event === 'message') this.onMessage?.(event.text);
    else if (!told && disturbing.has(event.event) && !this.#expected.has(event.event)) this.tally.disturbed(inShort(event));
  }

  do(command: Command): void {
    this.#engine?.do(command);
  }

  /** The next event of a kind. Rejects after a minute. */
  next(kind: Event['event']): Promise<Event> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.name} waited in vain for: ${kind}`)), WAIT_MS);
      this.#waiting.set(kind, (event) => {
        clearTimeout(timer);
        resolve(event);
      });
    });
  }

  /** Events that are no disturbance from now on. */
  expects(...kinds: Event['event'][]): void {
    this.#expected = new Set(kinds);
  }

  async logOut(): Promise<void> {
    this.expects('left');
    const closed = this.next('closed');
    this.do({ do: 'exit' });
    await closed;
  }
}

function inShort(event: Event): string {
  const detail = 'code' in event ? event.code : 'reason' in event ? event.reason : 'text' in event ? event.text : '';
  return `${event.event} ${detail}`.trim();
}
