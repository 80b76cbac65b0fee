import { type Duplex, duplexPair } from 'node:stream';
import { decode, encode, type Codec } from '../../common/bytes/codec.js';
import { type ExchangeKeys, finish, loginTranscript, respond } from '../../common/crypto/exchange.js';
import { type Identity, privateIdentity, type PublicIdentity } from '../../common/crypto/identity.js';
import { RecordSealer } from '../../common/crypto/record-key.js';
import type { EphemeralKey } from '../../common/crypto/suite.js';
import { X25519Ephemeral } from '../../common/crypto/suite.js';
import { readHandshakeCell } from '../../common/transport/cells.js';
import { Inbox } from '../../common/transport/inbox.js';
import { readCell, writeCell } from '../../common/wire/cell.js';
import { clientCommands, type ClientCommand, type ServerCommand, serverCommands, type ServerPayload } from '../../common/wire/commands.js';
import { packMessages, type RawMessage } from '../../common/wire/record.js';
import { good } from './certificate-maker.js';
import { until } from './until.js';

export const serverIdentity = (): Identity => privateIdentity(good.leafKeys.privateKey);

const never = new AbortController().signal;

/** Two ends of a connection in memory; errors of the server's end are of no interest. */
export function line(): { client: Duplex; server: Duplex } {
  const [client, server] = duplexPair();
  server.on('error', () => undefined);
  return { client, server };
}

/** What a server does of the login, a step at a time, so that a test can do any of them wrong. */
export class FakeLogin {
  constructor(readonly stream: Duplex) {}

  async readM1(): Promise<Buffer> {
    return readCell(await readHandshakeCell(this.stream, never), ['M1']).body;
  }

  async answer(body1: Buffer, options: {
    readonly identity?: Identity; readonly certificates?: readonly Buffer[]; readonly ephemeral?: EphemeralKey;
  } = {}) {
    const { identity = serverIdentity(), certificates = [good.server()], ephemeral = new X25519Ephemeral() } = options;
    return respond({ t0: loginTranscript(), received: body1, named: true, ephemeral: async () => ephemeral, certificates, identity });
  }

  async readM3(): Promise<Buffer> {
    return readCell(await readHandshakeCell(this.stream, never), ['M3']).body;
  }

  /** All of it, as it should be. */
  async run(user: PublicIdentity, ephemeral?: EphemeralKey): Promise<ExchangeKeys> {
    const { body2, expecting } = await this.answer(await this.readM1(), ephemeral ? { ephemeral } : {});
    this.stream.write(writeCell('M2', body2));
    return finish(expecting, await this.readM3(), () => user);
  }
}

export const serverMessage = <C extends ServerCommand>(command: C, payload: ServerPayload<C>): RawMessage =>
  ({ command, payload: encode<unknown>(serverCommands[command] as Codec<unknown>, payload) });

/** The server's end of a session: says what a test tells it to, and writes down what it hears. */
export class FakeSession {
  readonly heard: { command: ClientCommand; payload: Buffer }[] = [];
  /** How many messages each record had. */
  readonly records: number[] = [];
  readonly #sealer: RecordSealer;
  ended = false;

  constructor(readonly stream: Duplex, username: string, keys: ExchangeKeys) {
    this.#sealer = new RecordSealer(username, keys.responderToInitiator);
    const inbox = new Inbox(username, keys.initiatorToResponder, clientCommands);
    stream.on('close', () => (this.ended = true)).on('end', () => (this.ended = true));
    stream.on('data', (chunk: Buffer) => {
      inbox.push(chunk);
      for (let messages = inbox.next(); messages; messages = inbox.next()) {
        this.records.push(messages.length);
        this.heard.push(...messages);
      }
    });
  }

  seal(...messages: readonly RawMessage[]): Buffer {
    return Buffer.concat(this.#sealer.seal(packMessages(messages)));
  }

  say<C extends ServerCommand>(command: C, payload: ServerPayload<C>): void {
    this.stream.write(this.seal(serverMessage(command, payload)));
  }

  count(command: ClientCommand): number {
    return this.heard.filter((each) => each.command === command).length;
  }

  async hear<C extends ClientCommand>(command: C, times = 1): Promise<{ [key: string]: unknown }> {
    await until(`${times} × ${command}; there was ${this.heard.map((each) => each.command).join(' ')}`, () => this.count(command) >= times);
    const found = this.heard.filter((each) => each.command === command)[times - 1]!;
    return decode<any>(clientCommands[command] as Codec<any>, found.payload);
  }
}
