import { connect, type Socket } from 'node:net';
import { type Codec, decode, encode } from '../../common/bytes/codec.js';
import { answer, type ExchangeKeys, initiate, loginTranscript } from '../../common/crypto/exchange.js';
import { type Identity, privateIdentity, type PublicIdentity } from '../../common/crypto/identity.js';
import { makeEd25519Pair } from '../../common/crypto/node.js';
import { RecordSealer } from '../../common/crypto/record-key.js';
import { type Suite, x25519Suite } from '../../common/crypto/suite.js';
import { readHandshakeCell } from '../../common/transport/cells.js';
import { Inbox } from '../../common/transport/inbox.js';
import { refusal } from '../../common/wire/bodies.js';
import { isRefusalCell, readCell, writeCell } from '../../common/wire/cell.js';
import { type ClientCommand, clientCommands, type ClientPayload, type ServerCommand, serverCommands, type ServerPayload } from '../../common/wire/commands.js';
import { packMessages, type RawMessage } from '../../common/wire/record.js';
import { until } from './until.js';

export const newIdentity = (): Identity => privateIdentity(makeEd25519Pair().privateKey);

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface RawLogin {
  readonly identity: Identity;
  readonly certificates?: readonly Buffer[];
  readonly suites?: readonly Suite[];
}

/** A refusal in the place of M2 or M4. */
export class Refused extends Error {
  constructor(readonly code: number) {
    super(`refused with ${code}`);
  }
}

export const message = <C extends ClientCommand>(command: C, payload: ClientPayload<C>): RawMessage =>
  ({ command, payload: encode<unknown>(clientCommands[command] as Codec<unknown>, payload) });

/** A socket on which nothing was said yet. */
export async function connectTo({ host, port }: Address, localAddress?: string): Promise<Socket> {
  const socket = connect({ host, port, ...(localAddress === undefined ? {} : { localAddress }) });
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  socket.on('error', () => undefined);
  return socket;
}

/** The next cell of a handshake; throws Refused. */
export async function nextBody(socket: Socket, type: 'M2'): Promise<Buffer> {
  const cell = await readHandshakeCell(socket, AbortSignal.timeout(10_000));
  if (isRefusalCell(cell)) throw new Refused(decode(refusal, readCell(cell, ['refusal']).body).code);
  return readCell(cell, [type]).body;
}

/** M1 to M3 without a look at the server's certificate. @returns the keys of both directions */
export async function shakeHands(
  socket: Socket, username: string, server: PublicIdentity, { identity, certificates = [], suites = [x25519Suite] }: RawLogin,
): Promise<ExchangeKeys> {
  const { body1, expecting } = initiate(loginTranscript(), username, suites);
  socket.write(writeCell('M1', body1));
  const { body3, keys } = await answer(expecting, await nextBody(socket, 'M2'), { identity, certificates }, () => server);
  socket.write(writeCell('M3', body3));
  return keys;
}

/**
 * A client with nothing of a client's sense: it says what a test tells it to, and writes down what it hears, one line a
 * message. It answers no ping.
 */
export class RawClient {
  readonly heard: { command: ServerCommand; payload: Buffer }[] = [];
  readonly #inbox: Inbox<ServerCommand>;
  readonly #sealer: RecordSealer;
  closed = false;
  fault: unknown;

  private constructor(readonly socket: Socket, readonly username: string, keys: ExchangeKeys) {
    this.#inbox = new Inbox(username, keys.responderToInitiator, serverCommands);
    this.#sealer = new RecordSealer(username, keys.initiatorToResponder);
    socket.on('close', () => (this.closed = true));
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.resume();
  }

  /** Logs in and waits for M4. Throws Refused. */
  static async login(at: Address, username: string, server: PublicIdentity, own: RawLogin, localAddress?: string): Promise<RawClient> {
    const socket = await connectTo(at, localAddress);
    const keys = await shakeHands(socket, username, server, own);
    const first = await readHandshakeCell(socket, AbortSignal.timeout(10_000));
    if (isRefusalCell(first)) {
      socket.destroy();
      throw new Refused(decode(refusal, readCell(first, ['refusal']).body).code);
    }
    const client = new RawClient(socket, username, keys);
    client.#take(first);
    return client;
  }

  #take(chunk: Buffer): void {
    try {
      this.#inbox.push(chunk);
      for (let messages = this.#inbox.next(); messages; messages = this.#inbox.next()) this.heard.push(...messages);
    } catch (fault) {
      this.fault = fault;
    }
  }

  /** The bytes of one record with all of these. */
  seal(...messages: readonly RawMessage[]): Buffer {
    return this.sealPlaintext(packMessages(messages));
  }

  sealPlaintext(plaintext: Buffer): Buffer {
    return Buffer.concat(this.#sealer.seal(plaintext));
  }

  say<C extends ClientCommand>(command: C, payload: ClientPayload<C>): void {
    this.socket.write(this.seal(message(command, payload)));
  }

  /** Waits for the next message of this command, and takes everything up to it out of what was heard. */
  async expect<C extends ServerCommand>(command: C): Promise<ServerPayload<C>> {
    const at = () => this.heard.findIndex((each) => each.command === command);
    await until(`${command} for ${this.username}, who heard ${this.heard.map((each) => each.command).join(' ') || 'nothing'}`, () => at() >= 0);
    const { payload } = this.heard.splice(0, at() + 1).at(-1)!;
    return decode(serverCommands[command] as unknown as Codec<ServerPayload<C>>, payload);
  }

  /** A message behind everything said before has been answered: whatever was to come has come. */
  async settled(): Promise<ServerCommand[]> {
    return (await this.caughtUp()).map(({ command }) => command);
  }

  /** The same with the payloads. */
  async caughtUp(): Promise<{ command: ServerCommand; payload: Buffer }[]> {
    this.say('ping', { data: Buffer.from('settled') });
    const before = () => this.heard.findIndex(({ command, payload }) => command === 'pong' && payload.toString() === 'settled');
    await until(`the pong for ${this.username}`, () => before() >= 0);
    return this.heard.splice(0, before() + 1).slice(0, -1);
  }

  async gone(): Promise<void> {
    await until(`the end of ${this.username}'s connection`, () => this.closed);
  }
}

