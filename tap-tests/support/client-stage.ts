import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Test } from 'tap';
import { dial } from '../../client/engine/dial.js';
import { Engine } from '../../client/engine/engine.js';
import type { Command, Event } from '../../client/engine/protocol.js';
import { TrustStore } from '../../client/engine/trust-store.js';
import { systemClock } from '../../common/clock.js';
import { parseCertificate } from '../../common/crypto/certificate.js';
import { privateIdentity } from '../../common/crypto/identity.js';
import { makeEd25519Pair } from '../../common/crypto/node.js';
import { x25519Suite } from '../../common/crypto/suite.js';
import { FalseRelay, type FalseRelayOptions } from './attacker/false-relay.js';
import { personWith } from './attacker/primitives.js';
import type { Message } from './attacker/records.js';
import { message, type Session } from './attacker/session.js';
import { good } from './certificate-maker.js';
import { until } from './until.js';

const key = makeEd25519Pair().privateKey;

/** alice's own key, as her peer and a relay see it. */
export const alicesKey = personWith(key);

/** alice: a real client engine at a relay that is the attacker's, and has the key of the right one. */
export class ClientStage {
  readonly events: Event[] = [];
  readonly engine: Engine;
  #socket: Socket | undefined;

  private constructor(readonly relay: FalseRelay) {
    const authorities = [parseCertificate(good.authority())];
    this.engine = new Engine({
      credentials: { username: 'alice', identity: privateIdentity(key), certificates: [], authorities },
      serverName: '127.0.0.1', suites: [x25519Suite], trust: TrustStore.inMemory(), clock: systemClock,
      dial: async () => (this.#socket = await dial('127.0.0.1', relay.port)), reconnectMs: 0, poolKeys: 0,
    });
    this.engine.listen((event) => this.events.push(event));
    this.engine.start();
  }

  static async open(t: Test, options: Partial<FalseRelayOptions> = {}): Promise<ClientStage> {
    const [person, certificates] = [personWith(good.leafKeys.privateKey), [good.server()]];
    const relay = await FalseRelay.open({ person, certificates, ...options });
    t.teardown(() => relay.close());
    return new ClientStage(relay);
  }

  /** alice is logged in. */
  static async ready(t: Test): Promise<ClientStage> {
    const stage = await ClientStage.open(t);
    await stage.told('ready');
    stage.events.length = 0;
    return stage;
  }

  do(command: Command): void {
    this.engine.do(command);
  }

  /** alice has said M3. */
  async comes(): Promise<void> {
    await until('M3', () => this.relay.guests.length > 0);
  }

  /** Bytes that her client has sent. */
  get sent(): number {
    return this.#socket?.bytesWritten ?? 0;
  }

  /** The relay's end of alice's connection. */
  get session(): Session {
    return this.relay.guests.at(-1)!.session;
  }

  async told(kind: Event['event']): Promise<void> {
    await until(kind, () => this.events.some(({ event }) => event === kind || event === 'closed'));
  }

  /** Forgets what was said and told up to now. */
  forget(): void {
    this.events.length = 0;
    this.session.heard.length = 0;
  }

  /** What comes of these: what alice is told, and what her client says to that, in words. */
  async afterwards(...messages: readonly Message[]): Promise<string> {
    this.forget();
    for (const each of messages) this.session.say(each);
    // A step of an exchange may take a turn or two; whoever answers two pings behind it has done all of it.
    await this.#answers();
    await this.#answers();
    const said = this.session.heard.map(({ command }) => command).filter((command) => command !== 'pong');
    return [...this.events.map(wordsOf), ...said.map((command) => `> ${command}`)].join(', ');
  }

  async #answers(): Promise<void> {
    const { session, events } = this;
    if (session.line.closed) return;
    const mark = randomBytes(16);
    session.say(message('ping', mark));
    await until('an answer of the client, or its end', () => events.some(({ event }) => event === 'closed')
      || session.heard.some(({ command, payload }) => command === 'pong' && payload.equals(mark)));
  }
}

function wordsOf(event: Event): string {
  switch (event.event) {
    case 'warning': return `warning ${event.code}`;
    case 'error': return `error ${event.code}`;
    case 'left': return `left ${event.reason} by ${event.by}`;
    case 'closed': return `closed ${event.status}`;
    case 'message': return `message ${event.text}`;
    default: return event.event;
  }
}
