import type { Socket } from 'node:net';
import { type Codec, encode } from '../../common/bytes/codec.js';
import type { Timer } from '../../common/clock.js';
import { WELCOME_TEXT } from '../../common/crypto/labels.js';
import { randomBytes, sameBytes } from '../../common/crypto/node.js';
import { LimitError, WireError } from '../../common/errors.js';
import { Outbox } from '../../common/transport/outbox.js';
import { feed } from '../../common/transport/reading.js';
import {
  type ClientCommand, errorCodes, type ServerCommand, serverCommands, type ServerPayload,
} from '../../common/wire/commands.js';
import { type Ending, endings, type Why } from './endings.js';
import type { Hub } from './hub.js';
import { type Heard, Intake } from './intake.js';
import type { LoggedIn } from './login.js';
import type { Queue } from './queues.js';
import { dispatch, type Line } from './router.js';
import { type Due, Vigil, type Watched } from './vigil.js';
import { logSealed, WireTap } from './wire-tap.js';

/** A connection that is ended may take so long for its last words; then it is destroyed. */
const FAREWELL_MS = 5_000;

/** A ping of the server's own: enough that an answer cannot fit by chance. */
const PING_BYTES = 8;

/** What others say: whoever gets it is not idle. */
const spoken: ReadonlySet<ServerCommand> = new Set(['frwd', 'room', 'each']);

/** One logged-in connection: what a user's endpoint is on this server. */
export class Session implements Line, Queue, Heard, Watched {
  readonly username: string;
  readonly spki: Buffer;
  readonly certificates: readonly Buffer[];
  /** SHA-256 of `spki`. */
  readonly fingerprint: Buffer;
  readonly #outbox: Outbox;
  readonly #intake: Intake;
  readonly #vigil: Vigil;
  #state: 'open' | 'mute' | 'closing' | 'closed' = 'open';
  /** The ping that waits for its pong. */
  #ping: Buffer | undefined;
  #granted = false;
  #farewell: Timer | undefined;

  /** @returns the session, which has sent M4 and is to `listen`; or undefined where the name is logged in already */
  static open(socket: Socket, user: LoggedIn, hub: Hub): Session | undefined {
    const session = new Session(socket, user, hub);
    if (hub.switchboard.come(session)) {
      session.#start();
      return session;
    }
    session.#release();
    return undefined;
  }

  private constructor(private readonly socket: Socket, { user, keys, counter }: LoggedIn, private readonly hub: Hub) {
    const { limits, clock, rates, logWire, log } = hub;
    const { username } = user;
    this.username = username;
    this.spki = user.identity.spki;
    this.fingerprint = user.identity.fingerprint;
    this.certificates = user.certificates;
    keys.renewal.wipe();
    const sent = logWire ? logSealed(log) : undefined;
    this.#outbox = new Outbox(socket, username, keys.responderToInitiator, clock, sent, counter);
    this.#outbox.blocked = () => this.#blocked();
    this.#vigil = new Vigil(limits, clock, this);
    this.#intake = new Intake(this, { key: keys.initiatorToResponder, counter, limits, clock, rates });
  }

  #start(): void {
    const { limits, switchboard } = this.hub;
    const { rateMessages, rateWindowMs, idleMs, ringMs } = limits;
    const rate = { messages: rateMessages, seconds: rateWindowMs / 1000 };
    const welcome = { text: WELCOME_TEXT, rate, idle: idleMs / 1000, ring: ringMs / 1000 };
    this.send('welc', { json: JSON.stringify(welcome) });
    switchboard.rooms.come(this);
    this.socket.on('end', () => this.end('broken'));
    this.socket.on('close', () => this.#closed());
  }

  /** Takes what the client says, that which has come already before this returns. */
  listen(): void {
    const tap = this.hub.logWire ? new WireTap(this.hub.log) : undefined;
    feed(this.socket, (chunk) => {
      tap?.push(chunk);
      this.#intake.push(chunk);
    });
  }

  /* What the switchboard sees. */

  send<C extends ServerCommand>(command: C, payload: ServerPayload<C>): void {
    if (this.#state !== 'open') return;
    this.#add(command, encode<unknown>(serverCommands[command] as Codec<unknown>, payload));
    this.#checkFull();
  }

  forward(conversation: string, payload: Buffer): boolean {
    return this.deliver(conversation, 'frwd', payload);
  }

  deliver(account: string, command: ServerCommand, payload: Buffer): boolean {
    if (this.#state !== 'open') return true;
    if (spoken.has(command)) this.#vigil.active();
    this.#add(command, payload, account);
    // First its share, then the whole queue: one conversation alone must not close the receiver.
    if (this.#exceeds(this.#outbox.cellsOf(account), this.hub.limits.queueCells / 2)) return false;
    this.#checkFull();
    return true;
  }

  forget(account: string): void {
    this.#outbox.drop(account);
  }

  probe(): void {
    this.#sendPing();
    this.#vigil.expectPong();
  }

  #add(command: ServerCommand, payload: Buffer, tag?: string): void {
    this.#outbox.add(command, payload, tag);
    if (this.blockedSince !== undefined) this.hub.queues.weigh(this);
  }

  /** What leaves at the end of its turn is no queue; what waits now, and all that comes to it, is. */
  #blocked(): void {
    this.#vigil.blocked(this.blockedSince!);
    this.hub.queues.weigh(this);
  }

  #checkFull(): void {
    if (this.#exceeds(this.cells, this.hub.limits.queueCells)) this.overflow();
  }

  /** A burst within the rate cuts nobody. */
  #exceeds(cells: number, most: number): boolean {
    return cells > most && this.blockedSince !== undefined;
  }

  /* What its intake tells. */

  record(): void {
    this.#vigil.record();
  }

  hold(held: boolean): void {
    if (held) this.socket.pause();
    else this.socket.resume();
  }

  message(command: ClientCommand, payload: Buffer): void {
    if (command !== 'ping' && command !== 'pong') this.#vigil.active();
    dispatch(this.hub.switchboard, this, command, payload);
  }

  fault(fault: unknown): void {
    if (fault instanceof LimitError) return this.end('flood', fault.message);
    if (fault instanceof WireError) return this.end('malformed', fault.message);
    this.hub.log('fault', { username: this.username, detail: String(fault) });
    this.end('fault');
  }

  /* What its vigil sees and tells. */

  get blockedSince(): number | undefined {
    return this.#outbox.blockedSince;
  }

  due(what: Due): void {
    if (what === 'ping') return this.#sendPing();
    if (what === 'no-pong' && this.#intake.waits && !this.#granted) {
      // The pong may be behind what waits for the rate; once more the same time, and no longer.
      this.#granted = true;
      this.#vigil.pong();
      return this.#vigil.expectPong();
    }
    this.end(what);
  }

  /* What the queues of all sessions see. */

  get cells(): number {
    return this.#outbox.cells;
  }

  /** Takes nothing more; ends when the step that filled the queue is over, which may still be at work on its tables. */
  overflow(): void {
    if (this.#state === 'closing') this.socket.destroy();
    if (this.#state !== 'open') return;
    this.#state = 'mute';
    queueMicrotask(() => this.end('queue-full'));
  }

  /* What the router calls for the connection itself. */

  ping(data: Buffer): void {
    this.send('pong', { data });
  }

  pong(data: Buffer): void {
    if (!this.#ping || !sameBytes(this.#ping, data)) throw new WireError('malformed', 'pong: it answers no ping');
    this.#ping = undefined;
    this.#granted = false;
    this.#vigil.pong();
  }

  exit(): void {
    this.end('exit');
  }

  #sendPing(): void {
    if (this.#ping) return;
    this.#ping = randomBytes(PING_BYTES);
    this.send('ping', { data: this.#ping });
  }

  /** What others do is no longer told here; the last words still are. */
  mute(): void {
    if (this.#state === 'open') this.#state = 'mute';
  }

  /** Ends the session: the others are told at once, this client with its last words. Does nothing a second time. */
  end(why: Why, detail?: string): void {
    if (this.#state === 'closing' || this.#state === 'closed') return;
    this.#state = 'closing';
    const { username } = this;
    const { log, clock, switchboard } = this.hub;
    const { reason, event, error, text, abrupt }: Ending = endings[why];
    this.#intake.stop();
    this.#vigil.stop();
    if (event) log(event, { username, reason: why, detail });
    log('logged-out', { username, reason: why });
    switchboard.go(this, reason);
    if (abrupt) return void this.socket.destroy();
    if (error) {
      const payload = { code: errorCodes[error], about: Buffer.alloc(0), text: text ?? '' };
      this.#outbox.add('erro', encode(serverCommands.erro, payload));
    }
    this.#outbox.add('exit', Buffer.alloc(0));
    this.#farewell = clock.after(FAREWELL_MS, () => this.socket.destroy());
    // What still comes is thrown away, so that the end of the stream is seen also where it was held.
    this.socket.resume();
    void this.#outbox.flushed().then(() => this.socket.end());
  }

  #closed(): void {
    this.end('broken');
    this.#state = 'closed';
    this.#farewell?.cancel();
    this.#release();
    this.hub.closed(this);
  }

  #release(): void {
    this.#intake.stop();
    this.#vigil.stop();
    this.#outbox.wipe();
    this.hub.queues.remove(this);
  }
}
