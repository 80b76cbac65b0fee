import { decode } from '../../../common/bytes/codec.js';
import type { Timer } from '../../../common/clock.js';
import { counterBytes, type Opened } from '../../../common/crypto/ratchet.js';
import { TrustError, WireError } from '../../../common/errors.js';
import { contentTypes, type ContentType, kinds, textContent } from '../../../common/wire/end-to-end.js';
import { RECEIPT_MS } from '../../../common/wire/limits.js';
import { SIGNED_TEXT_MAX } from '../../../common/wire/signed.js';
import type { Channel } from './channel.js';
import { Incoming, Outgoing, type Text } from './delivery.js';
import { Freshness } from './freshness.js';
import type { ConversationPorts } from './ports.js';
import { Renewal, type RenewalType } from './renewal.js';
import { RenewalSchedule } from './schedule.js';
import { Signing } from './signing.js';
import type { Proposal, Ready } from './signing-ports.js';

const SETTLE_MS = 2 * RECEIPT_MS;

/** The receipt and the goodbye wait for the rate so long at the most; then the keys go without them. */
const FAREWELL_MS = 30_000;

interface Control {
  readonly type: ContentType;
  /** Made when it is sealed. */
  readonly content: () => Buffer;
  readonly sealed?: (() => void) | undefined;
}

/**
 * End-to-end records in both directions under the keys of a conversation (docs/PROTOCOL.md part 5). A record is sealed
 * when it may be sent at once; what keeps the conversation in order goes before texts.
 */
export class Dialogue {
  readonly #control: Control[] = [];
  readonly #outgoing = new Outgoing();
  readonly #incoming = new Incoming();
  readonly #freshness: Freshness;
  readonly #schedule: RenewalSchedule;
  readonly #renewal: Renewal;
  readonly signing: Signing;
  readonly #head: Buffer;
  /** Runs from the first text shown until the receipt for it is sealed. */
  #receiptTimer: Timer | undefined;
  #ticket = false;
  #started = false;
  #stopped = false;

  constructor(
    private readonly ports: ConversationPorts,
    private readonly channel: Channel,
    private readonly events: { goodbye(): void; failed(error: Error): void; unwritten(error: Error): void },
  ) {
    const { id, role, clock, self, peer, suites, freshEphemeral } = ports;
    this.#head = Buffer.concat([Buffer.from(id, 'hex'), Buffer.from([kinds.record])]);
    this.#freshness = new Freshness(clock);
    this.#schedule = new RenewalSchedule(clock);
    this.#renewal = new Renewal({
      role, conversation: id, clock, identity: self.identity, peer: peer.identity, suites, freshEphemeral,
      send: (type, content, sealed) => {
        this.#control.unshift({ type, content: () => content, sealed });
        this.#wake();
      },
      renewed: () => {
        ports.renewed();
        this.#wake();
      },
      failed: (error) => events.failed(error),
    }, channel, this.#schedule);
    this.signing = new Signing({
      conversation: id, role, self, peer, clock, transcripts: ports.transcripts, tell: ports.signing,
      time: () => this.#freshness.sealing(),
      send: (type) => this.send(type, Buffer.alloc(0)),
      entered: () => {
        this.#outgoing.release();
        this.#outgoing.takeLonger(SIGNED_TEXT_MAX).forEach((text) => ports.tooLong(text));
        this.#wake();
      },
      notEntered: () => this.#outgoing.takeHeld().forEach((text) => ports.notSigned(text)),
      wake: () => this.#wake(),
      failed: (error) => events.failed(error),
      unwritten: (error) => events.unwritten(error),
    });
  }

  /* Out. */

  send(type: ContentType, content: Buffer): void {
    this.#control.push({ type, content: () => content });
    this.#wake();
  }

  /** Each side has opened the other's record 0: texts may go. */
  start(): void {
    this.#started = true;
    this.#wake();
  }

  /** Nothing that may be meant to be signed is sent unsigned. False where too many texts wait already. */
  say(text: Text): boolean {
    if (this.#outgoing.full) return false;
    this.#outgoing.add(text, this.signing.awaitsAnswer);
    this.#wake();
    return true;
  }

  /** Asks for leave to send one message, where there is one to send. */
  #wake(): void {
    if (this.#ticket || this.#stopped) return;
    const next = this.#next;
    if (this.#control.length === 0 && !next) return;
    this.#ticket = true;
    this.ports.submit(this.#control.length > 0 || next?.receipt ? 'control' : 'text', this.#turn);
  }

  /** What is said next, and how it is sealed. Once the conversation is signed, it has its signature already. */
  get #next(): { readonly receipt: boolean; readonly seal: () => void } | undefined {
    const text = this.#nextText;
    if (!this.signing.signed) return text && { receipt: false, seal: () => this.#sealText(text) };
    const ready = this.#started ? this.signing.next(text?.bytes) : undefined;
    if (ready?.type === 'signedReceipt') return { receipt: true, seal: () => this.#sealSigned(ready) };
    return ready && text && { receipt: false, seal: () => this.#sealText(text, ready) };
  }

  get #nextText(): Text | undefined {
    return this.#started && !this.#schedule.muted ? this.#outgoing.next() : undefined;
  }

  /** Sends one message; whatever wakes it in between waits for the next ticket. */
  readonly #turn = (): void => {
    if (this.#stopped) return;
    if (this.#renewal.due) this.#renewal.begin();
    const control = this.#control.shift();
    if (control) {
      this.#seal(control.type, control.content());
      control.sealed?.();
    } else {
      this.#next?.seal();
    }
    this.#ticket = false;
    this.#wake();
  };

  #sealText(text: Text, signed?: Ready): void {
    const { counter } = this.channel.sending;
    this.#schedule.speak();
    if (signed) this.#sealSigned(signed);
    else this.#seal('text', text.bytes);
    this.#outgoing.sent(counter);
    this.ports.sent(text.id, signed !== undefined);
  }

  #sealSigned({ type, content, sealed }: Ready): void {
    this.#seal(type, content);
    sealed();
  }

  #seal(type: ContentType, content: Buffer): void {
    const record = this.channel.sending.seal(type, content, this.#freshness.sealing());
    this.#schedule.count();
    this.ports.forward(Buffer.concat([this.#head, record]));
  }

  /* In. */

  /** Throws TrustError 'tampered' where the record is not the next one, or does not verify. */
  open(record: Buffer): Opened & { readonly late: boolean } {
    const opened = this.channel.receiving.open(record);
    if (!opened) {
      throw new TrustError('tampered', 'A record does not fit: the relay, or someone on it, has dropped or changed something.');
    }
    this.#schedule.count();
    if (this.#schedule.overdue) throw new TrustError('timed-out', 'The keys should have been renewed long ago, and were not.');
    if (this.#renewal.due) this.#renewal.begin();
    return { ...opened, late: this.#freshness.late(opened.sealedAt) };
  }

  /** Takes a record of an open conversation; the renewal's steps take their time. Throws what they and `open` throw. */
  take(record: Buffer): Promise<void> | void {
    const { type, content, counter, sealedAt, late } = this.open(record);
    switch (type) {
      case contentTypes.text:
        this.signing.checkUnsigned();
        return late ? this.#discard(counter) : this.#show(decode(textContent, content), counter, sealedAt, false);
      case contentTypes.signedText: {
        const text = this.signing.open(content, late);
        return late ? this.#discard(counter) : this.#show(text, counter, sealedAt, true);
      }
      case contentTypes.signedReceipt:
        return this.signing.takeReceipt(content);
      case contentTypes.sign:
      case contentTypes.agreed:
      case contentTypes.declined:
        return this.signing.hear(proposals[type - contentTypes.sign]!, content);
      case contentTypes.receipt:
        for (const id of this.#outgoing.receipt(content, this.channel.sending.counter)) this.ports.delivered(id);
        this.#checkSettled();
        return this.#wake();
      case contentTypes.goodbye:
        if (content.length > 0) throw new WireError('malformed', 'A goodbye with something in it.');
        return this.events.goodbye();
      case contentTypes.discarded:
        this.ports.discarded(this.#outgoing.discarded(content));
        this.#checkSettled();
        return this.#wake();
      case contentTypes.renewal1:
      case contentTypes.renewal2:
      case contentTypes.renewal3:
      case contentTypes.renewal4:
        return this.#renewal.take(renewalTypes[type - contentTypes.renewal1]!, content);
      default:
        return this.ports.unknown(type);
    }
  }

  #show(text: string, counter: bigint, sealedAt: number, signed: boolean): void {
    this.ports.message(text, sealedAt, signed);
    this.#incoming.shown(counter);
    this.#receiptTimer ??= this.ports.clock.after(RECEIPT_MS, () => {
      this.#control.push({
        type: 'receipt',
        content: () => this.#incoming.receipt(),
        sealed: () => (this.#receiptTimer = undefined),
      });
      this.#wake();
    });
  }

  /** Goes before a receipt that waits: that one covers only what was shown, and what was reported before it. */
  #discard(counter: bigint): void {
    this.ports.discarded();
    this.#control.unshift({ type: 'discarded', content: () => counterBytes(counter) });
    this.#wake();
  }

  /* The end. */

  /**
   * Calls `done` once every text sent is confirmed, or after a moment: receipts are gathered for about a second. What is
   * signed takes its time, and the last receipt too.
   */
  settle(done: () => void): void {
    const settled = () => {
      if (!this.signing.signed) return done();
      void this.signing.close().then((receipt) => (this.#lastReceipt = receipt)).finally(done);
    };
    const timer = this.ports.clock.after(SETTLE_MS, settled);
    this.#settled = () => {
      timer.cancel();
      settled();
    };
    this.#checkSettled();
  }

  #settled: (() => void) | undefined;

  #lastReceipt: Buffer | undefined;

  #checkSettled(): void {
    if (!this.#settled || this.#outgoing.unconfirmed || (this.signing.signed && this.#nextText)) return;
    const settled = this.#settled;
    this.#settled = undefined;
    settled();
  }

  left(): { unsent: string[]; unconfirmed: string[] } {
    return this.#outgoing.left();
  }

  /** @param politely with the receipt that is due and a goodbye; the keys are wiped in any case */
  stop(politely: boolean): void {
    this.#stopped = true;
    this.#receiptTimer?.cancel();
    this.#renewal.stop();
    this.signing.stop();
    if (!politely) return this.channel.wipe();
    const { submit, clock } = this.ports;
    for (const { type, content } of this.#control.filter((control) => control.type === 'discarded')) {
      submit('control', () => this.#sealLast(type, content()));
    }
    if (this.#incoming.due) submit('control', () => this.#sealLast('receipt', this.#incoming.receipt()));
    const last = this.#lastReceipt;
    if (last) submit('control', () => this.#sealLast('signedReceipt', last));
    const unsaid = clock.after(FAREWELL_MS, () => this.channel.wipe());
    submit('control', () => {
      unsaid.cancel();
      this.#sealLast('goodbye', Buffer.alloc(0));
      this.channel.wipe();
    });
  }

  /** A farewell that waited too long finds its keys wiped. */
  #sealLast(type: ContentType, content: Buffer): void {
    if (!this.channel.wiped) this.#seal(type, content);
  }
}

const renewalTypes: readonly RenewalType[] = ['renewal1', 'renewal2', 'renewal3', 'renewal4'];

const proposals: readonly Proposal[] = ['sign', 'agreed', 'declined'];
