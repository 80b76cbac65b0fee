import { errorCodes, type ErrorName, type ServerCommand, type ServerPayload } from '../../common/wire/commands.js';

/**
 * A logged-in user as presence, calls and conversations see it. They know no sockets: one day an endpoint may be
 * connected to another server.
 */
export interface Endpoint {
  readonly username: string;
  /** The key that verified the login, SubjectPublicKeyInfo DER. */
  readonly spki: Buffer;
  /** What a peer gets beside the key: the user's certificate first, then its issuers; or none. */
  readonly certificates: readonly Buffer[];
  send<C extends ServerCommand>(command: C, payload: ServerPayload<C>): void;
  /**
   * Hands on the payload of a `frwd` as it is.
   * @returns false, once the conversation takes more than its share of this endpoint's queue
   */
  forward(conversation: string, payload: Buffer): boolean;
  /**
   * Sends a payload that is encoded already, as what is said in a room is for all its receivers.
   * @param account on which it waits, as a conversation does
   * @returns false, once this account takes more than its share of this endpoint's queue
   */
  deliver(account: string, command: ServerCommand, payload: Buffer): boolean;
  /** Forgets what still waits to be sent for a conversation, or on an account. */
  forget(account: string): void;
  /** The user logs in from somewhere else: the connection is pinged, and closed if it does not answer. */
  probe(): void;
}

/** Answers a command that cannot be done: `erro` with the command and its username, or its room, or its conversation's 8 bytes. */
export function sendError(to: Endpoint, error: ErrorName, command: string, about: string | Buffer, text: string): void {
  const subject = typeof about === 'string' ? Buffer.from(about, 'latin1') : about;
  const payload = { code: errorCodes[error], about: Buffer.concat([Buffer.from(command, 'latin1'), subject]), text };
  to.send('erro', payload);
}
