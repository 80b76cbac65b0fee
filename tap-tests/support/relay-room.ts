import type { Test } from 'tap';
import { type Codec, decode } from '../../common/bytes/codec.js';
import { errorCodes, type ServerCommand, serverCommands } from '../../common/wire/commands.js';
import { type Action, actionOf, change } from '../../common/wire/room-change.js';
import type { RelayLimits } from '../../common/wire/limits.js';
import type { ServerOptions } from '../../server/library.js';
import type { RawClient } from './raw-client.js';
import { RoomBook } from './room-book.js';
import { TestServer } from './test-server.js';

const LAB = 'lab';

/** A relay, raw clients that are logged in, and the room `lab` that they may make. */
export class RelayRoom {
  readonly book: RoomBook;
  readonly #clients = new Map<string, RawClient>();
  readonly #lines = new Map<string, string[]>();

  private constructor(readonly server: TestServer) {
    this.book = new RoomBook(LAB, server.keys);
  }

  /** @param users who log in; alice, bob and user3 are enrolled anyway */
  static async start(
    t: Test, users: readonly string[], limits: Partial<RelayLimits> = {}, others: Partial<ServerOptions> = {},
  ): Promise<RelayRoom> {
    const all = { rateMessages: 1_000, ...limits };
    const enrolled = [...new Set(['alice', 'bob', 'user3', ...users])];
    const scene = new RelayRoom(await TestServer.start(t, { users: enrolled, limits: all, ...others }));
    for (const name of users) await scene.login(name);
    return scene;
  }

  /** What was heard until `welc` is forgotten. */
  async login(name: string): Promise<RawClient> {
    const client = await this.server.login(name);
    this.#clients.set(name, client);
    this.#lines.delete(name);
    await client.expect('welc');
    return client;
  }

  of(name: string): RawClient {
    return this.#clients.get(name)!;
  }

  /** Gone, and the relay has noticed. */
  async cut(name: string): Promise<void> {
    const before = this.server.events('logged-out').length;
    this.of(name).socket.destroy();
    await this.server.logged('logged-out', before + 1);
  }

  join(name: string, next = 0, room = LAB): void {
    this.of(name).say('join', { room, next });
  }

  part(name: string, room = LAB): void {
    this.of(name).say('part', { room });
  }

  hand(name: string, bytes: Buffer, room = LAB): void {
    this.of(name).say('chng', { room, change: bytes });
  }

  say(name: string, text: string, kind = 9, room = LAB): void {
    this.of(name).say('room', { room, kind, body: Buffer.from(text) });
  }

  /** A change that its author hands in, and that is taken. */
  async write(action: Action, author: string, target = author): Promise<void> {
    this.hand(author, await this.book.write(action, author, target));
    await this.settled(author);
  }

  /** The first one makes the room, adds the others, and all are in; what they heard of it is forgotten. */
  async gather(...names: readonly string[]): Promise<void> {
    const [first, ...others] = names;
    this.join(first!);
    await this.write('make', first!);
    for (const name of others) {
      await this.write('add', first!, name);
      this.join(name);
      await this.settled(name);
    }
    for (const name of names) await this.heard(name);
  }

  /** All that this one has said has been answered. */
  async settled(name: string): Promise<void> {
    const lines = (await this.of(name).caughtUp()).map(({ command, payload }) => line(command, payload));
    this.#lines.set(name, [...this.#lines.get(name) ?? [], ...lines]);
  }

  /** What this one has heard since the last time, one line a message. */
  async heard(name: string): Promise<string[]> {
    await this.settled(name);
    return this.#lines.get(name)!.splice(0);
  }
}

const nameOf = (code: number) => Object.entries(errorCodes).find(([, each]) => each === code)![0];

export function line(command: ServerCommand, payload: Buffer): string {
  const said = decode<any>(serverCommands[command] as Codec<any>, payload);
  const { room, seq } = said ?? {};
  switch (command) {
    case 'erro': return `erro ${nameOf(said.code)} ${said.about}`;
    case 'join': return `join ${room} ${seq} [${said.present}]`;
    case 'here': case 'away': return `${command} ${room} ${seq} ${said.name}`;
    case 'chng': return `chng ${room} ${seq} ${changeLine(said.change)}`;
    case 'room': return `room ${room} ${seq} ${said.sender} ${said.kind} ${start(said.body)}`;
    case 'each': return `each ${room} ${said.sender} ${said.kind} ${start(said.body)}`;
    case 'invt': return `invt ${room} ${said.by}`;
    case 'knoc': return `knoc ${room} ${said.name}`;
    default: return command;
  }
}

const start = (body: Buffer) => body.toString('latin1', 0, 40);

function changeLine(bytes: Buffer): string {
  const said = decode(change, bytes);
  return `#${said.number} ${actionOf(said)} ${said.target} by ${said.author}`;
}
