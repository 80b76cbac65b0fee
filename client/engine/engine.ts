import type { Duplex } from 'node:stream';
import type { Timer } from '../../common/clock.js';
import { EphemeralPool } from '../../common/crypto/ephemeral-pool.js';
import type { Certificate } from '../../common/crypto/certificate.js';
import type { Suite } from '../../common/crypto/suite.js';
import { HandshakeError, MessageAppError, UsageError } from '../../common/errors.js';
import { checkUsername } from '../../common/wire/username.js';
import { Connection, handlersOf } from './connection.js';
import type { EngineOptions } from './engine-options.js';
import type { Self } from './conversations.js';
import { CommandError, noChat } from './command-errors.js';
import { type LoggedIn, logIn, LOGIN_MS } from './login.js';
import { Offers } from './offers.js';
import type { Command, Emit, Event, ExitStatus } from './protocol.js';
import { isRoomCommand } from './room-protocol.js';
import type { Memories } from './rooms/rooms.js';
import { PasswordLate, RememberedPassword } from './password.js';
import { isPassing, pauseBefore, plainly, statusFor } from './retry.js';
import { Safety } from './safety.js';
import { serverInfo } from './server-info.js';
import { Session, WAITING_MAX } from './session.js';
import { Transcripts } from '../transcript/transcripts.js';

export type { EngineOptions } from './engine-options.js';

/** A password may have to wait for its turn (docs/PROTOCOL.md part 12). */
const ANSWER_MS = 75_000;

/**
 * A user of MessageApp: commands go in, events come out; it knows no terminal. It connects, logs in, keeps the
 * connection, tries again when it is lost, and offers open chats again (README, "Use it").
 */
export class Engine {
  readonly #self: Self;
  readonly #safety: Safety;
  readonly #listeners = new Set<Emit>();
  readonly #pool: EphemeralPool;
  #connection: Connection | undefined;
  /** The connection has been welcomed: commands may go. */
  #online = false;
  #wasOnline = false;
  #lostAt: number | undefined;
  #attempts = 0;
  #retry: Timer | undefined;
  readonly #password: RememberedPassword;
  readonly #offers: Offers;
  readonly #memories: Memories = new Map();
  #closing = false;
  #closed = false;

  constructor(private readonly options: EngineOptions) {
    const { credentials, serverName, suites, trust, clock, poolKeys = 2 } = options;
    this.#pool = new EphemeralPool({ keys: poolKeys, clock });
    const transcripts = options.transcripts === undefined ? undefined : new Transcripts(options.transcripts);
    this.#self = { credentials, serverName, suites, pool: this.#pool, trust, clock, changed: new Map(), transcripts };
    this.#safety = new Safety(this.#self, this.#emit);
    this.#password = new RememberedPassword(options.password, options.passwordTries);
    this.#offers = new Offers(clock, (peer) => this.#offerAgain(peer));
  }

  /** @returns what takes the listener away again */
  listen(listener: Emit): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Connects. What comes of it is told by events: `ready`, or `closed`. */
  start(): void {
    void this.#connect();
  }

  readonly #emit: Emit = (event) => {
    for (const listener of [...this.#listeners]) listener(event);
  };

  /* Commands. */

  /** Does a command. What is wrong with it is told by an `error` event, never thrown. */
  do(command: Command): void {
    if (this.#closed) return;
    if (command.do === 'exit') return this.#exit();
    const about = 'with' in command ? command.with : undefined;
    try {
      if (about !== undefined) checkUsername(about);
      this.#dispatch(command);
    } catch (error) {
      this.#failed(error, about, isRoomCommand(command) ? command.room : undefined);
    }
  }

  #dispatch(command: Exclude<Command, { do: 'exit' }>): void {
    if (isRoomCommand(command)) return this.#live().rooms.do(command);
    switch (command.do) {
      case 'verify':
        return this.#safety.verify(command.with, this.#connection?.conversations.trustIn(command.with));
      case 'compared':
        return this.#later(this.#safety.compared(command.with, this.#connection?.conversations.trustIn(command.with)), command.with);
      case 'trust':
        return this.#later(this.#safety.trust(command.with, command.number), command.with);
    }
    const { calls, conversations, listing, rooms } = this.#live();
    switch (command.do) {
      case 'list':
        return listing.ask(command.prefix === undefined || command.prefix === '' ? '' : checkUsername(command.prefix));
      case 'certificate':
        return this.#later(rooms.certificate(command.with), command.with);
      case 'chat':
        if (command.with === this.#self.credentials.username) throw new CommandError('oneself', 'That is you.');
        if (conversations.has(command.with)) throw new CommandError('exists', `There is a chat with ${command.with} already.`);
        return calls.call(command.with);
      case 'cancel':
        return calls.cancel(command.with);
      case 'accept':
        return calls.accept(command.with);
      case 'refuse':
        return calls.refuse(command.with);
      case 'say':
        return conversations.say(command.with, command.text, command.id);
      case 'sign':
      case 'decline':
        return conversations.sign(command.with, command.do);
      case 'leave':
        if (!conversations.leave(command.with)) throw noChat(command.with);
    }
  }

  #live(): Connection {
    if (!this.#connection || !this.#online) throw new CommandError('not-logged-in', 'There is no connection to the server now.');
    if (this.#connection.session.waiting >= WAITING_MAX) {
      throw new CommandError('queue-full', 'Too much waits to be sent already: this was not taken.');
    }
    return this.#connection;
  }

  #later(work: Promise<void>, about: string): void {
    work.catch((error: unknown) => this.#failed(error, about));
  }

  #failed(error: unknown, about: string | undefined, room?: string): void {
    const code = error instanceof CommandError || error instanceof MessageAppError ? error.code : 'failed';
    const what = { event: 'error', code, text: (error as Error).message, ...(about === undefined ? {} : { with: about }) } as const;
    this.#emit(room === undefined ? what : { ...what, room });
  }

  #exit(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#retry?.cancel();
    if (!this.#connection) return this.#close(0, 'Goodbye.');
    const { conversations, rooms, session } = this.#connection;
    conversations.leaveAll(() => void rooms.settle().then(() => session.exit()));
  }

  /* The connection, from dialling to its end. */

  async #connect(): Promise<void> {
    try {
      const stream = await this.options.dial();
      if (this.#closing) {
        stream.destroy();
        return this.#close(0, 'Goodbye.');
      }
      const loggedIn = await this.#logIn(stream);
      this.#begin(stream, loggedIn);
    } catch (error) {
      if (error instanceof PasswordLate && !this.#closing) return this.#connect();
      this.#ended(error as Error);
    }
  }

  async #logIn(stream: Duplex): Promise<LoggedIn> {
    const { credentials, serverName, suites, clock, didactic } = this.options;
    const abort = new AbortController();
    const late = () => abort.abort(new HandshakeError('too-slow', 'The server did not answer the login in time.'));
    let timer = clock.after(LOGIN_MS, late);
    const password = async () => {
      timer.cancel();
      const secret = await this.#password.ask(stream);
      timer = clock.after(ANSWER_MS, late);
      return secret;
    };
    const reveal = (ephemeralKey: Buffer, k: Buffer) =>
      this.#emit({ event: 'didactic', ephemeralKey: ephemeralKey.toString('hex'), secret: k.toString('hex') });
    try {
      return await logIn(stream, credentials, {
        suites, serverName, now: new Date(clock.wall()), signal: abort.signal, password, ...(didactic ? { reveal } : {}),
      });
    } catch (error) {
      stream.destroy();
      throw error;
    } finally {
      timer.cancel();
    }
  }

  #begin(stream: Duplex, { keys, suite, server, firstCell, counter }: LoggedIn): void {
    const { credentials, clock } = this.options;
    const connection: Connection = new Connection(
      new Session(stream, credentials.username, keys, clock, handlersOf(() => connection), {
        welcome: () => this.#welcomed(connection, server, suite),
        ended: (error) => this.#dropped(connection, error),
      }, counter),
      this.#self,
      this.#offers,
      this.#memories,
      this.#emit,
    );
    this.#connection = connection;
    connection.session.start(firstCell);
  }

  #welcomed(connection: Connection, server: Certificate, suite: Suite): void {
    const { username, identity } = this.options.credentials;
    this.#online = true;
    this.#wasOnline = true;
    this.#attempts = 0;
    this.#password.right();
    this.#lostAt = undefined;
    this.#emit({
      event: 'ready', user: username, fingerprint: identity.public.fingerprint.toString('hex'),
      server: serverInfo(this.options.serverName, server), suite: suite.name,
    });
    if (this.#closing) return connection.session.exit();
    this.#offers.online();
    connection.rooms.online();
  }

  #offerAgain(peer: string): void {
    if (this.#online && this.#connection && !this.#connection.conversations.has(peer)) this.#connection.calls.call(peer, true);
  }

  #dropped(connection: Connection, error: Error | undefined): void {
    this.#offers.offline();
    for (const peer of connection.conversations.lost()) this.#offers.add(peer);
    connection.rooms.lost(this.#closing);
    this.#connection = undefined;
    this.#online = false;
    if (this.#closing || !error) return this.#close(0, 'Goodbye.');
    if (connection.revoked) return this.#close(4, connection.closing!);
    this.#ended(connection.closing === undefined ? error : new UsageError('cannot-connect', connection.closing));
  }

  /** A connection, or the try to get one, has failed: again after a pause, or never. */
  #ended(error: Error): void {
    if (this.#closed) return;
    if (this.#closing) return this.#close(0, 'Goodbye.');
    const { clock, reconnectMs } = this.options;
    const text = plainly(error);
    const askAgain = this.#password.pauseAfter(error);
    if (askAgain !== undefined) return this.#again({ event: 'wrong-password', text, retry: askAgain });
    this.#lostAt ??= clock.now();
    const retry = pauseBefore(this.#attempts++);
    const lasts = clock.now() + retry - this.#lostAt <= reconnectMs;
    if (!isPassing(error, this.#wasOnline) || !lasts) return this.#close(statusFor(error, this.#wasOnline), text);
    this.#again({ event: 'lost', text, retry });
  }

  #again(event: Event & { readonly retry: number }): void {
    this.#emit(event);
    this.#retry = this.options.clock.after(event.retry, () => void this.#connect());
  }

  #close(status: ExitStatus, text: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#retry?.cancel();
    this.#offers.clear();
    this.#password.forget();
    void this.#pool.close();
    const closed = () => this.#emit({ event: 'closed', status, text } satisfies Event);
    if (this.#self.transcripts) void this.#self.transcripts.settle().then(closed);
    else closed();
  }
}
