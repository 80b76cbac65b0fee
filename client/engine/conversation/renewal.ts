import type { Clock, Timer } from '../../../common/clock.js';
import {
  answer, type ExchangeKeys, type ExpectBody2, type ExpectBody3, finish, initiate, respond, wipeKeys,
} from '../../../common/crypto/exchange.js';
import type { Identity, PublicIdentity } from '../../../common/crypto/identity.js';
import { renewalTranscript } from '../../../common/crypto/peer-transcript.js';
import type { EphemeralKey, Suite } from '../../../common/crypto/suite.js';
import { TrustError, WireError } from '../../../common/errors.js';
import { RENEW_ANSWER_MS } from '../../../common/wire/limits.js';
import type { ContentType } from '../../../common/wire/end-to-end.js';
import type { Role } from '../protocol.js';
import type { Channel } from './channel.js';
import { withoutCertificates } from './peer-keys.js';
import type { RenewalSchedule } from './schedule.js';

export type RenewalType = 'renewal1' | 'renewal2' | 'renewal3' | 'renewal4';

type Step =
  | { readonly at: 'idle' }
  /** The caller has sent type 16. */
  | { readonly at: 'expect-17'; readonly expecting: ExpectBody2 }
  /** Type 18 waits to be sealed. */
  | { readonly at: 'sending-18'; readonly keys: ExchangeKeys }
  /** The caller sends on its new chain already, and receives on the old one. */
  | { readonly at: 'expect-19'; readonly keys: ExchangeKeys }
  /** The receiver makes its type 17. */
  | { readonly at: 'answering' }
  | { readonly at: 'expect-18'; readonly expecting: ExpectBody3 }
  /** The receiver receives on the new chain already; type 19 waits to be sealed. */
  | { readonly at: 'sending-19'; readonly keys: ExchangeKeys };

export interface RenewalPorts {
  readonly role: Role;
  readonly conversation: string;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly peer: PublicIdentity;
  readonly suites: readonly Suite[];
  /** A key made after this was asked for: one that lay ready is known to a thief of the moment before. */
  freshEphemeral(offered: readonly number[]): Promise<EphemeralKey>;
  /** Queues a record before all others; `sealed` is told once it is sealed. */
  send(type: ContentType, content: Buffer, sealed?: () => void): void;
  renewed(): void;
  failed(error: Error): void;
}

/** The renewal of a conversation's keys (docs/PROTOCOL.md part 5): the same exchange, inside of the old keys. */
export class Renewal {
  #step: Step = { at: 'idle' };
  #deadline: Timer | undefined;

  constructor(
    private readonly ports: RenewalPorts,
    private readonly channel: Channel,
    private readonly schedule: RenewalSchedule,
  ) {}

  /** True where the caller has to start one before its next record. */
  get due(): boolean {
    return this.ports.role === 'caller' && this.#step.at === 'idle' && this.schedule.due;
  }

  /** The caller's beginning: type 16. */
  begin(): void {
    const { body1, expecting } = initiate(this.#transcript, '', this.ports.suites);
    this.#step = { at: 'expect-17', expecting };
    this.#watch();
    this.ports.send('renewal1', body1);
  }

  /** Takes a record of type 16 to 19. Throws WireError 'out-of-turn', and whatever the exchange throws. */
  async take(type: RenewalType, content: Buffer): Promise<void> {
    const step = this.#step;
    if (type === 'renewal1' && this.#mayBegin) return this.#answerFirst(content);
    if (type === 'renewal2' && step.at === 'expect-17') return this.#answerSecond(step.expecting, content);
    if (type === 'renewal3' && step.at === 'expect-18') return this.#answerThird(step.expecting, content);
    if (type === 'renewal4' && step.at === 'expect-19' && content.length === 0) {
      this.channel.receiving.renew(this.channel.inwards(step.keys));
      return this.#complete(step.keys);
    }
    throw new WireError('out-of-turn', 'A step of the renewal of keys came out of turn.');
  }

  /** Only the caller begins, and not before it can be due. */
  get #mayBegin(): boolean {
    return this.#step.at === 'idle' && this.ports.role === 'receiver' && !this.schedule.early;
  }

  async #answerFirst(received: Buffer): Promise<void> {
    this.#step = { at: 'answering' };
    this.#watch();
    const { body2, expecting } = await respond({
      t0: this.#transcript, received, named: false, ephemeral: this.ports.freshEphemeral, certificates: [], identity: this.ports.identity,
    });
    if (this.#stopped) return expecting.ephemeral.destroy();
    this.#step = { at: 'expect-18', expecting };
    this.ports.send('renewal2', body2);
  }

  async #answerSecond(expecting: ExpectBody2, received: Buffer): Promise<void> {
    const { identity, peer } = this.ports;
    const { body3, keys } = await answer(expecting, received, { identity, certificates: [] }, withoutCertificates(peer));
    if (this.#stopped) return wipeKeys(keys);
    this.#step = { at: 'sending-18', keys };
    this.ports.send('renewal3', body3, () => {
      this.channel.sending.renew(this.channel.outwards(keys));
      this.#step = { at: 'expect-19', keys };
    });
  }

  async #answerThird(expecting: ExpectBody3, received: Buffer): Promise<void> {
    const keys = finish(expecting, received, withoutCertificates(this.ports.peer));
    this.channel.receiving.renew(this.channel.inwards(keys));
    this.#step = { at: 'sending-19', keys };
    this.ports.send('renewal4', Buffer.alloc(0), () => {
      this.channel.sending.renew(this.channel.outwards(keys));
      this.#complete(keys);
    });
  }

  get #transcript(): Buffer {
    return renewalTranscript(this.ports.conversation, this.channel.renewalSecret);
  }

  #complete({ renewal }: ExchangeKeys): void {
    this.channel.replaceRenewalSecret(renewal);
    this.schedule.completed();
    this.#deadline?.cancel();
    this.#step = { at: 'idle' };
    this.ports.renewed();
  }

  #watch(): void {
    this.#deadline = this.ports.clock.after(RENEW_ANSWER_MS, () =>
      this.ports.failed(new TrustError('timed-out', 'The renewal of the keys was not completed in time.')));
  }

  #stopped = false;

  /** Ends a renewal that is under way; its keys are wiped. */
  stop(): void {
    this.#stopped = true;
    this.#deadline?.cancel();
    const step = this.#step;
    if (step.at === 'sending-18') wipeKeys(step.keys);
    // One chain runs on the new key already, and goes with the channel.
    if (step.at === 'expect-19') this.channel.inwards(step.keys).wipe();
    if (step.at === 'sending-19') this.channel.outwards(step.keys).wipe();
    if (step.at === 'expect-19' || step.at === 'sending-19') step.keys.renewal.wipe();
    if (step.at === 'expect-18') step.expecting.ephemeral.destroy();
    this.#step = { at: 'idle' };
  }
}
