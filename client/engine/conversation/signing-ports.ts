import type { Clock } from '../../../common/clock.js';
import type { Identity, PublicIdentity } from '../../../common/crypto/identity.js';
import type { Party } from '../../../common/crypto/safety-number.js';
import type { SignedKind, Signer } from '../../../common/crypto/signed-text.js';
import type { Transcripts } from '../../transcript/transcripts.js';

/** What the person is told. */
export interface SigningEvents {
  requested(): void;
  refused(): void;
  /** No answer has come to one's own proposal for SIGN_ANSWER_MS; one may still come. */
  unanswered(): void;
  /** @param file where the transcript is kept */
  signed(file: string | undefined): void;
  /** The other has signed for so many texts of this side, and had said so many itself. */
  receipt(ofOwn: number, ofOther: number): void;
}

export interface SigningPorts {
  readonly conversation: string;
  readonly role: Signer;
  readonly self: Party & { readonly identity: Identity; readonly certificates?: readonly Buffer[] };
  readonly peer: Party & { readonly identity: PublicIdentity; readonly certificates?: readonly Buffer[] };
  readonly clock: Clock;
  readonly transcripts?: Transcripts | undefined;
  readonly tell: SigningEvents;
  /** ms since 1970; never goes back. */
  time(): number;
  /** Queues a content that is empty. */
  send(type: Proposal): void;
  /** Signed from now on. */
  entered(): void;
  /** One's own proposal came to nothing, up to now: what waited for it is not sent. */
  notEntered(): void;
  /** Something has its signature now. */
  wake(): void;
  failed(error: Error): void;
  /** The transcript cannot be written. */
  unwritten(error: Error): void;
}

export type Proposal = 'sign' | 'agreed' | 'declined';

/** What has its signature, and waits until it may be sealed. */
export interface Ready {
  readonly type: SignedKind;
  readonly content: Buffer;
  /** Called when it was sealed. */
  sealed(): void;
}
