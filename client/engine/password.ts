import type { Duplex } from 'node:stream';
import { decode, encode } from '../../common/bytes/codec.js';
import type { ExchangeKeys } from '../../common/crypto/exchange.js';
import { passwordBytes } from '../../common/crypto/password.js';
import type { Secret } from '../../common/crypto/secret.js';
import { HandshakeError, MessageAppError, UsageError, WireError } from '../../common/errors.js';
import { keyBehindPassword, openRecord, type RecordPlace, sealRecord } from '../../common/transport/single-record.js';
import { passAnswer, passQuestion, serverAtTheDoor } from '../../common/wire/account-commands.js';
import { NOT_ACCEPTED } from '../../common/wire/bodies.js';
import { errorCodes, serverCommands } from '../../common/wire/commands.js';
import type { RawMessage } from '../../common/wire/record.js';
import { closingText } from './command-errors.js';

/** Gives the password: UTF-8, 1 to 200 bytes; it stays the giver's. Throws what the login is to end with. */
export type AskPassword = () => Promise<Secret>;

/** The server said that it was wrong: it may be asked for again. */
class WrongPassword extends HandshakeError {
  constructor() {
    super('not-authenticated', NOT_ACCEPTED);
  }
}

/** The server makes the second try of a name wait for so long, and each further one twice as long as the one before. */
const FIRST_PAUSE_MS = 1_000;

/** The person took longer than the server waited: at the next connection the password is there at once. */
export class PasswordLate extends Error {}

const nothingToSay = () =>
  new UsageError('no-passphrase', 'The server asks for a password, and there is none here.');

/** Asks a person once, and remembers it for when the connection is lost. */
export class RememberedPassword {
  #password: Secret | undefined;
  #wrong = 0;

  /** @param tries how often it is asked for where it was wrong, in all */
  constructor(private readonly question: (() => Promise<string>) | undefined, private readonly tries = 1) {}

  /** Throws what the question throws; UsageError 'no-passphrase'; PasswordLate where the connection is gone. */
  async ask(stream: Duplex): Promise<Secret> {
    if (this.#password) return this.#password;
    if (!this.question) throw nothingToSay();
    this.#password = passwordBytes(await this.question());
    if (stream.destroyed || stream.readableEnded || stream.readableLength > 0) throw new PasswordLate();
    return this.#password;
  }

  /** It let in. */
  right(): void {
    this.#wrong = 0;
  }

  /** @returns in how many ms it may be asked for again, if that is why a login failed and it may */
  pauseAfter(error: Error): number | undefined {
    if (!(error instanceof WrongPassword) || ++this.#wrong >= this.tries) return undefined;
    this.forget();
    return FIRST_PAUSE_MS * 2 ** (this.#wrong - 1);
  }

  forget(): void {
    this.#password?.wipe();
    this.#password = undefined;
  }
}

/** Whether record 0 is `pass`. */
export const asksForPassword = (username: string, { responderToInitiator: key }: ExchangeKeys, cell: Buffer): boolean =>
  firstIn(cell, { username, key, counter: 0n })?.command === 'pass';

/** Looks at a record of one cell. What cannot be read is passed on: whoever takes records in says what is wrong. */
function firstIn(cell: Buffer, place: RecordPlace): RawMessage | undefined {
  try {
    const [first, ...others] = openRecord(place, cell, serverAtTheDoor);
    if (first!.command !== 'pass') return first;
    decode(passQuestion, first!.payload);
    return others.length === 0 ? first : undefined;
  } catch (fault) {
    if (fault instanceof MessageAppError) return undefined;
    throw fault;
  }
}

/**
 * Answers `pass`, and waits for what comes behind it (docs/PROTOCOL.md part 12).
 * @param read the next cell, which is no refusal
 * Throws HandshakeError 'not-authenticated', 'too-slow', 'refused'; what `ask` and `read` throw.
 */
export async function answerPassword(
  stream: Duplex, username: string, keys: ExchangeKeys, read: () => Promise<Buffer>, ask: AskPassword | undefined,
): Promise<{ keys: ExchangeKeys; firstCell: Buffer; counter: bigint }> {
  if (!ask) throw nothingToSay();
  const password = await ask();
  const payload = encode(passAnswer, { password: password.bytes });
  const sent = { username, key: keys.initiatorToResponder, counter: 0n };
  stream.write(sealRecord(sent, { command: 'pass', payload }));
  payload.fill(0);
  const behind = {
    ...keys,
    initiatorToResponder: keyBehindPassword(keys.initiatorToResponder),
    responderToInitiator: keyBehindPassword(keys.responderToInitiator),
  };
  try {
    const firstCell = await read();
    refuseIfDismissed(username, behind, firstCell);
    return { keys: behind, firstCell, counter: 1n };
  } catch (fault) {
    behind.initiatorToResponder.wipe();
    behind.responderToInitiator.wipe();
    throw fault;
  }
}

function refuseIfDismissed(username: string, keys: ExchangeKeys, cell: Buffer): void {
  const place = { username, key: keys.responderToInitiator, counter: 1n };
  const first = firstIn(cell, place);
  if (first?.command !== 'erro') return;
  const { code } = decode(serverCommands.erro, first.payload);
  if (code === errorCodes.wrongPassword) throw new WrongPassword();
  if (code === errorCodes.limit) throw new HandshakeError('refused', 'Too many tries of this password: wait a minute.');
  if (code === errorCodes.silence) throw new HandshakeError('too-slow', 'The password came too late.');
  throw new WireError('truncated', closingText(code) ?? 'The server closed the connection.');
}
