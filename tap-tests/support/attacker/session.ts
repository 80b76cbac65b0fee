import { until } from '../until.js';
import { CELL } from './cells.js';
import { Fields, u16, u8, vec8 } from './bytes.js';
import type { RecordFaults } from './faults.js';
import { expand } from './primitives.js';
import type { Line } from './line.js';
import { type Message, Opener, Sealer } from './records.js';

export const message = (command: string, payload: Uint8Array | string = ''): Message => ({ command, payload: Buffer.from(payload as string) });

export const list = (prefix = '', after = ''): Message => message('list', Buffer.concat([vec8(prefix), vec8(after)]));
export const erroCode = ({ payload }: Message): number => payload.readUInt16BE();

/** `about` of an erro: the command, then a name or a conversation. */
export const erroAbout = ({ payload }: Message): Buffer => new Fields(payload.subarray(2)).vec8();
export const erro = (code: number, about: Uint8Array | string = '', text = ''): Message =>
  message('erro', Buffer.concat([u16(code), vec8(about), Buffer.from(text)]));
export const exchReason = (conversation: Buffer, reason: number): Message => message('exch', Buffer.concat([conversation, u8(reason)]));

/** One end of an encrypted connection, client or relay, that says what it is told to and writes down what it hears. */
export class Session {
  readonly heard: Message[] = [];
  /** How many messages came, also those taken out of `heard`. */
  count = 0;
  /** Why it could not read on. */
  fault: unknown;
  /** Does with each message what `heard` would: set it to keep nothing. */
  onMessage: ((message: Message) => void) | undefined;
  /** Answers pings as an honest end. */
  answersPings = true;
  readonly #sealer: Sealer;
  readonly #opener: Opener;

  constructor(readonly line: Line, readonly username: string, keys: { readonly send: Buffer; readonly receive: Buffer }) {
    this.#sealer = new Sealer(username, keys.send);
    this.#opener = new Opener(username, keys.receive);
    line.onData = () => this.#readOn();
    this.#readOn();
  }

  #first: Buffer | undefined;

  #readOn(): void {
    try {
      for (;;) {
        this.#first ??= this.line.take(CELL);
        if (!this.#first) return;
        const more = this.line.take((this.#opener.cellsOf(this.#first) - 1) * CELL);
        if (!more) return;
        const record = Buffer.concat([this.#first, more]);
        this.#first = undefined;
        for (const each of this.#opener.open(record)) this.#take(each);
      }
    } catch (fault) {
      this.fault ??= fault;
    }
  }

  #take(each: Message): void {
    this.count += 1;
    if (each.command === 'ping' && this.answersPings) this.say(message('pong', each.payload));
    if (this.onMessage) this.onMessage(each);
    else this.heard.push(each);
  }

  /** Both directions go on under the keys behind `pass` (part 12). */
  behindPassword(): void {
    for (const direction of [this.#sealer, this.#opener]) {
      direction.key = expand(direction.key, 'MessageApp/2 password', 32);
    }
  }

  /** Says a password where one was asked for. */
  async sayPassword(password: string): Promise<void> {
    await this.expect('pass');
    this.say(message('pass', vec8(password)));
    this.behindPassword();
  }

  /** Both directions go on with this counter, under the keys that they have. */
  startAt(counter: bigint): void {
    this.#sealer.counter = counter;
    this.#opener.counter = counter;
  }

  get counter(): bigint {
    return this.#sealer.counter;
  }

  set counter(value: bigint) {
    this.#sealer.counter = value;
  }

  seal(messages: readonly Message[], faults?: RecordFaults, cells?: number): Buffer {
    return this.#sealer.seal(messages, faults, cells);
  }

  sealPlaintext(plaintext: Buffer, faults?: RecordFaults, cells?: number): Buffer {
    return this.#sealer.sealPlaintext(plaintext, faults, cells);
  }

  /** All in one record. */
  say(...messages: readonly Message[]): void {
    this.line.write(this.seal(messages));
  }

  sayWrongly(faults: RecordFaults, ...messages: readonly Message[]): void {
    this.line.write(this.seal(messages, faults));
  }

  /** The next of these commands; what was heard before it is forgotten. */
  async expect(command: string, matches: (each: Message) => boolean = () => true, ms?: number): Promise<Message> {
    const at = () => this.heard.findIndex((each) => each.command === command && matches(each));
    await until(`${command} for ${this.username}`, () => at() >= 0 || this.fault !== undefined, ms).catch((error: Error) => {
      throw new Error(`${error.message}, who heard ${this.heard.map((each) => each.command).join(' ') || 'nothing'}`);
    });
    if (at() < 0) throw this.fault;
    return this.heard.splice(0, at() + 1).at(-1)!;
  }

  /** A ping behind all that was said has been answered. @returns what was heard before the answer */
  async settled(mark = `settled ${Math.random()}`.slice(0, 32), ms?: number): Promise<Message[]> {
    this.say(message('ping', mark));
    const at = () => this.heard.findIndex((each) => each.command === 'pong' && each.payload.toString() === mark);
    await until(`the pong for ${this.username}`, () => at() >= 0 || this.line.closed || this.fault !== undefined, ms);
    if (at() < 0) throw this.fault ?? new Error(`${this.username} was cut`);
    return this.heard.splice(0, at() + 1).slice(0, -1);
  }

  /** The codes of `erro` in what was heard and not yet taken. */
  get errors(): number[] {
    return this.heard.filter(({ command }) => command === 'erro').map(erroCode);
  }

  async gone(ms?: number): Promise<void> {
    await this.line.gone(ms);
  }
}
