import type { Timer } from '../../../common/clock.js';
import { answer, type ExchangeKeys, type ExpectBody2, type ExpectBody3, finish, initiate, respond, wipeKeys } from '../../../common/crypto/exchange.js';
import { SECURE_TEXT } from '../../../common/crypto/labels.js';
import { chatTranscript } from '../../../common/crypto/peer-transcript.js';
import { COUNTER, counterBytes, type Opened } from '../../../common/crypto/ratchet.js';
import type { Suite } from '../../../common/crypto/suite.js';
import { TrustError, WireError } from '../../../common/errors.js';
import { CONTENT_MAX, contentTypes, kinds } from '../../../common/wire/end-to-end.js';
import { EXCHANGE_MS } from '../../../common/wire/limits.js';
import { SIGNED_TEXT_MAX } from '../../../common/wire/signed.js';
import type { LeftReason } from '../protocol.js';
import { Channel } from './channel.js';
import { Dialogue } from './dialogue.js';
import { withoutCertificates } from './peer-keys.js';
import type { ConversationPorts } from './ports.js';
import type { Text } from './delivery.js';

type State =
  | { readonly at: 'expect-P1' }
  | { readonly at: 'expect-P2'; readonly expecting: ExpectBody2 }
  | { readonly at: 'expect-P3'; readonly expecting: ExpectBody3 }
  /** Both have the keys; neither has seen that the other has them. */
  | { readonly at: 'expect-first'; readonly dialogue: Dialogue }
  | { readonly at: 'open'; readonly dialogue: Dialogue }
  | { readonly at: 'ended' };

/** Bodies that wait while a key is made or something is signed; more come only from a relay that floods. */
const MAILBOX_MAX = 256;

/**
 * One conversation with a peer (docs/PROTOCOL.md part 5), from `pubk` to its end. Bodies are handled strictly one after
 * another, also while a step of the exchange takes its time. Any failed check ends it: its keys are wiped, a warning
 * says why, and it ends with `exch`.
 */
export class Conversation {
  #state: State;
  readonly #mailbox: Buffer[] = [];
  #working = false;
  readonly #deadline: Timer;
  readonly #t0: Buffer;

  constructor(private readonly ports: ConversationPorts) {
    const { id, role, self, peer, clock } = ports;
    this.#t0 = role === 'caller' ? chatTranscript(id, self, peer) : chatTranscript(id, peer, self);
    this.#state = { at: 'expect-P1' };
    this.#deadline = clock.after(EXCHANGE_MS, () => this.#fail(new TrustError('timed-out', 'The key exchange took too long.'), 'timed-out'));
    if (role === 'caller') this.#call();
  }

  get open(): boolean {
    return this.#state.at === 'open';
  }

  /** Takes the body of a `frwd`. */
  receive(body: Buffer): void {
    if (this.#state.at === 'ended') return;
    if (this.#mailbox.length >= MAILBOX_MAX) return this.#fail(new WireError('malformed', 'More came than could be taken in.'));
    this.#mailbox.push(body);
    if (!this.#working) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working = true;
    try {
      while (this.#mailbox.length > 0 && this.#state.at !== 'ended') {
        const waiting = this.#handle(this.#mailbox.shift()!);
        if (waiting) await waiting;
      }
    } catch (error) {
      this.#fail(error as Error);
    }
    this.#working = false;
  }

  /** The bodies that are due in each state; all else ends the conversation. */
  #handle(body: Buffer): Promise<void> | void {
    const kind = body[0];
    const received = body.subarray(1);
    const state = this.#state;
    if (state.at === 'expect-P1' && kind === kinds.P1) return this.#answerCall(received);
    if (state.at === 'expect-P2' && kind === kinds.P2) return this.#confirm(state.expecting, received);
    if (state.at === 'expect-P3' && kind === kinds.P3) return this.#secure(state.expecting, received);
    if (state.at === 'expect-first' && kind === kinds.record) return this.#first(state.dialogue, received);
    if (state.at === 'open' && kind === kinds.record) return state.dialogue.take(received);
    throw new WireError('out-of-turn', 'A step of the key exchange came out of turn.');
  }

  /* The exchange, in the order of its messages. */

  #call(): void {
    const { body1, expecting } = initiate(this.#t0, '', this.ports.suites);
    this.#state = { at: 'expect-P2', expecting };
    this.#send(kinds.P1, body1);
  }

  async #answerCall(received: Buffer): Promise<void> {
    const { self, ephemeral } = this.ports;
    const { body2, expecting } = await respond({
      t0: this.#t0, received, named: false, ephemeral, certificates: [], identity: self.identity,
    });
    if (this.#ended) return expecting.ephemeral.destroy();
    this.#suite = expecting.ephemeral.suite;
    this.#state = { at: 'expect-P3', expecting };
    this.#send(kinds.P2, body2);
  }

  async #confirm(expecting: ExpectBody2, received: Buffer): Promise<void> {
    const { self, peer } = this.ports;
    const own = { identity: self.identity, certificates: [] };
    const { body3, keys, suite } = await answer(expecting, received, own, withoutCertificates(peer.identity));
    if (this.#ended) return wipeKeys(keys);
    this.#suite = suite;
    this.#send(kinds.P3, body3);
    this.#state = { at: 'expect-first', dialogue: this.#dialogue(keys) };
  }

  #secure(expecting: ExpectBody3, received: Buffer): void {
    const keys = finish(expecting, received, withoutCertificates(this.ports.peer.identity));
    const dialogue = this.#dialogue(keys);
    this.#state = { at: 'expect-first', dialogue };
    dialogue.send('text', Buffer.from(SECURE_TEXT, 'ascii'));
  }

  /** The other's record 0 shows that it has the keys; the caller's answers the receiver's. */
  async #first(dialogue: Dialogue, received: Buffer): Promise<void> {
    const { type, content } = dialogue.open(received);
    if (!isFirst(this.ports.role, { type, content })) throw new WireError('out-of-turn', 'The first record is not the one that is due.');
    this.#deadline.cancel();
    await this.ports.pin();
    if (this.#ended) return;
    if (this.ports.role === 'caller') dialogue.send('receipt', counterBytes(0n));
    this.#state = { at: 'open', dialogue };
    this.ports.opened(this.#suite!);
    dialogue.start();
  }

  #suite: Suite | undefined;

  #dialogue(keys: ExchangeKeys): Dialogue {
    return new Dialogue(this.ports, new Channel(this.ports.role, keys), {
      goodbye: () => this.#end('left', 'peer', true),
      failed: (error) => this.#fail(error),
      unwritten: (error) => this.#fail(error, 'left'),
    });
  }

  #send(kind: number, body: Buffer): void {
    const { id, submit, forward } = this.ports;
    submit('control', () => forward(Buffer.concat([Buffer.from(id, 'hex'), Buffer.from([kind]), body])));
  }

  /* What a person does. */

  /** False where too many texts wait already. */
  say(text: Text): boolean {
    return this.#open().say(text);
  }

  /** The longest text that can be said now, in bytes. */
  get textMax(): number {
    return this.#state.at === 'open' && this.#state.dialogue.signing.signed ? SIGNED_TEXT_MAX : CONTENT_MAX;
  }

  /** Proposes to sign, or agrees to it. Throws UsageError 'not-now'. */
  sign(): void {
    this.#open().signing.sign();
  }

  /** Throws UsageError 'not-now' where nothing is proposed. */
  decline(): void {
    this.#open().signing.decline();
  }

  #open(): Dialogue {
    if (this.#state.at !== 'open') throw new Error('a conversation that is not open was spoken in');
    return this.#state.dialogue;
  }

  /** Waits a moment for the receipts of what was said last. */
  leave(): void {
    const state = this.#state;
    if (state.at === 'open') state.dialogue.settle(() => this.#end('left', 'me', true));
    else this.#end('left', 'me', true);
  }

  /* What ends it from outside. */

  /** The relay says that the peer has gone, or the connection to the relay is gone. */
  gone(reason: LeftReason): void {
    this.#end(reason, 'relay', false);
  }

  #fail(error: Error, reason: LeftReason = 'tampered'): void {
    if (this.#ended) return;
    this.ports.failed(error);
    this.#end(reason, 'me', true);
  }

  get #ended(): boolean {
    return this.#state.at === 'ended';
  }

  #end(reason: LeftReason, by: 'me' | 'peer' | 'relay', tell: boolean): void {
    const state = this.#state;
    if (state.at === 'ended') return;
    this.#state = { at: 'ended' };
    this.#deadline.cancel();
    this.#mailbox.length = 0;
    if (state.at === 'expect-P3') state.expecting.ephemeral.destroy();
    const left = 'dialogue' in state ? state.dialogue.left() : { unsent: [], unconfirmed: [] };
    if ('dialogue' in state) state.dialogue.stop(state.at === 'open' && reason === 'left' && by === 'me');
    this.ports.ended({ reason, by, ...left }, tell);
  }
}

/** Record 0 of the receiver is a text, that of the caller a receipt of 16 zero bytes. */
function isFirst(role: 'caller' | 'receiver', { type, content }: Pick<Opened, 'type' | 'content'>): boolean {
  return role === 'caller'
    ? type === contentTypes.text && content.equals(Buffer.from(SECURE_TEXT, 'ascii'))
    : type === contentTypes.receipt && content.equals(Buffer.alloc(COUNTER));
}
