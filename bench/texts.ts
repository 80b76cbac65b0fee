import { dial } from '../client/engine/dial.js';
import { Engine } from '../client/engine/engine.js';
import type { Credentials } from '../client/engine/login.js';
import type { Event } from '../client/engine/protocol.js';
import { TrustStore } from '../client/engine/trust-store.js';
import { systemClock } from '../common/clock.js';
import { x25519Suite } from '../common/crypto/suite.js';
import type { Tally } from './traffic.js';

const HOST = '127.0.0.1';

/** Texts each way before the receipts are waited for, for about a second: 64 may be without one. */
const BURST = 60;

/** Things that must not happen while texts are measured. */
const faults: ReadonlySet<Event['event']> =
  new Set(['warning', 'error', 'lost', 'left', 'discarded', 'key-changed']);

/** An engine that has someone to talk to. */
class Talker {
  readonly #engine: Engine;
  readonly #waiting = new Map<Event['event'], (event: Event) => void>();
  readonly name: string;
  #leaving = false;
  delivered = 0;

  constructor(port: number, credentials: Credentials) {
    this.name = credentials.username;
    this.#engine = new Engine({
      credentials, serverName: HOST, suites: [x25519Suite], trust: TrustStore.inMemory(), clock: systemClock,
      dial: () => dial(HOST, port), reconnectMs: 0, poolKeys: 0,
    });
    this.#engine.listen((event) => {
      if (!this.#leaving && faults.has(event.event)) throw new Error(`There was ${JSON.stringify(event)}`);
      if (event.event === 'delivered') this.delivered++;
      const told = this.#waiting.get(event.event);
      this.#waiting.delete(event.event);
      told?.(event);
    });
  }

  logIn(): Promise<Event> {
    this.#engine.start();
    return this.next('ready');
  }

  next(kind: Event['event']): Promise<Event> {
    return new Promise((resolve) => this.#waiting.set(kind, resolve));
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

/** @returns the ms from each `say` to the `message` that the other is shown, there and back in turn */
export async function texts(
  port: number, [caller, receiver]: readonly [Credentials, Credentials], seconds: number, tally: Tally,
): Promise<number[]> {
  const [one, other] = [new Talker(port, caller), new Talker(port, receiver)];
  await one.logIn();
  await other.logIn();
  await chat(one, other);
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  for (let said = BURST; ; said += BURST) {
    for (let text = 0; text < BURST; text++) {
      times.push(await say(one, other, tally));
      times.push(await say(other, one, tally));
    }
    if (performance.now() >= end) break;
    for (const each of [one, other]) while (each.delivered < said) await each.next('delivered');
  }
  await one.leave();
  await other.leave();
  return times;
}

async function chat(one: Talker, other: Talker): Promise<void> {
  const requested = other.next('request');
  one.do({ do: 'chat', with: other.name });
  await requested;
  const begun = [one.next('chat'), other.next('chat')];
  other.do({ do: 'accept', with: one.name });
  await Promise.all(begun);
}

async function say(from: Talker, to: Talker, tally: Tally): Promise<number> {
  const text = `The ${++tally.sent}th text of this run; it is as long as what people write to one another.`;
  const start = performance.now();
  const shown = to.next('message');
  from.do({ do: 'say', with: to.name, text });
  const event = await shown;
  const ms = performance.now() - start;
  if (event.event !== 'message' || event.text !== text) throw new Error('Another text came than was sent.');
  tally.received++;
  return ms;
}
