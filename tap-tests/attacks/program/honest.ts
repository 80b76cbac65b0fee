import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { dial } from '../../../client/engine/dial.js';
import { Engine } from '../../../client/engine/engine.js';
import type { Credentials } from '../../../client/engine/login.js';
import type { Event } from '../../../client/engine/protocol.js';
import { TrustStore } from '../../../client/engine/trust-store.js';
import { systemClock } from '../../../common/clock.js';
import { x25519Suite } from '../../../common/crypto/suite.js';
import type { Target } from '../../support/attacker/line.js';
import { until } from '../../support/until.js';
import type { Pair } from './insiders.js';

/** Two windows of the rate, which an attacker of the same name may have used, and what a step takes. */
const STEP_MS = 12_000;

const BAD: ReadonlySet<Event['event']> = new Set(['closed', 'left', 'error', 'warning']);

/** No server, or none that speaks: the status of a client that cannot connect. */
const CANNOT_CONNECT = 3;

class Ended extends Error {
  constructor(message: string, readonly status: number) {
    super(message);
  }
}

/** A real client with somebody honest behind it. */
class Honest {
  readonly #events: Event[] = [];
  #socket: Socket | undefined;
  readonly engine: Engine;

  constructor({ host, port }: Target, serverName: string, readonly credentials: Credentials) {
    this.engine = new Engine({
      credentials, serverName, suites: [x25519Suite], trust: TrustStore.inMemory(), clock: systemClock,
      dial: async () => (this.#socket = await dial(host, port)), reconnectMs: 0, poolKeys: 0,
    });
    this.engine.listen((event) => this.#events.push(event));
    this.engine.start();
  }

  get name(): string {
    return this.credentials.username;
  }

  /** Throws a sentence where it does not come. */
  async told(kind: Event['event']): Promise<Event> {
    const find = () => this.#events.find(({ event }) => event === kind || BAD.has(event));
    await until(`${kind} at ${this.name}`, () => find() !== undefined, STEP_MS);
    const event = find()!;
    if (event.event === kind) return event;
    const said = 'text' in event ? event.text : event.event;
    throw new Ended(`${this.name}: ${said}`, event.event === 'closed' ? event.status : 0);
  }

  /** Without a goodbye: that would only use up the rate. */
  cut(): void {
    this.#socket?.destroy();
  }
}

/** Logs in; the name may still be held by a connection of the attack before. */
async function logIn(target: Target, serverName: string, credentials: Credentials): Promise<Honest> {
  for (const end = performance.now() + STEP_MS; ; await sleep(100)) {
    const user = new Honest(target, serverName, credentials);
    try {
      await user.told('ready');
      return user;
    } catch (error) {
      user.cut();
      if (performance.now() > end || (error instanceof Ended && error.status === CANNOT_CONNECT)) throw error;
    }
  }
}

async function chat(caller: Honest, receiver: Honest): Promise<void> {
  caller.engine.do({ do: 'chat', with: receiver.name });
  await receiver.told('request');
  receiver.engine.do({ do: 'accept', with: caller.name });
  await Promise.all([caller.told('chat'), receiver.told('chat')]);
  const text = `hello ${randomBytes(8).toString('hex')}`;
  caller.engine.do({ do: 'say', with: receiver.name, text });
  const message = await receiver.told('message');
  if (message.event !== 'message' || message.text !== text) throw new Error('another text came than was sent');
}

/** Both log in anew, and one says something to the other. @returns what is wrong, or nothing */
export async function honestChat(target: Target, serverName: string, [one, other]: Pair): Promise<string | undefined> {
  const users: Honest[] = [];
  try {
    for (const credentials of [one, other]) users.push(await logIn(target, serverName, credentials));
    await chat(users[0]!, users[1]!);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    for (const user of users) user.cut();
  }
}
