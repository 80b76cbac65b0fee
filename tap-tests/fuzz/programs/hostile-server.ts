import type { Duplex } from 'node:stream';
import type { Clock } from '../../../common/clock.js';
import { type ExchangeKeys, finish, loginTranscript, respond } from '../../../common/crypto/exchange.js';
import type { PublicIdentity } from '../../../common/crypto/identity.js';
import { RecordSealer } from '../../../common/crypto/record-key.js';
import { X25519Ephemeral } from '../../../common/crypto/suite.js';
import { readHandshakeCell } from '../../../common/transport/cells.js';
import { Inbox } from '../../../common/transport/inbox.js';
import { type CellType, readCell, writeCell } from '../../../common/wire/cell.js';
import {
  type ClientCommand, clientCommands, type ServerCommand, serverCommands,
} from '../../../common/wire/commands.js';
import { cellsFor, packMessages, type RawMessage, recordCapacity } from '../../../common/wire/record.js';
import { serverMessage } from '../../support/fake-server.js';
import { mutate, type Random } from '../../support/mutations.js';
import { certificates, identityOf, keys, publicOf } from '../fixtures.js';
import { seedsOf } from '../targets/codecs.js';
import type { Decisions } from './decisions.js';
import { spoiled } from './hostile-login.js';
import { HostilePeer } from './hostile-peer.js';
import { material } from './place.js';

const identity = identityOf(keys.server);
const WELCOME = '{"text":"User Login Complete!","rate":{"messages":1000,"seconds":1},"idle":1800,"ring":60}';

const turns = async (count: number) => {
  for (let left = count; left > 0; left--) await new Promise(setImmediate);
};

/** The server's end of a client's connection: it knows all keys but the client's, and keeps to nothing. */
export class HostileServer {
  #sealer: RecordSealer | undefined;
  #peer: HostilePeer | undefined;
  #id = 1;

  constructor(private readonly stream: Duplex, private readonly user: PublicIdentity, private readonly clock: Clock) {
    stream.on('error', () => undefined);
  }

  /** M2 and M4, mostly as they should be. */
  async login(decisions: Decisions): Promise<void> {
    const way = decisions.below(12);
    const { random } = decisions;
    const { body2, expecting } = await respond({
      t0: loginTranscript(), received: await this.#next('M1'), named: true, identity,
      ephemeral: async () => new X25519Ephemeral(), certificates: [certificates.server],
    });
    if (way === 0) return this.#write(spoiled('M2', body2, random));
    if (way === 1) return this.#write(spoiled('refusal', Buffer.from([0, random(9)]), random));
    if (way === 2) return this.#cut(writeCell('M2', body2), random);
    this.#write(writeCell('M2', body2));
    this.#begin(finish(expecting, await this.#next('M3'), () => this.user));
    if (way === 3) return this.#write(spoiled('refusal', Buffer.from([0, random(9)]), random));
    const json = way === 4 ? String(mutate(Buffer.from(WELCOME), random, material)).slice(0, 300) : WELCOME;
    const m4 = this.#seal([serverMessage('welc', { json })]);
    this.#write(way === 5 ? mutate(m4, random, material) : m4);
    await turns(3);
  }

  async #next(type: CellType): Promise<Buffer> {
    return readCell(await readHandshakeCell(this.stream, AbortSignal.timeout(10_000)), [type]).body;
  }

  #begin(keys: ExchangeKeys): void {
    this.#sealer = new RecordSealer('alice', keys.responderToInitiator);
    const inbox = new Inbox<ClientCommand>('alice', keys.initiatorToResponder, clientCommands);
    this.stream.on('data', (chunk: Buffer) => {
      inbox.push(chunk);
      for (let messages = inbox.next(); messages; messages = inbox.next()) messages.forEach(this.#heard);
    });
  }

  #write(bytes: Buffer): void {
    if (!this.stream.destroyed) this.stream.write(bytes);
  }

  #cut(bytes: Buffer, random: Random): void {
    this.#write(bytes.subarray(0, random(bytes.length)));
    this.stream.end();
  }

  #seal(messages: readonly RawMessage[]): Buffer {
    return Buffer.concat(this.#sealer!.seal(packMessages(messages)));
  }

  #say(...messages: readonly RawMessage[]): void {
    this.#write(this.#seal(messages));
  }

  /** Does one thing. @param calm nothing that ends anything */
  act(decisions: Decisions, calm: boolean): void {
    if (!this.#sealer) return;
    const kind = decisions.below(16);
    const { random } = decisions;
    if (calm || kind > 6) return this.#bob(random, calm);
    if (kind === 0) return this.#say(this.#wrong(random));
    if (kind === 1) return this.#write(mutate(this.#seal([this.#right(random)]), random, material));
    if (kind === 2) return this.#spoiledPlaintext(random);
    return this.#say(...Array.from({ length: kind === 3 ? 1 + random(8) : 1 }, () => this.#right(random)));
  }

  #spoiledPlaintext(random: Random): void {
    const packed = packMessages([this.#right(random), this.#right(random)]);
    const front = mutate(packed.subarray(0, 60 + random(60)), random, material);
    const plaintext = Buffer.alloc(recordCapacity(cellsFor(front.length)));
    front.copy(plaintext);
    this.#write(Buffer.concat(this.#sealer!.seal(plaintext)));
  }

  /** What a line has that is only kept open. */
  breathe(): void {
    if (this.#sealer) this.#say(serverMessage('ping', { data: Buffer.alloc(1) }));
  }

  #right(random: Random): RawMessage {
    const username = ['bob', 'user3', 'alice'][random(3)]!;
    const conversation = random(4) === 0 ? '00'.repeat(8) : this.#conversation;
    const abouts = ['chatbob', 'acptbob', 'cachbob', 'frwd', ''].map((text) => Buffer.from(text));
    const aboutChat = Buffer.concat([Buffer.from('frwd'), Buffer.from(conversation, 'hex')]);
    switch (random(14)) {
      case 0: return serverMessage('reqt', { username });
      case 1: return serverMessage('call', { username });
      case 2: return serverMessage('refu', { username });
      case 3: return serverMessage('cach', { username });
      case 4: return serverMessage('exch', { conversation, reason: random(4) });
      case 5: return serverMessage('list', { more: random(2), users: [{ name: username, inChat: random(2) === 0 }] });
      case 6: return serverMessage('erro', { code: random(16), about: abouts[random(5)]!, text: '\u202e' });
      case 7: return serverMessage('erro', { code: 6, about: aboutChat, text: '' });
      case 8: case 9: return serverMessage('ping', { data: Buffer.alloc(random(33)) });
      case 10: return serverMessage('pong', { data: Buffer.alloc(random(2)) });
      case 11: return this.#introduction(random(2), random(3) === 0 ? this.user.spki : publicOf(keys.user3));
      case 12: return random(6) === 0 ? serverMessage('exit', undefined) : this.#introduction(1, publicOf(keys.bob));
      default: return this.#forward(random(6), Buffer.alloc(1 + random(4_100), random(256)));
    }
  }

  #wrong(random: Random): RawMessage {
    const commands = Object.keys(serverCommands) as ServerCommand[];
    const command = commands[random(commands.length)]!;
    const seeds = seedsOf('server', command);
    const payload = mutate(seeds[random(seeds.length)]!, random, material);
    return { command: random(12) === 0 ? 'root' : command, payload };
  }

  /* bob, who is in league with it. */

  get #conversation(): string {
    return this.#id.toString(16).padStart(16, '0');
  }

  #introduction(role: number, spki: Buffer): RawMessage {
    const chain = role === 0 ? [certificates.bob] : [];
    return serverMessage('pubk', { conversation: this.#conversation, role, peer: 'bob', certificates: chain, spki });
  }

  #forward(kind: number, body: Buffer): RawMessage {
    const whole = Buffer.concat([Buffer.from([kind]), body]);
    return serverMessage('frwd', { conversation: this.#conversation, body: whole });
  }

  /** bob calls, and waits until that is heard. */
  async call(heard: () => void): Promise<void> {
    if (!this.#sealer) return;
    this.#say(serverMessage('reqt', { username: 'bob' }));
    await turns(3);
    heard();
    await turns(10);
  }

  /** bob says something, or calls. */
  #bob(random: Random, calm: boolean): void {
    if (this.#peer && (calm || random(12) > 0)) return this.#peer.say(random, calm);
    this.#say(serverMessage('reqt', { username: 'bob' }));
  }

  /** What the client says, as far as bob and the relay have to go on. */
  readonly #heard = ({ command, payload }: { readonly command: string; readonly payload: Buffer }): void => {
    const about = payload.toString('hex', 0, 8);
    if (command === 'acpt') this.#connect('caller');
    if (command === 'chat' && payload.toString() === 'bob') {
      this.#say(serverMessage('call', { username: 'bob' }));
      this.#connect('receiver');
    }
    if (command === 'exch' && about === this.#conversation) this.#peer = undefined;
    if (command === 'frwd' && about === this.#conversation) void this.#peer?.hear(payload[8]!, payload.subarray(9));
  };

  /** @param role of bob */
  #connect(role: 'caller' | 'receiver'): void {
    this.#id++;
    this.#say(this.#introduction(role === 'caller' ? 1 : 0, publicOf(keys.bob)));
    const forward = (kind: number, body: Buffer) => this.#say(this.#forward(kind, body));
    this.#peer = new HostilePeer(this.#conversation, role, this.user, this.clock, forward);
    this.#peer.begin();
  }
}
