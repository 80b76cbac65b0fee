import { createServer, type Server } from 'node:net';
import { CELL, handshakeCell, M1, M2, M3, readHandshakeCell, REFUSAL } from './cells.js';
import { u16 } from './bytes.js';
import { type Agreed, loginT0, Responder } from './exchange.js';
import type { Faults } from './faults.js';
import { Line } from './line.js';
import type { Person } from './primitives.js';
import { message, Session } from './session.js';
import type { Message } from './records.js';

export const WELCOME = '{"text":"User Login Complete!","rate":{"messages":1000,"seconds":5},"idle":1800,"ring":60}';

/** A client that has logged in at the false relay. */
export interface Guest {
  readonly username: string;
  readonly session: Session;
  readonly agreed: Agreed;
  readonly line: Line;
}

export interface FalseRelayOptions {
  /** The server's identity that clients expect: stolen, or the attacker's own. */
  readonly person: Person;
  readonly certificates: readonly Buffer[];
  readonly faults?: Faults;
  /** In the place of M2. */
  readonly refuse?: number;
  readonly welcome?: string | null;
  readonly suite?: number;
  /** The counter of the first record in each direction, for clients that begin there as well. */
  readonly counter?: bigint;
  /** Does with each message of a guest whatever it wants. */
  readonly onMessage?: (message: Message, from: Guest) => void;
}

/** The attacker as the relay: it lets everybody in whatever they sign with, and does with their messages what it is told to. */
export class FalseRelay {
  readonly guests: Guest[] = [];
  readonly faults: unknown[] = [];
  readonly #lines = new Set<Line>();

  private constructor(private readonly server: Server, public options: FalseRelayOptions) {}

  static async open(options: FalseRelayOptions): Promise<FalseRelay> {
    const server = createServer();
    const relay = new FalseRelay(server, options);
    server.on('connection', (socket) => {
      const line = new Line(socket);
      relay.#lines.add(line);
      void relay.#receive(line).catch((fault: unknown) => relay.faults.push(fault));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return relay;
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  /** The guest who logged in last under this name. */
  guest(name: string): Guest | undefined {
    return this.guests.findLast(({ username, line }) => username === name && !line.closed);
  }

  async #receive(line: Line): Promise<void> {
    const { person, certificates, faults, suite, refuse, counter = 0n, welcome = WELCOME } = this.options;
    const first = await line.read(CELL);
    if (!first) return;
    const { type, body } = readHandshakeCell(first);
    if (type !== M1) throw new Error('no M1');
    if (refuse !== undefined) return line.write(handshakeCell(REFUSAL, u16(refuse)));
    const responder = new Responder(body, { t0: loginT0, person, certificates, ...(faults ? { faults } : {}) }, suite);
    const cell = handshakeCell(M2, responder.body2);
    line.write(faults?.cell?.(2, cell) ?? cell);
    const third = await line.read(CELL);
    if (!third || readHandshakeCell(third).type !== M3) return;
    const agreed = responder.finish(readHandshakeCell(third).body);
    const session = new Session(line, responder.username, { send: agreed.toInitiator, receive: agreed.toResponder });
    session.startAt(counter);
    const guest = { username: responder.username, session, agreed, line };
    session.onMessage = this.options.onMessage ? (each) => this.options.onMessage!(each, guest) : undefined;
    this.guests.push(guest);
    if (welcome !== null) session.say(message('welc', welcome));
  }

  async close(): Promise<void> {
    for (const line of this.#lines) line.socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
