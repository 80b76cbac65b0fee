import type { Timer } from '../../../common/clock.js';
import type { PublicIdentity } from '../../../common/crypto/identity.js';
import { MessageAppError, TrustError, WireError } from '../../../common/errors.js';
import { RECEIPT_MS, ROOM_LAST_WORDS_MS, ROOM_RECEIPT_MS } from '../../../common/wire/limits.js';
import { roomKinds } from '../../../common/wire/room-commands.js';
import { roomContentTypes } from '../../../common/wire/room-record.js';
import { type Agreed, Epoch } from './epoch.js';
import type { RoomPorts } from './ports.js';
import { Speech, type Text } from './speech.js';

/** What is said in a room, by oneself and by others (docs/PROTOCOL.md part 10, What is said in an epoch). */
export class Talk {
  #epoch: Epoch | undefined;
  /** The one before, for receipts that are still on their way. */
  #last: Epoch | undefined;
  #lastWords: Timer | undefined;
  #receiptTimer: Timer | undefined;
  /** A participant is out: nothing more is said under these keys. */
  #blocked = false;
  #warned = false;
  #pumping = false;
  #stopped = false;
  readonly #speech = new Speech();
  /** Records are sealed one after another. */
  #sealing: Promise<unknown> = Promise.resolve();

  constructor(private readonly ports: RoomPorts) {}

  get epoch(): Epoch | undefined {
    return this.#epoch;
  }

  get #own(): string {
    return this.ports.self.credentials.username;
  }

  /* Epochs. */

  begin(agreed: Agreed, keys: ReadonlyMap<string, PublicIdentity>): void {
    const { credentials: { username, identity }, clock } = this.ports.self;
    this.#endLast();
    if (this.#epoch) this.#retire(this.#epoch);
    this.#epoch = new Epoch(agreed, { own: { username, identity }, keys, clock });
    this.#blocked = false;
    this.#warned = false;
    this.#pump();
  }

  #retire(epoch: Epoch): void {
    this.#last = epoch;
    if (this.#receiptTimer) void this.#giveReceipt(epoch);
    this.#lastWords = this.ports.self.clock.after(ROOM_LAST_WORDS_MS, () => this.ports.run(() => this.#endLast()));
  }

  #endLast(): void {
    const last = this.#last;
    if (!last) return;
    this.#lastWords?.cancel();
    this.#last = undefined;
    for (const { text, to } of this.#speech.missing(last)) this.#undelivered(text, to);
    this.#speech.close(last);
    last.wipe();
  }

  /** A member is out of the room: nobody says anything more under keys that this one has. */
  excluded(username: string): void {
    if (this.#epoch?.names.includes(username)) this.#blocked = true;
    this.gone(username);
  }

  /** A member has no connection any more: it shows nothing more of what was said. */
  gone(username: string): void {
    for (const epoch of [this.#epoch, this.#last]) {
      if (!epoch) continue;
      for (const { text, to } of this.#speech.missing(epoch)) if (to.includes(username)) this.#undelivered(text, [username]);
      epoch.forget(username);
    }
    this.#checkDelivered();
  }

  #undelivered({ id, bytes }: Text, to: readonly string[]): void {
    this.ports.emit({ event: 'undelivered', room: this.ports.room, id, text: bytes.toString('utf8'), to });
  }

  /* One's own texts. */

  /** @returns false where too many wait already */
  say(text: Text): boolean {
    if (this.#speech.full) return false;
    this.#speech.add(text);
    this.#pump();
    return true;
  }

  #mayTalk(epoch: Epoch | undefined): epoch is Epoch {
    return epoch !== undefined && !this.#stopped && !this.#blocked && !epoch.over && !this.#speech.fliesUnderAnother(epoch);
  }

  #pump(): void {
    if (this.#pumping || !this.#speech.waits || !this.#mayTalk(this.#epoch)) return;
    this.#pumping = true;
    this.ports.session.submit('text', () => void this.#sealNext());
  }

  async #sealNext(): Promise<void> {
    const epoch = this.#epoch;
    const text = this.#mayTalk(epoch) ? this.#speech.take() : undefined;
    if (text) await this.#send(epoch!, text);
    this.#pumping = false;
    this.#pump();
  }

  /** @param text none: a receipt */
  #send(epoch: Epoch, text?: Text): Promise<void> {
    const sealed = this.#sealing.then(async () => {
      if (this.#stopped) return;
      const record = text ? await epoch.seal('text', text.bytes) : await epoch.sealReceipt();
      if (this.#stopped) return;
      this.#speech.sent({ epoch, record, text });
      this.ports.session.sendNow('room', { room: this.ports.room, kind: roomKinds.record, body: record });
    }).catch((error: unknown) => {
      if (text) this.#speech.again(text);
      this.ports.run(() => Promise.reject(error as Error));
    });
    this.#sealing = sealed;
    return sealed;
  }

  /* Records, in the order of the relay. */

  /** Throws TrustError 'tampered' where the relay brings back what one has not said. */
  record(sender: string, body: Buffer): void {
    if (sender === this.#own) return this.#back(body);
    const epoch = [this.#epoch, this.#last].find((each) => each?.isOf(body) && each.names.includes(sender));
    if (!epoch) return this.#unknown(sender);
    if (epoch.distrusted.has(sender)) return;
    try {
      this.#take(epoch, sender, body);
    } catch (error) {
      if (!(error instanceof MessageAppError)) throw error;
      this.#distrust(epoch, sender, error);
    }
  }

  #take(epoch: Epoch, sender: string, body: Buffer): void {
    const { type, content, sealedAt, late } = epoch.open(sender, body);
    if (type === roomContentTypes.text) this.#shown(epoch, sender, body, content, sealedAt, late);
    else if (type === roomContentTypes.receipt) this.#receipted(epoch, sender, content);
    else this.#warn('unknown', sender, `${sender} sent something that this program does not know.`);
  }

  /** Either this member or the relay has done something wrong: nothing more of that name counts in this epoch. */
  #distrust(epoch: Epoch, sender: string, error: MessageAppError): void {
    epoch.distrusted.add(sender);
    this.#warn(error.code, sender, `${error.message} Nothing more of ${sender} is shown until there are new keys.`);
    this.gone(sender);
  }

  #warn(code: string, name: string, text: string): void {
    this.ports.emit({ event: 'warning', room: this.ports.room, code, text, with: name });
  }

  #shown(epoch: Epoch, sender: string, record: Buffer, content: Buffer, sent: number, late: boolean): void {
    const text = content.toString('utf8');
    if (!Buffer.from(text, 'utf8').equals(content)) throw new WireError('malformed', 'A text is not UTF-8.');
    // Its sender sees the same order, and says it again.
    if (epoch !== this.#epoch || this.#blocked) return;
    epoch.count(record);
    this.ports.emit({ event: 'message', room: this.ports.room, with: sender, text, sent, ...(late ? { late } : {}) });
    const { clock } = this.ports.self;
    this.#receiptTimer ??= clock.after(RECEIPT_MS + ROOM_RECEIPT_MS * epoch.names.length, () => void this.#giveReceipt(epoch));
  }

  #giveReceipt(epoch: Epoch): Promise<void> {
    this.#receiptTimer?.cancel();
    this.#receiptTimer = undefined;
    return new Promise((given) => this.ports.session.submit('control', () => {
      if (epoch.wiped) given();
      else void this.#send(epoch).then(given);
    }));
  }

  /** Gives the receipt that is due: one is about to go. */
  async settle(): Promise<void> {
    if (this.#receiptTimer && this.#epoch) await this.#giveReceipt(this.#epoch);
  }

  #receipted(epoch: Epoch, sender: string, content: Buffer): void {
    epoch.receipt(sender, content);
    this.#checkDelivered();
  }

  #checkDelivered(): void {
    for (const { id } of this.#speech.delivered()) this.ports.emit({ event: 'delivered', room: this.ports.room, id });
  }

  #back(record: Buffer): void {
    const flying = this.#speech.back(record);
    if (!flying) throw new TrustError('tampered', 'The relay brought back as your own words what is not.');
    const { text, epoch } = flying;
    if (!text) return;
    if (epoch !== this.#epoch || this.#blocked) {
      this.#speech.again(text);
    } else {
      this.#speech.place({ epoch, text, number: epoch.count(record) });
      this.ports.emit({ event: 'sent', room: this.ports.room, id: text.id });
      this.#checkDelivered();
    }
    this.#pump();
  }

  /** Others have keys that one does not have; where one has some, that is worth a word. */
  #unknown(sender: string): void {
    if (!this.#epoch?.names.includes(sender) || this.#warned) return;
    this.#warned = true;
    this.#warn('differ', sender, `${sender} speaks under other keys than yours: compare the number of the room with ${sender}.`);
  }

  /** The keys are wiped. @returns what was not sent, or is not known to have been shown */
  stop(): { unsent: string[]; unconfirmed: string[] } {
    this.#stopped = true;
    this.#receiptTimer?.cancel();
    this.#lastWords?.cancel();
    this.#epoch?.wipe();
    this.#last?.wipe();
    return this.#speech.left();
  }
}
