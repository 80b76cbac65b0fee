import type { Duplex } from 'node:stream';
import { decode, encode } from '../../common/bytes/codec.js';
import type { Clock } from '../../common/clock.js';
import { wipeKeys } from '../../common/crypto/exchange.js';
import type { Password } from '../../common/crypto/password.js';
import { HandshakeError, LimitError, type MessageAppError, WireError } from '../../common/errors.js';
import { keyBehindPassword, openMessage, sealRecord } from '../../common/transport/single-record.js';
import { clientAtTheDoor, passAnswer, passQuestion } from '../../common/wire/account-commands.js';
import type { ErrorName } from '../../common/wire/commands.js';
import type { RelayLimits } from '../../common/wire/limits.js';
import { Dismissed, dismiss } from './dismissed.js';
import type { HashQueue } from './hash-queue.js';
import { type LoggedIn, pauseUntil, within } from './login.js';
import { PasswordTries } from './password-tries.js';

export interface Caller {
  readonly socket: Duplex;
  /** Without its port. */
  readonly address: string;
  readonly abort: AbortController;
}

/** Between the handshake and the session: asks who has a password for it (docs/PROTOCOL.md part 12). */
export class PasswordGate {
  readonly #tries: PasswordTries;

  constructor(
    private readonly limits: Pick<RelayLimits, 'passwordMs'>,
    private readonly clock: Clock,
    private readonly hashes: HashQueue,
  ) {
    this.#tries = new PasswordTries(clock);
  }

  /**
   * Asks for it. The keys of `user` are taken over, and destroyed where it throws.
   * @returns the same user with the keys and the counter behind it
   * Throws Dismissed where the client was told why; the reason of `abort`; LimitError 'busy'; WireError 'truncated'.
   */
  async pass(caller: Caller, { user, keys, ...others }: LoggedIn, stored: Password): Promise<LoggedIn> {
    const { username } = user;
    const { socket } = caller;
    const question = { command: 'pass', payload: encode(passQuestion, { nothing: Buffer.alloc(0) }) };
    socket.write(sealRecord({ username, key: keys.responderToInitiator, counter: 0n }, question));
    const behind = { ...keys, responderToInitiator: keyBehindPassword(keys.responderToInitiator) };
    try {
      await this.#check(caller, username, stored, async () => {
        const cell = await within(this.limits.passwordMs, socket, this.clock, caller.abort);
        if (socket.readableLength > 0) throw new WireError('out-of-turn', 'pass: followed by more, before welc.');
        const key = keys.initiatorToResponder;
        return decode(passAnswer, openMessage({ username, key, counter: 0n }, cell, clientAtTheDoor).payload).password;
      });
      const initiatorToResponder = keyBehindPassword(keys.initiatorToResponder);
      return { user, ...others, keys: { ...behind, initiatorToResponder }, counter: 1n };
    } catch (fault) {
      const told = whatToTell(fault);
      if (told) dismiss(socket, { username, key: behind.responderToInitiator, counter: 1n }, told, this.clock);
      wipeKeys(behind);
      throw told ? new Dismissed((fault as MessageAppError).code, (fault as Error).message) : fault;
    }
  }

  async #check(
    { address, abort }: Caller, username: string, stored: Password, heard: () => Promise<Buffer>,
  ): Promise<void> {
    const password = await heard();
    try {
      const turn = this.#tries.take(username, address);
      if (turn === undefined) throw new LimitError('too-many', 'Too many passwords wait for their turn.');
      await pauseUntil(turn, this.clock, abort.signal);
      abort.signal.throwIfAborted();
      if (!await this.hashes.matches(password, stored)) {
        throw new HandshakeError('not-authenticated', 'The password is wrong.');
      }
      abort.signal.throwIfAborted();
      this.#tries.right(username, address);
    } finally {
      password.fill(0);
    }
  }
}

/** What the client hears inside of the session; nothing where the end is not its doing. */
function whatToTell(fault: unknown): ErrorName | undefined {
  if (fault instanceof WireError) return fault.code === 'truncated' ? undefined : 'malformed';
  if (fault instanceof LimitError && fault.code === 'too-many') return 'limit';
  if (!(fault instanceof HandshakeError)) return undefined;
  if (fault.code === 'not-authenticated') return 'wrongPassword';
  return fault.code === 'too-slow' ? 'silence' : undefined;
}
