import type { Clock } from '../../../common/clock.js';
import type { Identity, PublicIdentity } from '../../../common/crypto/identity.js';
import type { Party } from '../../../common/crypto/safety-number.js';
import type { EphemeralKey, Suite } from '../../../common/crypto/suite.js';
import type { Lane } from '../pacer.js';
import type { Transcripts } from '../../transcript/transcripts.js';
import type { LeftReason, Role } from '../protocol.js';
import type { SigningEvents } from './signing-ports.js';

/** What a conversation is given, and what it tells. */
export interface ConversationPorts {
  /** 16 hexadecimal digits. */
  readonly id: string;
  readonly role: Role;
  /** Certificates are for the transcript alone. */
  readonly self: Party & { readonly identity: Identity; readonly certificates?: readonly Buffer[] };
  readonly peer: Party & { readonly identity: PublicIdentity; readonly certificates?: readonly Buffer[] };
  /** Where those of signed conversations are kept; else they are not. */
  readonly transcripts?: Transcripts | undefined;
  readonly suites: readonly Suite[];
  readonly clock: Clock;
  ephemeral(offered: readonly number[]): Promise<EphemeralKey>;
  /** One that is made after it is asked for. */
  freshEphemeral(offered: readonly number[]): Promise<EphemeralKey>;
  /** Runs `send` once the rate allows one message. */
  submit(lane: Lane, send: () => void): void;
  /** Sends the payload of a `frwd`. */
  forward(payload: Buffer): void;

  /** The peer has shown that it has the keys: they may be remembered. */
  pin(): Promise<void>;
  opened(suite: Suite): void;
  message(text: string, sentAt: number, signed: boolean): void;
  sent(id: string, signed: boolean): void;
  /** A text that waited is too long to be signed. */
  tooLong(id: string): void;
  /** Said behind one's own proposal to sign, to which the other has not agreed: it is not sent. */
  notSigned(id: string): void;
  readonly signing: SigningEvents;
  delivered(id: string): void;
  /** Without an id: a text of the peer's that came too late. */
  discarded(id?: string): void;
  renewed(): void;
  /** A record of a type that this program does not know. */
  unknown(type: number): void;
  /** Why it is about to end. */
  failed(error: Error): void;
  /** @param tell whether the relay has to be told with `exch` */
  ended(how: Ended, tell: boolean): void;
}

export interface Ended {
  readonly reason: LeftReason;
  readonly by: 'me' | 'peer' | 'relay';
  readonly unsent: readonly string[];
  readonly unconfirmed: readonly string[];
}
