import { counterBytes, Fields, u32, u64, u8, vec8 } from './bytes.js';
import { CELL } from './cells.js';
import { type Agreed, Initiator, Responder } from './exchange.js';
import type { Faults } from './faults.js';
import { fingerprintOf, gcmOpen, gcmSeal, hmac, type Person, sha256 } from './primitives.js';
import { erroCode, message, type Session } from './session.js';
import type { Message } from './records.js';
import { until } from '../until.js';

export const kind = { P1: 1, P2: 2, P3: 3, record: 4 } as const;
export const type = {
  text: 1, receipt: 2, goodbye: 3, discarded: 4, sign: 5, agreed: 6, declined: 7, signedText: 8, signedReceipt: 9,
  renewal1: 16, renewal2: 17, renewal3: 18, renewal4: 19,
} as const;
export const SECURE = Buffer.from('CHAT IS SECURE!');
export const NO_TEXT = Buffer.alloc(16);

/** What `pubk` says (docs/PROTOCOL.md, part 4). */
export interface Introduction {
  readonly conversation: Buffer;
  readonly role: 'caller' | 'receiver';
  readonly peer: string;
  readonly certificates: readonly Buffer[];
  readonly spki: Buffer;
}

export function readPubk({ payload }: Message): Introduction {
  const fields = new Fields(payload);
  return {
    conversation: fields.take(8), role: fields.u8() === 0 ? 'caller' : 'receiver', peer: fields.vec8().toString(),
    certificates: fields.list16(), spki: fields.vec16(),
  };
}

export function pubk({ conversation, role, peer, certificates, spki }: Introduction): Message {
  const list = certificates.flatMap((der) => [Buffer.from([der.length >> 8, der.length & 255]), der]);
  return message('pubk', Buffer.concat([
    conversation, u8(role === 'caller' ? 0 : 1), vec8(peer), u8(certificates.length), ...list,
    Buffer.from([spki.length >> 8, spki.length & 255]), spki,
  ]));
}

export const frwd = (conversation: Buffer, kindOf: number, body: Buffer): Message =>
  message('frwd', Buffer.concat([conversation, u8(kindOf), body]));

export const chatT0 = (conversation: Buffer, caller: string, receiver: string, callerSpki: Buffer, receiverSpki: Buffer): Buffer =>
  sha256('MessageApp/2 chat', conversation, vec8(caller), vec8(receiver), fingerprintOf(callerSpki), fingerprintOf(receiverSpki));

export const renewalT0 = (conversation: Buffer, secret: Buffer): Buffer => sha256('MessageApp/2 renewal', conversation, secret);

export interface EndToEnd {
  readonly counter: bigint;
  readonly type: number;
  readonly time: number;
  readonly content: Buffer;
}

/** What may be wrong about one end-to-end record. */
export interface EndToEndFaults {
  readonly counter?: bigint;
  readonly time?: number;
  readonly key?: Buffer;
  /** The plaintext with its padding, 4096k - 118 bytes. */
  readonly plaintext?: (plaintext: Buffer) => Buffer;
  readonly cells?: number;
}

/** One direction of a conversation: a chain that gives each record a key of its own (part 5). */
export class Chain {
  counter = 0n;

  constructor(public chain: Buffer) {}

  /** @returns the record, 4096k - 66 bytes */
  seal(typeOf: number, content: Uint8Array | string, faults: EndToEndFaults = {}): Buffer {
    const body = Buffer.from(content as string);
    const k = faults.cells ?? Math.max(1, Math.ceil((body.length + 124) / CELL));
    const plaintext = Buffer.alloc(CELL * k - 118);
    Buffer.concat([u8(typeOf), u8(0), u32(body.length), body]).copy(plaintext);
    const head = Buffer.concat([Buffer.from('MessageAppV2'), counterBytes(faults.counter ?? this.counter), u64(BigInt(faults.time ?? Date.now()))]);
    const sealed = gcmSeal(faults.key ?? this.messageKey, head.subarray(12, 24), head, faults.plaintext?.(plaintext) ?? plaintext);
    this.step();
    return Buffer.concat([head, sealed]);
  }

  /** Throws where the record does not open. */
  open(record: Buffer): EndToEnd {
    const head = record.subarray(0, 36);
    const plaintext = gcmOpen(this.messageKey, head.subarray(12, 24), head, record.subarray(36));
    const counter = this.counter;
    this.step();
    const length = plaintext.readUInt32BE(2);
    return { counter, type: plaintext[0]!, time: Number(head.readBigUInt64BE(28)), content: plaintext.subarray(6, 6 + length) };
  }

  get messageKey(): Buffer {
    return hmac(this.chain, Buffer.from([1]));
  }

  step(): void {
    this.chain = hmac(this.chain, Buffer.from([2]));
    this.counter += 1n;
  }
}

/** The attacker as one of two peers, over a session with a relay (its own or a real one). */
export class Conversation {
  readonly heard: EndToEnd[] = [];
  /** Receipts each text as soon as it is read. */
  receipts = true;
  ended: Message | undefined;
  fault: unknown;
  renewal: Buffer;

  private constructor(
    readonly session: Session, readonly introduction: Introduction, readonly agreed: Agreed, readonly send: Chain, readonly receive: Chain,
  ) {
    this.renewal = agreed.renewal;
  }

  /**
   * The exchange, up to and with both records 0, by the given faults.
   * @param own whose key signs; the name is the session's, or `as`: a relay speaks in other names over the sessions of its guests
   */
  static async begin(session: Session, introduction: Introduction, own: Person, options: {
    readonly faults?: Faults; readonly suites?: readonly number[]; readonly as?: string;
  } = {}): Promise<Conversation> {
    const { conversation, role, peer, spki } = introduction;
    const { as = session.username } = options;
    const caller = role === 'caller';
    const t0 = caller
      ? chatT0(conversation, as, peer, own.spki, spki)
      : chatT0(conversation, peer, as, spki, own.spki);
    const party = { t0, person: own, ...(options.faults ? { faults: options.faults } : {}) };
    const agreed = caller ? await call(session, conversation, party, spki, options.suites) : await receive(session, conversation, party, spki);
    const [toPeer, toOwn] = caller ? [agreed.toResponder, agreed.toInitiator] : [agreed.toInitiator, agreed.toResponder];
    const both = new Conversation(session, introduction, agreed, new Chain(toPeer), new Chain(toOwn));
    if (!caller) both.say(type.text, SECURE);
    both.take(await nextBody(session, conversation, kind.record));
    if (caller) both.say(type.receipt, NO_TEXT);
    both.heard.length = 0;
    return both;
  }

  /** Reads one record; `heard` has what it said. */
  take(record: Buffer): void {
    const opened = this.receive.open(record);
    this.heard.push(opened);
    if (this.receipts && opened.type === type.text && opened.counter + (this.introduction.role === 'caller' ? 0n : 1n) > 0n) {
      if (!opened.content.equals(SECURE) || opened.counter > 0n) this.say(type.receipt, counterOf(opened));
    }
  }

  say(typeOf: number, content: Uint8Array | string, faults?: EndToEndFaults): void {
    this.session.say(this.message(typeOf, content, faults));
  }

  text(text: string, faults?: EndToEndFaults): void {
    this.say(type.text, text, faults);
  }

  message(typeOf: number, content: Uint8Array | string, faults?: EndToEndFaults): Message {
    return frwd(this.introduction.conversation, kind.record, this.send.seal(typeOf, content, faults));
  }

  /** Opens all that came over the session by now. */
  readOn(): void {
    const { heard } = this.session;
    for (let at = 0; at < heard.length;) {
      const { command, payload } = heard[at]!;
      if (!payload.subarray(0, 8).equals(this.introduction.conversation) || (command !== 'frwd' && command !== 'exch')) {
        at += 1;
        continue;
      }
      const [each] = heard.splice(at, 1);
      if (command === 'exch') this.ended = each;
      else this.take(payload.subarray(9));
    }
  }

  /** The next record of a type; records before it are forgotten. */
  async expect(typeOf: number, ms?: number): Promise<EndToEnd> {
    const at = () => this.heard.findIndex((each) => each.type === typeOf);
    await until(`a record of type ${typeOf} for ${this.session.username}`, () => {
      this.readOn();
      return at() >= 0 || this.ended !== undefined;
    }, ms);
    if (at() < 0) throw new Error('the conversation has ended');
    return this.heard.splice(0, at() + 1).at(-1)!;
  }

  /** Waits for `exch`, or `erro` 6. */
  async over(ms?: number): Promise<void> {
    await until('the end of the conversation', () => {
      this.readOn();
      return this.ended !== undefined || this.session.line.closed || this.session.heard.some((each) => each.command === 'erro' && erroCode(each) === 6);
    }, ms);
  }
}

export const counterOf = ({ counter }: EndToEnd): Buffer => counterBytes(counter);

async function nextBody(session: Session, conversation: Buffer, kindOf: number): Promise<Buffer> {
  const mine = ({ payload }: Message) => payload.subarray(0, 8).equals(conversation);
  await until(`kind ${kindOf} or an end for ${session.username}`, () =>
    session.heard.some((each) => (each.command === 'frwd' || each.command === 'exch') && mine(each)) || session.fault !== undefined || session.line.closed, 40_000);
  const at = session.heard.findIndex((each) => (each.command === 'frwd' || each.command === 'exch') && mine(each));
  if (at < 0) throw session.fault ?? new Error('the connection is lost');
  const [found] = session.heard.splice(at, 1);
  if (found!.command === 'exch') throw new Error(`exch in the place of kind ${kindOf}`);
  if (found!.payload[8] !== kindOf) throw new Error(`kind ${found!.payload[8]} in the place of ${kindOf}`);
  return found!.payload.subarray(9);
}

type Signer = { readonly t0: Buffer; readonly person: Person; readonly faults?: Faults };

async function call(session: Session, conversation: Buffer, party: Signer, spki: Buffer, suites?: readonly number[]): Promise<Agreed> {
  const initiator = new Initiator('', party, suites);
  session.say(frwd(conversation, kind.P1, initiator.body1));
  const { body3, agreed } = initiator.answer(await nextBody(session, conversation, kind.P2), spki);
  session.say(frwd(conversation, kind.P3, body3));
  return agreed;
}

async function receive(session: Session, conversation: Buffer, party: Signer, spki: Buffer): Promise<Agreed> {
  const responder = new Responder(await nextBody(session, conversation, kind.P1), party);
  session.say(frwd(conversation, kind.P2, responder.body2));
  return responder.finish(await nextBody(session, conversation, kind.P3), spki);
}
