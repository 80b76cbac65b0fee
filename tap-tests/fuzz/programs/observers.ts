import { Engine } from '../../../client/engine/engine.js';
import { dial } from '../../../client/engine/dial.js';
import type { Event } from '../../../client/engine/protocol.js';
import { TrustStore } from '../../../client/engine/trust-store.js';
import { systemClock } from '../../../common/clock.js';
import { parseCertificate } from '../../../common/crypto/certificate.js';
import { x25519Suite } from '../../../common/crypto/suite.js';
import { until } from '../../support/until.js';
import { certificates, identityOf, keys } from '../fixtures.js';
import { check } from '../target.js';

/** Texts on their way at a time: a chat has at most 64 without a receipt, and receipts take a second. */
const UNCONFIRMED_MAX = 40;

/** Two honest clients that chat all the time, and count what arrives. */
export class Observers {
  readonly #alice: Observer;
  readonly #bob: Observer;

  constructor(port: number) {
    this.#alice = new Observer('alice', port);
    this.#bob = new Observer('bob', port);
  }

  async open(): Promise<void> {
    const [alice, bob] = [this.#alice, this.#bob];
    for (const one of [alice, bob]) {
      one.engine.start();
      await until(`${one.name} is ready`, () => one.count('ready') === 1);
    }
    alice.engine.do({ do: 'chat', with: 'bob' });
    await until('the call', () => bob.count('request') > 0);
    bob.engine.do({ do: 'accept', with: 'alice' });
    await until('the chat', () => alice.count('chat') + bob.count('chat') === 2);
  }

  /** A text each way, unless many wait for their receipts. */
  say(): void {
    this.#alice.say('bob');
    this.#bob.say('alice');
  }

  /** Everything said has arrived, in order, and nothing else has happened. */
  async arrived(): Promise<void> {
    const [alice, bob] = [this.#alice, this.#bob];
    await until('the texts of the observers', () => alice.heard === bob.said && bob.heard === alice.said);
    const fault = alice.fault ?? bob.fault;
    check(fault === undefined, `an honest client was told ${JSON.stringify(fault)}`);
  }

  async close(): Promise<void> {
    await this.arrived();
    const [alice, bob] = [this.#alice, this.#bob];
    await until('the receipts', () => alice.confirmed === alice.said && bob.confirmed === bob.said);
    for (const one of [alice, bob]) one.engine.do({ do: 'exit' });
    await until('the end', () => alice.count('closed') + bob.count('closed') === 2);
  }
}

const authorities = [parseCertificate(certificates.authority)];

/** What may happen to someone who chats while others call, and give up. */
const USUAL = new Set<Event['event']>([
  'ready', 'calling', 'request', 'cancelled', 'chat', 'message', 'sent', 'delivered', 'renewed', 'left', 'closed',
]);

class Observer {
  readonly engine: Engine;
  readonly #counts = new Map<Event['event'], number>();
  said = 0;
  heard = 0;
  confirmed = 0;
  fault: unknown;

  constructor(readonly name: 'alice' | 'bob', port: number) {
    this.engine = new Engine({
      credentials: { username: name, identity: identityOf(keys[name]), certificates: [], authorities },
      serverName: '127.0.0.1', suites: [x25519Suite], trust: TrustStore.inMemory(), clock: systemClock,
      dial: () => dial('127.0.0.1', port), reconnectMs: 0, poolKeys: 0,
    });
    this.engine.listen((event) => this.#take(event));
  }

  count(kind: Event['event']): number {
    return this.#counts.get(kind) ?? 0;
  }

  say(to: string): void {
    if (this.said - this.confirmed >= UNCONFIRMED_MAX) return;
    this.engine.do({ do: 'say', with: to, text: `text ${this.said++}` });
  }

  #take(event: Event): void {
    this.#counts.set(event.event, this.count(event.event) + 1);
    if (event.event === 'delivered') this.confirmed++;
    if (event.event === 'message' && event.text === `text ${this.heard}`) this.heard++;
    else if (event.event === 'message' || !USUAL.has(event.event)) this.fault ??= event;
    if (event.event === 'left' && !(event.by === 'me' || event.by === 'peer')) this.fault ??= event;
  }
}
