import type { Socket } from 'node:net';
import { dial } from '../client/engine/dial.js';
import { type Credentials, type LoggedIn, logIn, LOGIN_MS } from '../client/engine/login.js';
import { systemClock } from '../common/clock.js';
import type { ExchangeKeys } from '../common/crypto/exchange.js';
import type { Suite } from '../common/crypto/suite.js';
import { HandshakeError } from '../common/errors.js';
import { Inbox } from '../common/transport/inbox.js';
import { Outbox } from '../common/transport/outbox.js';
import { feed } from '../common/transport/reading.js';
import { type ClientCommand, serverCommands, type ServerCommand } from '../common/wire/commands.js';
import type { Visit } from './line.js';

const HOST = '127.0.0.1';

/** A client without an engine: the real login, real records, and payloads as they are. */
export class RawClient implements Visit {
  readonly #inbox: Inbox<ServerCommand>;
  readonly #outbox: Outbox;
  readonly #closed: Promise<void>;
  #leaving = false;
  heard: (command: ServerCommand, payload: Buffer) => void = () => undefined;

  private constructor(socket: Socket, username: string, keys: ExchangeKeys) {
    this.#inbox = new Inbox(username, keys.responderToInitiator, serverCommands);
    this.#outbox = new Outbox(socket, username, keys.initiatorToResponder, systemClock);
    this.#closed = new Promise((resolve) => socket.once('close', () => {
      if (!this.#leaving) throw new Error('The relay closed a connection of the bench.');
      this.#outbox.wipe();
      this.#inbox.wipe();
      resolve();
    }));
  }

  /** Resolves when `welc` has come. Rejects with what `logIn` throws. */
  static async logIn(port: number, credentials: Credentials, suites: readonly Suite[]): Promise<RawClient> {
    const socket = await dial(HOST, port);
    const { keys, firstCell } = await prove(socket, credentials, suites);
    const client = new RawClient(socket, credentials.username, keys);
    const welcome = client.next('welc');
    client.#take(firstCell);
    feed(socket, client.#take);
    await welcome;
    return client;
  }

  send(command: ClientCommand, payload: Buffer): void {
    this.#outbox.add(command, payload);
  }

  /** The payload of the next message, which has to be of this command. */
  next(expected: ServerCommand): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.heard = (command, payload) => {
        this.heard = () => undefined;
        if (command === expected) resolve(payload);
        else reject(new Error(`${command} came where ${expected} was due.`));
      };
    });
  }

  readonly #take = (chunk: Buffer): void => {
    this.#inbox.push(chunk, this.#open);
  };

  readonly #open = (): void => {
    for (let messages = this.#inbox.next(); messages; messages = this.#inbox.next()) {
      for (const { command, payload } of messages) {
        if (command === 'ping') this.send('pong', payload);
        else this.heard(command, payload);
      }
    }
  };

  leave(): Promise<void> {
    this.#leaving = true;
    this.heard = () => undefined;
    this.send('exit', Buffer.alloc(0));
    return this.#closed;
  }
}

/** The login, as the engine does it: not for longer than a minute, and nothing is left of one that fails. */
async function prove(socket: Socket, credentials: Credentials, suites: readonly Suite[]): Promise<LoggedIn> {
  const abort = new AbortController();
  const late = () => abort.abort(new HandshakeError('too-slow', 'The relay did not answer a login of the bench.'));
  const timer = systemClock.after(LOGIN_MS, late);
  try {
    return await logIn(socket, credentials, { suites, serverName: HOST, now: new Date(), signal: abort.signal });
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    timer.cancel();
  }
}
