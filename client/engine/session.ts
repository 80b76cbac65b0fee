import type { Duplex } from 'node:stream';
import { encode, decode } from '../../common/bytes/codec.js';
import type { Clock, Timer } from '../../common/clock.js';
import type { ExchangeKeys } from '../../common/crypto/exchange.js';
import { LimitError, MessageAppError, WireError } from '../../common/errors.js';
import { Inbox } from '../../common/transport/inbox.js';
import { Outbox } from '../../common/transport/outbox.js';
import { feed } from '../../common/transport/reading.js';
import {
  clientCommands, type ClientCommand, type ClientPayload, type Handlers, serverCommands, type ServerCommand,
} from '../../common/wire/commands.js';
import { type Lane, Pacer } from './pacer.js';
import { readWelcome } from './welcome.js';

/** The server pings after 60 s without a record from here; when nothing comes for longer, this side asks. */
const SILENCE_MS = 75_000;
const ANSWER_MS = 30_000;
/** After `exit` the server closes; a server that does not is left after this. */
const CLOSE_MS = 5_000;

/** Messages that wait for the rate. A person is told to wait; a relay that makes this side answer so much is left. */
export const WAITING_MAX = 1_000;

/** What the session tells the engine; everything that only keeps the line in order is handled here. */
export type SessionHandlers = Omit<Handlers<typeof serverCommands>, 'welc' | 'ping' | 'pong' | 'exit'>;

/**
 * The connection after M3: records in and out, pacing, pings (docs/PROTOCOL.md parts 3 and 4). It begins with M4, and
 * ends once, with the error that ended it or with none after `exit`.
 */
export class Session {
  readonly #inbox: Inbox<ServerCommand>;
  readonly #outbox: Outbox;
  readonly #handlers: Handlers<typeof serverCommands>;
  #pacer: Pacer | undefined;
  #timer: Timer | undefined;
  #pinged = false;
  #answering = false;
  #exiting = false;
  #ended = false;

  constructor(
    private readonly stream: Duplex,
    username: string,
    keys: ExchangeKeys,
    private readonly clock: Clock,
    handlers: SessionHandlers,
    private readonly events: { welcome(): void; ended(error: Error | undefined): void },
    /** Of the first record in both directions. */
    counter = 0n,
  ) {
    this.#inbox = new Inbox(username, keys.responderToInitiator, serverCommands, counter);
    this.#outbox = new Outbox(stream, username, keys.initiatorToResponder, clock, undefined, counter);
    this.#handlers = {
      ...handlers,
      welc: ({ json }) => this.#welcome(json),
      ping: ({ data }) => this.#ping(data),
      pong: ({ data }) => this.#pong(data),
      exit: () => this.#end(this.#exiting ? undefined : new WireError('truncated', 'The server closed the connection.')),
    };
  }

  /** @param firstCell what came behind M3 already */
  start(firstCell: Buffer): void {
    const { stream } = this;
    stream.on('error', (error) => this.#end(error));
    stream.on('close', () => this.#end(this.#exiting ? undefined : new WireError('truncated', 'The connection to the server broke.')));
    stream.on('end', () => this.#end(this.#exiting ? undefined : new WireError('truncated', 'The server closed the connection.')));
    this.#listen(SILENCE_MS);
    this.#receive(firstCell);
    feed(stream, (chunk) => this.#receive(chunk));
  }

  /** Sends one message of the control lane, as soon as the server's rate allows. */
  send<C extends ClientCommand>(command: C, payload: ClientPayload<C>): void {
    const bytes = encode(clientCommands[command] as never, payload as never) as Buffer;
    this.submit('control', () => this.#outbox.add(command, bytes));
  }

  /** Runs `send` when the rate allows one message; it calls `forward` once. */
  submit(lane: Lane, send: () => void): void {
    if (this.waiting > 2 * WAITING_MAX) return this.#end(new LimitError('queue-full', 'The relay asked for too much at once.'));
    this.#pacer?.submit(lane, send);
  }

  /** Messages that wait for the rate. */
  get waiting(): number {
    return this.#pacer?.waiting ?? 0;
  }

  /** Sends one `frwd` now; only from within a ticket of `submit`. */
  forward(payload: Buffer): void {
    this.#outbox.add('frwd', payload);
  }

  /** Sends one message now; only from within a ticket of `submit`, or a moment later. */
  sendNow<C extends ClientCommand>(command: C, payload: ClientPayload<C>): void {
    if (!this.#ended) this.#outbox.add(command, encode(clientCommands[command] as never, payload as never) as Buffer);
  }

  /** Says `exit` behind all that waits, and closes when the server has answered. */
  exit(): void {
    if (this.#ended) return;
    if (!this.#pacer) return this.#end(undefined);
    this.#exiting = true;
    this.submit('control', () => {
      this.#outbox.add('exit', Buffer.alloc(0));
      this.#timer?.cancel();
      this.#timer = this.clock.after(CLOSE_MS, () => this.#end(undefined));
    });
  }

  #receive(chunk: Buffer): void {
    if (this.#ended) return;
    try {
      this.#inbox.push(chunk, this.#open);
    } catch (error) {
      if (!(error instanceof MessageAppError)) throw error;
      this.#end(error);
    }
  }

  readonly #open = (): void => {
    for (let messages = this.#inbox.next(); messages; messages = this.#ended ? undefined : this.#inbox.next()) {
      if (!this.#exiting) this.#listen(SILENCE_MS);
      for (const { command, payload } of messages) if (!this.#ended) this.#dispatch(command, payload);
    }
  };

  #dispatch<C extends ServerCommand>(command: C, payload: Buffer): void {
    if (!this.#pacer && command !== 'welc') {
      throw new WireError('out-of-turn', 'The server said something before its welcome.');
    }
    const handle = this.#handlers[command] as (payload: unknown) => void;
    handle(decode(serverCommands[command] as never, payload));
  }

  #welcome(json: string): void {
    if (this.#pacer) throw new WireError('out-of-turn', 'The server said welcome twice.');
    const { messages, windowMs } = readWelcome(json);
    this.#pacer = new Pacer(this.clock, messages, windowMs);
    this.#outbox.messagesMax = messages;
    this.events.welcome();
  }

  /** At most one is unanswered, so answers never pile up. */
  #ping(data: Buffer): void {
    if (this.#answering) throw new WireError('out-of-turn', 'The server sent a ping before the answer to the last one.');
    this.#answering = true;
    const bytes = encode(clientCommands.pong, { data });
    this.submit('control', () => {
      this.#answering = false;
      this.#outbox.add('pong', bytes);
    });
  }

  #pong(data: Buffer): void {
    if (!this.#pinged || data.length > 0) throw new WireError('out-of-turn', 'The server answered a ping that was not sent.');
    this.#pinged = false;
  }

  #listen(ms: number): void {
    this.#timer?.cancel();
    this.#timer = this.clock.after(ms, () => {
      if (this.#pinged || !this.#pacer) return this.#end(new WireError('truncated', 'The server does not answer any more.'));
      this.#pinged = true;
      this.send('ping', { data: Buffer.alloc(0) });
      this.#listen(ANSWER_MS);
    });
  }

  #end(error: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer?.cancel();
    this.#pacer?.stop();
    this.#inbox.wipe();
    this.#outbox.wipe();
    this.stream.destroy();
    this.events.ended(error);
  }
}
