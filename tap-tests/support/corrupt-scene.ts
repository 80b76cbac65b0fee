import type { Test } from 'tap';
import { dial } from '../../client/engine/dial.js';
import type { EngineOptions } from '../../client/engine/engine.js';
import type { ChatEvent } from '../../client/engine/protocol.js';
import { isRoomEvent } from '../../client/engine/room-protocol.js';
import { readCertificatesPem } from '../../common/crypto/certificate.js';
import { privateFolderOf } from '../../common/files/keys-folder.js';
import { readFile } from 'node:fs/promises';
import { FalseRelay, type FalseRelayOptions } from './attacker/false-relay.js';
import { type Enrolled, Switchboard } from './attacker/switchboard.js';
import type { KeysOptions } from './authority.js';
import { ManualClock } from './manual-clock.js';
import { type Actor, Scene } from './scene.js';
import { until } from './until.js';

/** Shorter than the silence after which a client asks whether the relay is there still. */
const STEP_MS = 60_000;

/** A clock that moves only when told to, on which certificates that are made now are valid. */
export const heldClock = (): ManualClock => new ManualClock(Date.now() + 60_000);

export interface CorruptOptions extends KeysOptions {
  /** For all who log in; `pass` moves it. */
  readonly clock?: ManualClock;
  readonly relay?: Partial<FalseRelayOptions>;
}

/** Real clients, and a relay in the attacker's hands: it has the real one's key, and is honest until told otherwise. */
export class CorruptScene {
  private constructor(
    readonly scene: Scene, readonly relay: FalseRelay, readonly board: Switchboard,
    private readonly options: CorruptOptions,
  ) {}

  static async open(t: Test, options: CorruptOptions = {}): Promise<CorruptScene> {
    const scene = await Scene.open(t.testdir(), { ...options, server: { limits: { poolKeys: 0 } } });
    const relay = await FalseRelay.open({ ...await scene.stolenServer(), ...options.relay });
    const board = new Switchboard(relay, new Map());
    const corrupt = new CorruptScene(scene, relay, board, options);
    for (const name of options.users ?? ['alice', 'bob']) board.people.set(name, await corrupt.enrolled(name));
    t.teardown(async () => {
      await relay.close();
      await scene.close();
    });
    return corrupt;
  }

  /** What the authority's folder has of a user. */
  async enrolled(name: string): Promise<Enrolled> {
    const { spki } = await this.scene.person(name);
    const pem = await readFile(privateFolderOf(this.scene.keys, name).certificate, 'latin1').catch(() => '');
    return { spki, certificates: pem === '' ? [] : readCertificatesPem(pem).map(({ der }) => der) };
  }

  logIn(name: string, options: Partial<EngineOptions> = {}): Promise<Actor> {
    const { clock } = this.options;
    const usual = { dial: () => dial('127.0.0.1', this.relay.port), ...(clock ? { clock } : {}) };
    return this.scene.logIn(name, { ...usual, ...options });
  }

  async pair(options: Partial<EngineOptions> = {}): Promise<[Actor, Actor]> {
    return [await this.logIn('alice', options), await this.logIn('bob', options)];
  }

  async chat(options: Partial<EngineOptions> = {}): Promise<[Actor, Actor]> {
    const [alice, bob] = await this.pair(options);
    await meet(alice, bob);
    return [alice, bob];
  }

  /** All that was sent to the clients, all they say to it, and what that brings about once more, has arrived. */
  async settled(): Promise<void> {
    for (let round = 0; round < 2; round += 1) await this.#pinged();
  }

  /** Lets the clock go on, as a relay that keeps the lines alive. */
  async pass(ms: number, clock = this.options.clock!): Promise<void> {
    await this.settled();
    for (let left = ms; left > 0; left -= STEP_MS) {
      clock.advance(Math.min(STEP_MS, left));
      await this.#pinged();
    }
    await this.settled();
  }

  async #pinged(): Promise<void> {
    const online = this.relay.guests.filter(({ line }) => !line.closed && !line.ended);
    await Promise.all(online.map(({ session }) => session.settled()));
  }
}

/** For an RSA key that is made at low priority on a machine that has much to do. */
export const SLOW_MS = 40_000;

/** A chat from the call to its beginning, also with RSA keys that are made for it. */
export async function meet(caller: Actor, receiver: Actor): Promise<void> {
  caller.do({ do: 'chat', with: receiver.name });
  await receiver.next('request', (event) => event.with === caller.name);
  receiver.do({ do: 'accept', with: caller.name });
  const both = [caller, receiver];
  const before = both.map((actor) => actor.count('chat'));
  await until('the chat', () => both.every((actor, at) => actor.count('chat') > before[at]!), SLOW_MS);
  await Promise.all(both.map((actor) => actor.next('chat')));
}

/** Events that matter to a person in a chat, as lines: what a test compares whole. */
export function told(actor: Actor, from = 0): string[] {
  return actor.events.slice(from).flatMap((event) => (isRoomEvent(event) ? [] : line(event) ?? []));
}

const ids = (name: string, list: readonly string[]): string => (list.length > 0 ? `${name} ${list.join()}` : '');

function line(event: ChatEvent): string | undefined {
  switch (event.event) {
    case 'chat':
      return `chat ${event.with} ${event.trust}`;
    case 'message':
      return `message ${event.with} ${event.text}`;
    case 'delivered':
      return `delivered ${event.with} ${event.id}`;
    case 'discarded':
      return `discarded ${event.with} ${event.id ?? 'theirs'}`;
    case 'warning':
      return `warning ${event.with ?? ''} ${event.code}`;
    case 'left': {
      const open = ids(' unsent', event.unsent) + ids(' unconfirmed', event.unconfirmed);
      return `left ${event.with} ${event.reason} by ${event.by}${open}`;
    }
    case 'key-changed': case 'trusted': case 'renewed': case 'request': case 'refused': case 'cancelled':
      return `${event.event} ${event.with}`;
    case 'error':
      return `error ${event.code}`;
    case 'lost': case 'ready':
      return event.event;
    case 'closed':
      return `closed ${event.status}`;
    default:
      return undefined;
  }
}
