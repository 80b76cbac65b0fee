/**
 * The errors of the project: five kinds, each with a literal code. A person is shown `message`, one sentence that
 * says what is wrong and what to do; a log gets `code`; a peer gets neither (docs/PROTOCOL.md parts 2 and 4 say what
 * it gets instead).
 */

export type WireCode = 'malformed' | 'wrong-version' | 'truncated' | 'out-of-turn' | 'bad-record';
export type HandshakeCode =
  | 'no-common-suite' | 'bad-public-key' | 'bad-signature' | 'bad-share' | 'refused' | 'too-slow' | 'not-authenticated';
export type TrustCode =
  | 'bad-certificate' | 'key-changed' | 'own-key' | 'unasked' | 'tampered' | 'differ' | 'timed-out' | 'revoked' | 'name-taken';
export type LimitCode = 'busy' | 'flood' | 'idle' | 'silence' | 'queue-full' | 'too-slow' | 'too-long' | 'too-many';
export type UsageCode =
  | 'bad-argument' | 'bad-name' | 'bad-host' | 'no-key' | 'bad-key-file' | 'wrong-passphrase' | 'no-passphrase'
  | 'exists' | 'no-openssl' | 'openssl-failed' | 'cannot-connect' | 'cannot-listen' | 'bad-file' | 'not-now'
  | 'interrupted';

export type ErrorCode = WireCode | HandshakeCode | TrustCode | LimitCode | UsageCode;

export abstract class MessageAppError<C extends ErrorCode = ErrorCode> extends Error {
  constructor(readonly code: C, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A peer sent bytes that the protocol does not allow. The blame is the peer's, or of someone on the way. */
export class WireError extends MessageAppError<WireCode> {}

/** A login or an exchange between peers failed. */
export class HandshakeError extends MessageAppError<HandshakeCode> {}

/** A key, a certificate or a record is not what it has to be for the person to be safe. */
export class TrustError extends MessageAppError<TrustCode> {}

/** A count, a rate or a time of docs/PROTOCOL.md part 6 was exceeded. */
export class LimitError extends MessageAppError<LimitCode> {}

/** The person, or the file given, asked for something that cannot be done. */
export class UsageError extends MessageAppError<UsageCode> {}
