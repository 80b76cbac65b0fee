import type { Duplex } from 'node:stream';
import type { Clock } from '../../../common/clock.js';
import { type ExchangeKeys, finish, loginTranscript, respond } from '../../../common/crypto/exchange.js';
import type { PublicIdentity } from '../../../common/crypto/identity.js';
import { RecordSealer } from '../../../common/crypto/record-key.js';
import { X25519Ephemeral } from '../../../common/crypto/suite.js';
import { readHandshakeCell } from '../../../common/transport/cells.js';
import { Inbox } from '../../../common/transport/inbox.js';
import { readCell, writeCell } from '../../../common/wire/cell.js';
import { clientCommands, type ServerCommand, serverCommands } from '../../../common/wire/commands.js';
import { CELL } from '../../../common/wire/limits.js';
import { cellsFor, packMessages, type RawMessage, recordCapacity } from '../../../common/wire/record.js';
import { serverMessage } from '../../support/fake-server.js';
import { mutate, type Random } from '../../support/mutations.js';
import { certificates, identityOf, keys, publicOf } from '../fixtures.js';
import { codecTargets } from '../targets/codecs.js';
import { bytesOf } from '../target.js';
import type { Decisions } from './decisions.js';
import { HostilePeer } from './hostile-peer.js';

const server = identityOf(keys.server);
const material = { others: [], max: CELL, tokens: bytesOf('MSGA', 'alice', 'bob', 'welc', 'exit', 'frwd', '__pr') };
const turn = () => new Promise(setImmediate);
const turns = async (count: number) => {
  for (let left = count; left > 0; left--) await turn();
};

/** The server's end of a client's connection: it knows all keys but the client's, and keeps to nothing. */
export class HostileServer {
  #sealer: RecordSealer | undefined;
  #inbox: Inbox<string> | undefined;
  #peer: HostilePeer | undefined;
  #id = 1;

  constructor(private readonly stream: Duplex, private readonly user: PublicIdentity, private readonly clock: Clock) {
    stream.on('error', () => undefined);
  }

  /** M2 and M4, mostly as they should be. */
  async login(decisions: Decisions): Promise<void> {
    const way = decisions.below(12);
    const { random } = decisions;
    const body1 = readCell(await readHandshakeCell(this.stream, AbortSignal.timeout(10_000)), ['M1']).body;
    const { body2, expecting } = await respond({
      t0: loginTranscript(), received: body1, named: true, ephemeral: async () => new X25519Ephemeral(), certificates: [certificates.server], identity: server,
    });
    if (way === 0) return this.#write(spoiled('M2', body2, random));
    if (way === 1) return this.#write(spoiled('refusal', Buffer.from([0, random(9)]), random));
    if (way === 2) return this.#cut(writeCell('M2', body2), random);
    this.#write(writeCell('M2', body2));
    const keys = finish(expecting, readCell(await readHandshakeCell(this.stream, AbortSignal.timeout(10_000)), ['M3']).body, () => this.user);
    this.#begin(keys);
    if (way === 3) return this.#write(spoiled('refusal', Buffer.from([0, random(9)]), random));
    const welcome = serverMessage('welc', { json: way === 4 ? String(mutate(Buffer.from(WELCOME), random, material)).slice(0, 300) : WELCOME });
    this.#write(way === 5 ? mutate(this.#seal([welcome]), random, material) : this.#seal([welcome]));
    await turns(3);
  }

  #begin(keys: ExchangeKeys): void {
    this.#sealer = new RecordSealer('alice', keys.responderToInitiator);
    this.#inbox = new Inbox('alice', keys.initiatorToResponder, clientCommands);
    this.stream.on('data', (chunk: Buffer) => {
      this.#inbox!.push(chunk);
      for (let messages = this.#inbox!.next(); messages; messages = this.#inbox!.next()) for (const message of messages) this.#heard(message);
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
    const { random } = decisions;
    if (calm) return this.#peer ? this.#peer.say(random, true) : this.#bob(random, true);
    switch (decisions.below(16)) {
      case 0: return this.#say(this.#wrong(random));
      case 1: return this.#write(mutate(this.#seal([serverMessage('ping', { data: Buffer.alloc(3) })]), random, material));
      case 2: {
        const front = mutate(packMessages([this.#right(random), this.#right(random)]).subarray(0, 60 + random(60)), random, material);
        const plaintext = Buffer.alloc(recordCapacity(cellsFor(front.length)));
        front.copy(plaintext);
        return this.#write(Buffer.concat(this.#sealer.seal(plaintext)));
      }
      case 3: case 4: case 5: return this.#say(this.#right(random));
      case 6: return this.#say(...Array.from({ length: 1 + random(8) }, () => this.#right(random)));
      default: return this.#bob(random, false);
    }
  }

  /** What a line has that is only kept open. */
  breathe(): void {
    if (this.#sealer) this.#say(serverMessage('ping', { data: Buffer.alloc(1) }));
  }

  #right(random: Random): RawMessage {
    const username = ['bob', 'user3', 'alice'][random(3)]!;
    const conversation = random(4) === 0 ? '00'.repeat(8) : this.#conversation;
    switch (random(13)) {
      case 0: return serverMessage('reqt', { username });
      case 1: return serverMessage('call', { username });
      case 2: return serverMessage('refu', { username });
      case 3: return serverMessage('cach', { username });
      case 4: return serverMessage('exch', { conversation, reason: random(4) });
      case 5: return serverMessage('list', { more: random(2), users: [{ name: username, inChat: random(2) === 0 }] });
      case 6: return serverMessage('erro', { code: random(16), about: Buffer.from(['chatbob', 'acptbob', 'cachbob', 'frwd', ''][random(5)]!), text: '\u202e' });
      case 7: return serverMessage('erro', { code: 6, about: Buffer.concat([Buffer.from('frwd'), Buffer.from(conversation, 'hex')]), text: '' });
      case 8: case 9: return serverMessage('ping', { data: Buffer.alloc(random(33)) });
      case 10: return random(5) === 0 ? serverMessage('exit', undefined) : serverMessage('pong', { data: Buffer.alloc(random(2)) });
      case 11: return this.#introduction(random(2), random(3) === 0 ? this.user.spki : publicOf(keys.user3));
      default: return this.#forward(random(6), Buffer.alloc(1 + random(4_100), random(256)));
    }
  }

  #wrong(random: Random): RawMessage {
    const commands = Object.keys(serverCommands) as ServerCommand[];
    const command = commands[random(commands.length)]!;
    const seeds = codecTargets.find(({ name }) => name === `server ${command}`)!.seeds.filter(({ length }) => length < CELL);
    return { command: random(12) === 0 ? 'root' : command, payload: mutate(seeds[random(seeds.length)]!, random, material) };
  }

  /* The peer. */

  get #conversation(): string {
    return this.#id.toString(16).padStart(16, '0');
  }

  #introduction(role: number, spki: Buffer): RawMessage {
    return serverMessage('pubk', { conversation: this.#conversation, role, peer: 'bob', certificates: role === 0 ? [certificates.bob] : [], spki });
  }

  #forward(kind: number, body: Buffer): RawMessage {
    return serverMessage('frwd', { conversation: this.#conversation, body: Buffer.concat([Buffer.from([kind]), body]) });
  }

  /** bob calls, and waits until that is heard. */
  async call(heard: () => void): Promise<void> {
    if (!this.#sealer) return;
    this.#say(serverMessage('reqt', { username: 'bob' }));
    await turns(3);
    heard();
    await turns(10);
  }

  /** bob calls, or says something. */
  #bob(random: Random, calm: boolean): void {
    if (this.#peer && random(12) > 0) return this.#peer.say(random, calm);
    this.#say(serverMessage('reqt', { username: 'bob' }));
  }

  /** What the client says, as far as bob and the relay have to go on. */
  #heard({ command, payload }: { readonly command: string; readonly payload: Buffer }): void {
    if (command === 'acpt') this.#connect('caller');
    if (command === 'chat' && payload.toString() === 'bob') {
      this.#say(serverMessage('call', { username: 'bob' }));
      this.#connect('receiver');
    }
    if (command === 'exch' && payload.toString('hex') === this.#conversation) this.#peer = undefined;
    if (command === 'frwd' && payload.toString('hex', 0, 8) === this.#conversation) void this.#peer?.hear(payload[8]!, payload.subarray(9));
  }

  /** @param role of bob */
  #connect(role: 'caller' | 'receiver'): void {
    this.#id++;
    this.#say(this.#introduction(role === 'caller' ? 1 : 0, publicOf(keys.bob)));
    this.#peer = new HostilePeer(this.#conversation, role, this.user, this.clock, (kind, body) => this.#say(this.#forward(kind, body)));
    this.#peer.begin();
  }
}

const WELCOME = '{"text":"User Login Complete!","rate":{"messages":1000,"seconds":1},"idle":1800,"ring":60}';

function spoiled(type: 'M2' | 'refusal', body: Buffer, random: Random): Buffer {
  if (random(3) === 0) return writeCell(type, body);
  if (random(2) === 0) return writeCell(type, mutate(body, random, material).subarray(0, CELL - 8));
  return Buffer.concat([mutate(writeCell(type, body), random, material), Buffer.alloc(CELL)]);
}
