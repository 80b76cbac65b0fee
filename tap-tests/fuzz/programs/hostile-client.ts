import type { Socket } from 'node:net';
import { type Codec, decode } from '../../../common/bytes/codec.js';
import { answer, initiate, loginTranscript } from '../../../common/crypto/exchange.js';
import type { Identity, PublicIdentity } from '../../../common/crypto/identity.js';
import { x25519Suite } from '../../../common/crypto/suite.js';
import { MessageAppError } from '../../../common/errors.js';
import { readHandshakeCell } from '../../../common/transport/cells.js';
import { body1, body3, refusal } from '../../../common/wire/bodies.js';
import { isRefusalCell, readCell, writeCell } from '../../../common/wire/cell.js';
import { type ClientCommand, clientCommands, errorCodes, serverCommands } from '../../../common/wire/commands.js';
import { CELL } from '../../../common/wire/limits.js';
import { cellsFor, packMessages, type RawMessage, recordCapacity, unpackMessages } from '../../../common/wire/record.js';
import { mutate, type Random } from '../../support/mutations.js';
import { connectTo, message, nextBody, RawClient, Refused } from '../../support/raw-client.js';
import { until } from '../../support/until.js';
import { codecTargets } from '../targets/codecs.js';
import { bytesOf, check, Fault } from '../target.js';
import type { Decisions } from './decisions.js';

/** What the protocol says will come of what was sent. */
export type Verdict = 'fine' | 'malformed' | 'flood' | 'exit';

export interface Place {
  readonly host: string;
  readonly port: number;
  readonly server: PublicIdentity;
  readonly rateMessages: number;
  identityOf(username: string): Identity;
}

const TEN_SECONDS = () => AbortSignal.timeout(10_000);
const tokens = bytesOf('MSGA', 'alice', 'bob', 'user3', '__pr', 'exit', 'ping', 'frwd');
const material = { others: [], tokens, max: CELL };

/** A cell of 4096 bytes with a body that was changed, or a cell that was. */
function spoiled(type: 'M1' | 'M3', body: Buffer, random: Random): Buffer {
  if (random(2) === 0) return writeCell(type, mutate(body, random, material).subarray(0, CELL - 8));
  const cell = writeCell(type, body);
  const front = mutate(cell.subarray(0, 8 + body.length), random, material).subarray(0, CELL);
  front.copy(cell);
  return cell;
}

const decodes = (read: () => unknown): boolean => {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof MessageAppError) return false;
    throw error;
  }
};

async function refusedWith(socket: Socket): Promise<number> {
  const cell = await readHandshakeCell(socket, TEN_SECONDS());
  check(isRefusalCell(cell), 'something else than a refusal');
  const { code } = decode(refusal, readCell(cell, ['refusal']).body);
  socket.resume();
  await until('the end after a refusal', () => socket.readableEnded || socket.destroyed);
  socket.destroy();
  return code;
}

/** M1 that was changed: what decodes gets M2, all else a refusal at once. */
export async function spoiledHello(place: Place, username: string, random: Random): Promise<string> {
  const socket = await connectTo(place);
  const cell = spoiled('M1', initiate(loginTranscript(), username, [x25519Suite]).body1, random);
  socket.write(cell);
  let expected: number | undefined = 1;
  decodes(() => {
    const offer = decode(body1, readCell(cell, ['M1']).body);
    if (offer.username !== '') expected = offer.suites.some((id) => id === 1 || id === 2) ? undefined : 2;
  });
  if (expected === undefined) {
    await nextBody(socket, 'M2');
    socket.destroy();
    return 'M1 spoiled, M2';
  }
  const code = await refusedWith(socket);
  check(code === expected, `M1: refused with ${code} and not ${expected}`);
  return `M1 refused ${code}`;
}

/** M3 that was changed, or has more behind it. */
export async function spoiledProof(place: Place, username: string, random: Random): Promise<string> {
  const socket = await connectTo(place);
  const { body1: said, expecting } = initiate(loginTranscript(), username, [x25519Suite]);
  socket.write(writeCell('M1', said));
  const own = { identity: place.identityOf(username), certificates: [] };
  const { body3: body } = await answer(expecting, await nextBody(socket, 'M2'), own, () => place.server);
  const right = writeCell('M3', body);
  const cell = random(6) === 0 ? right : spoiled('M3', body, random);
  const isRight = cell.equals(right);
  socket.write(isRight ? Buffer.concat([cell, Buffer.alloc(1)]) : cell);
  const code = await refusedWith(socket);
  const expected = !isRight && decodes(() => decode(body3, readCell(cell, ['M3']).body)) ? 3 : 1;
  check(code === expected, `M3: refused with ${code} and not ${expected}`);
  return `M3 refused ${code}`;
}

/** Bytes of a login that stop somewhere, or that are none. */
export async function cutLogin(place: Place, username: string, random: Random): Promise<string> {
  const socket = await connectTo(place);
  const { body1: said } = initiate(loginTranscript(), username, [x25519Suite]);
  socket.write(random(4) === 0 ? Buffer.from('GET / HTTP/1.1\r\n\r\n') : writeCell('M1', said).subarray(0, random(CELL)));
  if (random(2) === 0) await new Promise(setImmediate);
  socket.destroy();
  return 'cut';
}

const payloadSeeds = (command: ClientCommand): readonly Buffer[] =>
  codecTargets.find(({ name }) => name === `client ${command}`)!.seeds.filter(({ length }) => length < 3_000);

/** A logged-in client that says right and wrong things, and knows what has to come of each. */
export class HostileClient {
  readonly #ids: string[] = [];
  ended = false;

  private constructor(private readonly place: Place, readonly raw: RawClient) {}

  static async login(place: Place, username: string): Promise<HostileClient> {
    for (let tries = 0; ; tries++) {
      try {
        return new HostileClient(place, await RawClient.login(place, username, place.server, { identity: place.identityOf(username) }));
      } catch (error) {
        // The connection before was cut, and the server has not seen it yet.
        if (!(error instanceof Refused) || error.code !== 4 || tries > 200) throw error;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    }
  }

  /** Reads what the server has said so far: all of it as the tables say. @returns codes of `erro` */
  hear(): number[] {
    check(this.raw.fault === undefined, `the server said what it must not: ${this.raw.fault}`);
    const codes: number[] = [];
    for (const { command, payload } of this.raw.heard) {
      const said = decode<any>(serverCommands[command] as Codec<any>, payload);
      if (command === 'pubk') this.#ids.push(said.conversation);
      if (command === 'erro') codes.push(said.code);
    }
    return codes;
  }

  /** Does one thing. @returns what has to come of it */
  async act(decisions: Decisions): Promise<Verdict> {
    this.hear();
    this.raw.heard.length = 0;
    const { raw } = this;
    switch (decisions.below(12)) {
      case 0: case 1: case 2: case 3: case 4:
        return this.#say([this.#right(decisions)]);
      case 5:
        return this.#say([this.#wrong(decisions)]);
      case 6: case 7:
        return this.#say(Array.from({ length: 1 + decisions.below(6) }, () =>
          (decisions.below(12) === 0 ? this.#wrong(decisions) : this.#right(decisions))));
      case 8:
        return this.#say(Array.from({ length: this.place.rateMessages + decisions.below(3) }, () => message('ping', { data: Buffer.alloc(0) })));
      case 9: {
        const { random } = decisions;
        const packed = packMessages([this.#right(decisions), this.#right(decisions)]);
        const front = mutate(packed.subarray(0, 60 + random(40)), random, material);
        const plaintext = Buffer.alloc(recordCapacity(cellsFor(front.length)));
        front.copy(plaintext);
        raw.socket.write(raw.sealPlaintext(plaintext));
        return this.#verdict(plaintext);
      }
      case 10: {
        const { random } = decisions;
        // Behind it come as many bytes as any header could announce.
        const record = mutate(raw.seal(message('ping', { data: Buffer.alloc(8, 1) })), random, { ...material, max: 2 * CELL });
        raw.socket.write(Buffer.concat([record, Buffer.alloc(16 * CELL, 0xff)]));
        return 'malformed';
      }
      default:
        raw.socket.write(raw.seal(message('list', { prefix: '', after: '' })).subarray(0, decisions.below(256)));
        raw.socket.destroy();
        this.ended = true;
        return 'exit';
    }
  }

  #say(messages: readonly RawMessage[]): Verdict {
    const plaintext = packMessages(messages);
    this.raw.socket.write(this.raw.sealPlaintext(plaintext));
    return this.#verdict(plaintext);
  }

  #right(decisions: Decisions): RawMessage {
    const { random } = decisions;
    const username = ['alice', 'bob', 'user3', 'user4', 'nobody'][random(5)]!;
    const conversation = this.#ids[random(this.#ids.length + 1)] ?? '00'.repeat(8);
    switch (random(10)) {
      case 0: case 1: return message('chat', { username });
      case 2: return message('cach', { username });
      case 3: case 4: return message('acpt', { username });
      case 5: return message('refu', { username });
      case 6: return message('exch', { conversation });
      case 7: return message('list', { prefix: ['', 'al', 'user'][random(3)]!, after: username });
      case 8: return random(6) === 0 ? message('exit', undefined) : message('ping', { data: Buffer.alloc(random(33)) });
      default: return message('frwd', { conversation, body: Buffer.alloc(1 + random(random(8) === 0 ? 60_000 : 200), 7) });
    }
  }

  #wrong(decisions: Decisions): RawMessage {
    const command = decisions.one(Object.keys(clientCommands) as ClientCommand[]);
    const seeds = payloadSeeds(command);
    const { random } = decisions;
    return { command: random(12) === 0 ? 'root' : command, payload: mutate(seeds[random(seeds.length)]!, random, material) };
  }

  /** The tables of docs/PROTOCOL.md parts 3 and 4, for a client that was not pinged. */
  #verdict(plaintext: Buffer): Verdict {
    let messages: readonly { command: ClientCommand; payload: Buffer }[] = [];
    if (!decodes(() => (messages = unpackMessages(plaintext, clientCommands)))) return 'malformed';
    if (messages.length > this.place.rateMessages) return 'flood';
    for (const { command, payload } of messages) {
      if (command === 'pong') return 'malformed';
      if (!decodes(() => decode(clientCommands[command] as Codec<unknown>, payload))) return 'malformed';
      if (command === 'exit') return 'exit';
    }
    return 'fine';
  }

  /** Waits for what has to come. */
  async meets(verdict: Verdict): Promise<void> {
    if (verdict === 'fine' || this.ended) return;
    this.ended = true;
    const { raw } = this;
    await raw.gone();
    const codes = this.hear().filter((code) => code > 8);
    const expected = verdict === 'exit' ? [] : [errorCodes[verdict]];
    if (codes.join() !== expected.join()) throw new Fault(`${verdict}: told ${codes.join() || 'nothing'}`);
    check(raw.heard.at(-1)?.command === 'exit', `${verdict}: closed without exit`);
  }

  /** The server is there, and lets it go. */
  async leave(): Promise<void> {
    if (this.ended) return;
    await this.raw.settled();
    this.raw.say('exit', undefined);
    await this.meets('exit');
  }
}

