import { type Codec, decode } from '../../../common/bytes/codec.js';
import { type ClientCommand, clientCommands, errorCodes, serverCommands } from '../../../common/wire/commands.js';
import { CELL, RECORD_CELLS_MAX } from '../../../common/wire/limits.js';
import {
  cellsFor, packMessages, type RawMessage, recordCapacity, unpackMessages,
} from '../../../common/wire/record.js';
import { mutate, type Random } from '../../support/mutations.js';
import { message, RawClient, Refused } from '../../support/raw-client.js';
import { check } from '../target.js';
import { seedsOf } from '../targets/codecs.js';
import type { Decisions } from './decisions.js';
import { decodes, material, type Place } from './place.js';

/** What the protocol says will come of what was sent. */
export type Verdict = 'fine' | 'malformed' | 'flood' | 'exit';

const NO_CONVERSATION = '00'.repeat(8);
const pause = () => new Promise((resolve) => setTimeout(resolve, 2));

/** A logged-in client that says right and wrong things, and knows what has to come of each. */
export class HostileClient {
  readonly #ids: string[] = [];
  ended = false;

  private constructor(private readonly place: Place, readonly raw: RawClient) {}

  static async login(place: Place, username: string): Promise<HostileClient> {
    const own = { identity: place.identityOf(username) };
    for (let tries = 0; ; tries++) {
      try {
        return new HostileClient(place, await RawClient.login(place, username, place.server, own));
      } catch (error) {
        // The connection before was cut, and the server has not seen it yet.
        if (!(error instanceof Refused) || error.code !== 4 || tries > 1_000) throw error;
        await pause();
      }
    }
  }

  /** Reads what the server has said so far: all of it as the tables say. @returns codes of `erro` */
  #hear(): number[] {
    check(this.raw.fault === undefined, `the server said what it must not: ${this.raw.fault}`);
    return this.raw.heard.flatMap(({ command, payload }) => {
      const said = decode<any>(serverCommands[command] as Codec<any>, payload);
      if (command === 'pubk') this.#ids.push(said.conversation);
      return command === 'erro' ? [said.code as number] : [];
    });
  }

  /** Does one thing. @returns what has to come of it */
  act(decisions: Decisions): Verdict {
    this.#hear();
    this.raw.heard.length = 0;
    const kind = decisions.below(12);
    const { random } = decisions;
    if (kind < 5) return this.#say([this.#right(random)]);
    if (kind === 5) return this.#say([this.#wrong(random)]);
    if (kind < 8) return this.#say(this.#several(random));
    if (kind === 8) return this.#say(this.#flood(random));
    if (kind === 9) return this.#spoiledPlaintext(random);
    return kind === 10 ? this.#spoiledRecord(random) : this.#cut(random);
  }

  #several(random: Random): RawMessage[] {
    return Array.from({ length: 1 + random(6) }, () => (random(12) === 0 ? this.#wrong(random) : this.#right(random)));
  }

  /** As many as a record may have, or more. */
  #flood(random: Random): RawMessage[] {
    const length = this.place.rateMessages + random(3);
    return Array.from({ length }, () => message('ping', { data: Buffer.alloc(0) }));
  }

  #spoiledPlaintext(random: Random): Verdict {
    const packed = packMessages([this.#right(random), this.#right(random)]);
    const front = mutate(packed.subarray(0, 60 + random(40)), random, material);
    const plaintext = Buffer.alloc(recordCapacity(cellsFor(front.length)));
    front.copy(plaintext);
    this.raw.socket.write(this.raw.sealPlaintext(plaintext));
    return this.#verdict(plaintext);
  }

  #spoiledRecord(random: Random): Verdict {
    const sealed = this.raw.seal(message('ping', { data: Buffer.alloc(8, 1) }));
    const record = mutate(sealed, random, { ...material, max: 2 * CELL });
    // Behind it come as many bytes as any header could announce.
    this.raw.socket.write(Buffer.concat([record, Buffer.alloc(RECORD_CELLS_MAX * CELL, 0xff)]));
    return 'malformed';
  }

  #cut(random: Random): Verdict {
    this.raw.socket.write(this.raw.seal(message('list', { prefix: '', after: '' })).subarray(0, random(256)));
    this.raw.socket.destroy();
    this.ended = true;
    return 'exit';
  }

  #say(messages: readonly RawMessage[]): Verdict {
    const plaintext = packMessages(messages);
    this.raw.socket.write(this.raw.sealPlaintext(plaintext));
    return this.#verdict(plaintext);
  }

  #right(random: Random): RawMessage {
    const username = ['alice', 'bob', 'user3', 'user4', 'nobody'][random(5)]!;
    const conversation = this.#ids[random(this.#ids.length + 1)] ?? NO_CONVERSATION;
    const body = Buffer.alloc(1 + random(random(8) === 0 ? 60_000 : 200), 7);
    const room = ['lab', 'club'][random(2)]!;
    switch (random(14)) {
      case 0: case 1: return message('chat', { username });
      case 2: return message('cach', { username });
      case 3: case 4: return message('acpt', { username });
      case 5: return message('refu', { username });
      case 6: return message('exch', { conversation });
      case 7: return message('list', { prefix: ['', 'al', 'user'][random(3)]!, after: username });
      case 8: return random(6) === 0 ? message('exit', undefined) : message('ping', { data: Buffer.alloc(random(33)) });
      case 9: return message('join', { room, next: random(3) });
      case 10: return message('part', { room });
      case 11: return message('room', { room, kind: 1 + random(10), body });
      case 12: return message('cert', { names: [username, 'alice'] });
      default: return message('frwd', { conversation, body });
    }
  }

  #wrong(random: Random): RawMessage {
    // What comes of a `chng` depends on who is present: tap-tests/server/relay/rooms.
    const commands = (Object.keys(clientCommands) as ClientCommand[]).filter((each) => each !== 'chng');
    const command = commands[random(commands.length)]!;
    const seeds = seedsOf('client', command);
    const payload = mutate(seeds[random(seeds.length)]!, random, material);
    return { command: random(12) === 0 ? 'root' : command, payload };
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

  /** Waits for what has to come: last words with the code that is due, `exit`, and the end. */
  async meets(verdict: Verdict): Promise<void> {
    if (verdict === 'fine' || this.ended) return;
    this.ended = true;
    await this.raw.gone();
    const codes = this.#hear().filter((code) => code >= errorCodes.idle && code <= errorCodes.revoked);
    const due = verdict === 'exit' ? [] : [errorCodes[verdict]];
    check(codes.join() === due.join(), `${verdict}: told ${codes.join() || 'nothing'}`);
    check(this.raw.heard.at(-1)?.command === 'exit', `${verdict}: closed without exit`);
  }

  /** The server is there, and lets it go. */
  async leave(): Promise<void> {
    if (this.ended) return;
    await this.raw.settled();
    this.raw.say('exit', undefined);
    await this.meets('exit');
  }
}
