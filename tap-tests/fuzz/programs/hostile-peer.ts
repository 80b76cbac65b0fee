import type { Clock } from '../../../common/clock.js';
import {
  answer, type ExchangeKeys, type ExpectBody2, type ExpectBody3, finish, initiate, respond,
} from '../../../common/crypto/exchange.js';
import type { PublicIdentity } from '../../../common/crypto/identity.js';
import { SECURE_TEXT } from '../../../common/crypto/labels.js';
import { chatTranscript, renewalTranscript } from '../../../common/crypto/peer-transcript.js';
import { counterBytes, ReceivingChain, SendingChain } from '../../../common/crypto/ratchet.js';
import type { Secret } from '../../../common/crypto/secret.js';
import { X25519Ephemeral, x25519Suite } from '../../../common/crypto/suite.js';
import { MessageAppError } from '../../../common/errors.js';
import { contentTypes, type ContentType, kinds } from '../../../common/wire/end-to-end.js';
import { CELL } from '../../../common/wire/limits.js';
import { mutate, type Random } from '../../support/mutations.js';
import { identityOf, keys } from '../fixtures.js';
import { bytesOf } from '../target.js';

export const bob = identityOf(keys.bob);
const material = { others: [], tokens: bytesOf('\u202e', '\x1b[2J', '\0', 'MessageAppV2'), max: 2 * CELL };
const own = { identity: bob, certificates: [] };
const ephemeral = async () => new X25519Ephemeral();

/** What comes next of the exchange. */
type Due =
  | { readonly at: 'P1' }
  | { readonly at: 'P2'; readonly expecting: ExpectBody2 }
  | { readonly at: 'P3'; readonly expecting: ExpectBody3 }
  | { readonly at: 'record' };

/** bob, in league with the relay: he comes as far as an honest peer does, and then says what he likes. */
export class HostilePeer {
  #due: Due = { at: 'P1' };
  #sending: SendingChain | undefined;
  #receiving: ReceivingChain | undefined;
  #renewal: Secret | undefined;
  #renewing: ExpectBody3 | undefined;
  #records = 0n;

  /** @param forward sends the body of a `frwd` */
  constructor(
    private readonly id: string, private readonly role: 'caller' | 'receiver', private readonly alice: PublicIdentity,
    private readonly clock: Clock, private readonly forward: (kind: number, body: Buffer) => void,
  ) {}

  /** Its first word, where it calls. */
  begin(): void {
    if (this.role === 'receiver') return;
    const { body1, expecting } = initiate(this.#t0, '', [x25519Suite]);
    this.#due = { at: 'P2', expecting };
    this.forward(kinds.P1, body1);
  }

  /** Takes the body of a `frwd`. What it cannot read it leaves. */
  async hear(kind: number, body: Buffer): Promise<void> {
    try {
      await this.#hear(kind, body);
    } catch (error) {
      if (!(error instanceof MessageAppError)) throw error;
    }
  }

  async #hear(kind: number, body: Buffer): Promise<void> {
    const due = this.#due;
    if (due.at === 'P1' && kind === kinds.P1) {
      const { body2, expecting } = await respond({ t0: this.#t0, received: body, named: false, ephemeral, ...own });
      this.#due = { at: 'P3', expecting };
      this.forward(kinds.P2, body2);
    } else if (due.at === 'P2' && kind === kinds.P2) {
      const { body3, keys } = await answer(due.expecting, body, own, () => this.alice);
      this.forward(kinds.P3, body3);
      this.#open(keys.initiatorToResponder, keys);
    } else if (due.at === 'P3' && kind === kinds.P3) {
      const keys = finish(due.expecting, body, () => this.alice);
      this.#open(keys.responderToInitiator, keys);
      this.#seal('text', Buffer.from(SECURE_TEXT));
    } else if (due.at === 'record' && kind === kinds.record) {
      await this.#take(body);
    }
  }

  #open(outwards: Secret, keys: ExchangeKeys): void {
    const inwards = outwards === keys.initiatorToResponder ? keys.responderToInitiator : keys.initiatorToResponder;
    this.#sending = new SendingChain(outwards);
    this.#receiving = new ReceivingChain(inwards);
    this.#renewal = keys.renewal;
    this.#due = { at: 'record' };
  }

  async #take(record: Buffer): Promise<void> {
    const opened = this.#receiving!.open(record);
    if (!opened) return;
    if (this.role === 'caller' && opened.counter === 0n) this.#seal('receipt', counterBytes(0n));
    if (opened.type === contentTypes.renewal1) {
      const t0 = renewalTranscript(this.id, this.#renewal!);
      const { body2, expecting } = await respond({ t0, received: opened.content, named: false, ephemeral, ...own });
      this.#renewing = expecting;
      this.#seal('renewal2', body2);
    } else if (opened.type === contentTypes.renewal3 && this.#renewing) {
      const keys = finish(this.#renewing, opened.content, () => this.alice);
      this.#receiving!.renew(keys.initiatorToResponder);
      this.#seal('renewal4', Buffer.alloc(0));
      this.#sending!.renew(keys.responderToInitiator);
      this.#renewal = keys.renewal;
    }
  }

  #seal(type: ContentType, content: Buffer, late = 0): void {
    this.forward(kinds.record, this.#sending!.seal(type, content, this.clock.wall() + late));
    this.#records++;
  }

  /**
   * Says something under the keys of the conversation, or spoils it after it was sealed.
   * @param calm nothing but texts and receipts, as they should be
   */
  say(random: Random, calm: boolean): void {
    if (calm && this.#sending) return this.#usual(random);
    if (!this.#sending) return this.forward(random(6), Buffer.alloc(1 + random(300), random(256)));
    const types = Object.keys(contentTypes) as ContentType[];
    const type = random(3) === 0 ? types[random(types.length)]! : 'text';
    const content = this.#contentOf(type, random);
    if (random(8) > 0) return this.#seal(type, content, random(6) === 0 ? random(3) * 70_000 : 0);
    this.forward(kinds.record, mutate(this.#sending.seal(type, content, this.clock.wall()), random, material));
  }

  #usual(random: Random): void {
    const heard = this.#receiving!.counter;
    if (random(3) > 0 || heard === 0n) return this.#seal('text', Buffer.from('grüße'));
    this.#seal('receipt', counterBytes(heard - 1n));
  }

  /** What a record of this type has in it, or something else. */
  #contentOf(type: ContentType, random: Random): Buffer {
    const counter = counterBytes(BigInt(random(3)));
    const body = initiate(Buffer.alloc(32), '', [x25519Suite]).body1;
    const texts = ['grüße', '\u202eab\x1b[2J', '', 'x'.repeat(4_000)].map((text) => Buffer.from(text));
    const [empty, text] = [Buffer.alloc(0), texts[random(4)]!];
    const fitting: Record<ContentType, Buffer> = {
      text, receipt: counter, goodbye: empty, discarded: counter,
      sign: empty, agreed: empty, declined: empty, signedText: Buffer.concat([Buffer.alloc(17), Buffer.from([1, 0]), text]),
      signedReceipt: Buffer.concat([Buffer.alloc(17), Buffer.from([1, 0])]),
      renewal1: body, renewal2: body, renewal3: body, renewal4: empty,
    };
    const all = Object.values(fitting);
    const content = random(4) === 0 ? all[random(all.length)]! : fitting[type];
    return random(4) === 0 ? mutate(content, random, material) : content;
  }

  get #t0(): Buffer {
    const one = { username: 'bob', fingerprint: bob.public.fingerprint };
    const other = { username: 'alice', fingerprint: this.alice.fingerprint };
    return this.role === 'caller' ? chatTranscript(this.id, one, other) : chatTranscript(this.id, other, one);
  }
}
