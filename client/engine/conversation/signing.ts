import type { Timer } from '../../../common/clock.js';
import { decode, encode } from '../../../common/bytes/codec.js';
import { SignedHistory, type Step } from '../../../common/crypto/signed-history.js';
import { type SignedKind, type Signer, signHash, textHash, verifyHash } from '../../../common/crypto/signed-text.js';
import { UsageError, WireError } from '../../../common/errors.js';
import { RECEIPT_TEXTS } from '../../../common/wire/limits.js';
import { signedReceiptContent, signedTextContent } from '../../../common/wire/signed.js';
import type { Entry, Header } from '../../transcript/lines.js';
import type { Transcript } from '../../transcript/transcripts.js';
import type { Proposal, Ready, SigningPorts } from './signing-ports.js';

/** So long what is said waits for the answer to one's own proposal: a person has to read it, and to think. */
export const SIGN_ANSWER_MS = 120_000;

type State =
  | { readonly at: 'plain' | 'asked' }
  /** Without a timer the answer is no longer waited for. */
  | { readonly at: 'proposed'; readonly timer: Timer | undefined }
  | { readonly at: 'signed'; readonly history: SignedHistory; readonly transcript: Transcript | undefined };

const outOfTurn = (what: string): WireError => new WireError('out-of-turn', what);

/**
 * Whether a conversation is signed, and what is signed in it (docs/PROTOCOL.md part 11). One thing is signed at a time,
 * and sealed before the next one is signed: so the numbers of texts follow each other.
 */
export class Signing {
  #state: State = { at: 'plain' };
  #ready: Ready | undefined;
  #working: Promise<void> | undefined;
  /** The other says nothing unsigned any more. */
  #unsignedOver = false;
  /** Texts of the other shown, and opened, since one's own last receipt. */
  #shown = 0;
  #opened = 0;
  #begun = false;
  #closing = false;

  constructor(private readonly ports: SigningPorts) {}

  get signed(): boolean {
    return this.#state.at === 'signed';
  }

  /** One's own proposal is open: a text that is said now must not go unsigned. */
  get awaitsAnswer(): boolean {
    return this.#state.at === 'proposed' && this.#state.timer !== undefined;
  }

  /* What the person does. */

  /** Proposes, or waits again for the answer, or agrees to a proposal. Throws UsageError 'not-now'. */
  sign(): void {
    const { at } = this.#state;
    if (this.awaitsAnswer) throw new UsageError('not-now', 'You have proposed it already: there is no answer yet.');
    if (at === 'signed') throw new UsageError('not-now', 'This chat is signed already.');
    if (at !== 'proposed') this.ports.send(at === 'asked' ? 'agreed' : 'sign');
    if (at === 'asked') return this.#enter();
    this.#state = { at: 'proposed', timer: this.ports.clock.after(SIGN_ANSWER_MS, () => this.#unanswered()) };
  }

  /** Throws UsageError 'not-now' where nothing is proposed. */
  decline(): void {
    if (this.#state.at !== 'asked') throw new UsageError('not-now', 'There is no proposal to decline.');
    this.#state = { at: 'plain' };
    this.ports.send('declined');
  }

  /* In. Each throws WireError, and then nothing has changed. */

  hear(type: Proposal, content: Buffer): void {
    const { at } = this.#state;
    if (content.length > 0) throw new WireError('malformed', 'A proposal to sign with something in it.');
    if (type === 'sign' && at === 'plain') {
      this.#state = { at: 'asked' };
      return this.ports.tell.requested();
    }
    if (at !== 'proposed') throw outOfTurn('Signing was proposed, or answered, out of turn.');
    if (type === 'declined') {
      this.#waitNoLonger();
      this.#state = { at: 'plain' };
      this.ports.tell.refused();
      return this.ports.notEntered();
    }
    this.#unsignedOver = type === 'agreed';
    this.#enter();
  }

  /** A text without a signature has come. */
  checkUnsigned(): void {
    if (this.#unsignedOver) throw outOfTurn('A text came without a signature, though all are signed now.');
  }

  /** @returns the text of a type 8 */
  open(content: Buffer, late: boolean): string {
    const { history, transcript } = this.#book();
    const { time, seen, signature, text } = decode(signedTextContent, content);
    const { username: from, identity } = this.ports.peer;
    const { n, hash, commit } = history.text(this.#theirs, { time, seen, text });
    verifyHash('signedText', hash, signature, identity);
    commit();
    this.#unsignedOver = true;
    this.#opened++;
    transcript?.add(late
      ? { is: 'late', from, n, time, seen, textHash: textHash(text), signature }
      : { is: 'text', from, n, time, seen, text, signature });
    if (!late && ++this.#shown >= RECEIPT_TEXTS) this.ports.wake();
    return text;
  }

  /** A type 9. */
  takeReceipt(content: Buffer): void {
    const { history, transcript } = this.#book();
    const { own, other, signature } = decode(signedReceiptContent, content);
    const { username: from, identity } = this.ports.peer;
    const { hash, commit } = history.receipt(this.#theirs, own, other);
    verifyHash('signedReceipt', hash, signature, identity);
    commit();
    transcript?.add({ is: 'receipt', from, own, other, signature });
    this.ports.tell.receipt(other, own);
  }

  /* Out. */

  /**
   * What may be sealed next; where nothing is signed yet, that begins, and `wake` tells when it is done.
   * @param text the one at the front, if it may go
   */
  next(text: Buffer | undefined): Ready | undefined {
    if (this.#begun && !this.#ready && !this.#working && !this.#closing) {
      if (this.#shown >= RECEIPT_TEXTS) this.#work(() => this.#signReceipt());
      else if (text) this.#work(() => this.#signText(text));
    }
    return this.#ready && (this.#ready.type === 'signedReceipt' || text) && !this.#closing ? this.#ready : undefined;
  }

  /** Nothing more is signed but the last receipt. @returns its content, if one is due; the same each time */
  close(): Promise<Buffer | undefined> {
    this.#closing = true;
    return (this.#last ??= this.#signLast());
  }

  #last: Promise<Buffer | undefined> | undefined;

  async #signLast(): Promise<Buffer | undefined> {
    await this.#working;
    const waits = this.#ready?.type === 'signedReceipt' ? this.#ready : undefined;
    if (this.#opened === 0 && !waits) return undefined;
    const receipt = waits && this.#opened === 0 ? waits : await this.#signReceipt();
    receipt.sealed();
    return receipt.content;
  }

  /** The conversation has ended. */
  stop(): void {
    this.#closing = true;
    this.#waitNoLonger();
    if (this.#state.at === 'signed') this.#state.transcript?.close();
  }

  #work(sign: () => Promise<Ready>): void {
    this.#working = sign().then((ready) => {
      this.#working = undefined;
      this.#ready = ready;
      this.ports.wake();
    }).catch((error: Error) => this.ports.failed(error));
  }

  async #signText(bytes: Buffer): Promise<Ready> {
    const { history } = this.#book();
    const text = bytes.toString('utf8');
    const said = { time: this.ports.time(), seen: history.count(this.#theirs), text };
    const step = history.text(this.ports.role, said);
    return this.#sign('signedText', step, (signature) => ({
      content: encode(signedTextContent, { ...said, signature }),
      entry: { is: 'text', from: this.ports.self.username, n: step.n, ...said, signature },
    }));
  }

  async #signReceipt(): Promise<Ready> {
    const { history } = this.#book();
    const receipt = { own: history.count(this.ports.role), other: history.count(this.#theirs) };
    this.#shown = this.#opened = 0;
    return this.#sign('signedReceipt', history.receipt(this.ports.role, receipt.own, receipt.other), (signature) => ({
      content: encode(signedReceiptContent, { ...receipt, signature }),
      entry: { is: 'receipt', from: this.ports.self.username, ...receipt, signature },
    }));
  }

  async #sign(
    type: SignedKind,
    { hash, commit }: Step,
    made: (signature: Buffer) => { readonly content: Buffer; readonly entry: Entry },
  ): Promise<Ready> {
    const { content, entry } = made(await signHash(type, hash, this.ports.self.identity));
    return {
      type, content,
      sealed: () => {
        this.#ready = undefined;
        commit();
        this.#book().transcript?.add(entry);
      },
    };
  }

  /* The state. */

  get #theirs(): Signer {
    return this.ports.role === 'caller' ? 'receiver' : 'caller';
  }

  #book(): State & { at: 'signed' } {
    if (this.#state.at !== 'signed') throw outOfTurn('Something signed came before both had agreed to it.');
    return this.#state;
  }

  #waitNoLonger(): void {
    if (this.#state.at === 'proposed') this.#state.timer?.cancel();
  }

  #unanswered(): void {
    this.#state = { at: 'proposed', timer: undefined };
    this.ports.tell.unanswered();
    this.ports.notEntered();
  }

  /** Nothing is signed before the transcript has begun. */
  #enter(): void {
    this.#waitNoLonger();
    const { conversation, role, self, peer, transcripts, tell, unwritten } = this.ports;
    const [caller, receiver] = role === 'caller' ? [self, peer] : [peer, self];
    const transcript = transcripts?.begin(peer.username, this.#header, unwritten);
    this.#state = { at: 'signed', history: new SignedHistory(conversation, caller, receiver), transcript };
    this.#begun = transcript === undefined;
    void transcript?.begun.then(() => {
      this.#begun = true;
      this.ports.wake();
    });
    this.ports.entered();
    tell.signed(transcript?.path);
  }

  get #header(): Header {
    const { conversation, role, self, peer } = this.ports;
    const own = { name: self.username, key: self.identity.public, certificates: self.certificates ?? [] };
    const other = { name: peer.username, key: peer.identity, certificates: peer.certificates ?? [] };
    const [caller, receiver] = role === 'caller' ? [own, other] : [other, own];
    return { conversation, caller, receiver };
  }
}
