import type { Duplex } from 'node:stream';
import { decode } from '../../common/bytes/codec.js';
import { type Certificate } from '../../common/crypto/certificate.js';
import { verifyServerChain } from '../../common/crypto/chain.js';
import { answer, type ExchangeKeys, initiate, loginTranscript, type Reveal, wipeKeys } from '../../common/crypto/exchange.js';
import type { Identity } from '../../common/crypto/identity.js';
import type { Suite } from '../../common/crypto/suite.js';
import { HandshakeError, WireError } from '../../common/errors.js';
import { readHandshakeCell } from '../../common/transport/cells.js';
import { isRefusalCode, refusal, type RefusalCode, refusals } from '../../common/wire/bodies.js';
import { isRefusalCell, readCell, writeCell } from '../../common/wire/cell.js';
import { answerPassword, type AskPassword, asksForPassword } from './password.js';

/** Who logs in, with what, and whom it believes. */
export interface Credentials {
  readonly username: string;
  readonly identity: Identity;
  /** Own certificate first; none for a user who is enrolled with the key alone. */
  readonly certificates: readonly Buffer[];
  /** Certificates of the authorities that may vouch for the server and for other users. */
  readonly authorities: readonly Certificate[];
}

export interface LoggedIn {
  readonly keys: ExchangeKeys;
  readonly suite: Suite;
  /** The server's certificate, verified. */
  readonly server: Certificate;
  /** The first cell behind M3: the beginning of M4. */
  readonly firstCell: Buffer;
  /** Of that record: 1 behind `pass`. */
  readonly counter: bigint;
}

/** The server answered with a refusal; `refusalCode` is its number, which nobody has authenticated. */
export class RefusedError extends HandshakeError {
  constructor(readonly refusalCode: RefusalCode) {
    super('refused', refusals[refusalCode].text);
  }
}

/** A login that takes longer has failed; a person may type the password for as long as it takes. */
export const LOGIN_MS = 60_000;

/**
 * The login of docs/PROTOCOL.md part 2, in its order.
 * Throws RefusedError, TrustError 'bad-certificate', HandshakeError, WireError, and the signal's reason.
 */
export async function logIn(
  stream: Duplex,
  { username, identity, certificates, authorities }: Credentials,
  { suites, serverName, now, signal, reveal, password }: {
    readonly suites: readonly Suite[];
    readonly serverName: string;
    readonly now: Date;
    readonly signal: AbortSignal;
    readonly reveal?: Reveal | undefined;
    /** Asks for the password, where the server does. Throws what the login is to end with. */
    readonly password?: AskPassword | undefined;
  },
): Promise<LoggedIn> {
  const { body1, expecting } = initiate(loginTranscript(), username, suites);
  stream.write(writeCell('M1', body1));

  const { type, body: body2 } = readCell(await readHandshakeCell(stream, signal), ['M2', 'refusal']);
  if (type === 'refusal') throw refusedBy(body2);
  let server: Certificate | undefined;
  const { body3, keys, suite } = await answer(expecting, body2, { identity, certificates, reveal }, (chain) => {
    server = verifyServerChain(chain, { authorities, serverName, now });
    return server.publicKey;
  });
  keys.renewal.wipe();
  stream.write(writeCell('M3', body3));

  try {
    const read = async () => {
      const cell = await readHandshakeCell(stream, signal);
      if (isRefusalCell(cell)) throw refusedBy(readCell(cell, ['refusal']).body);
      return cell;
    };
    const firstCell = await read();
    if (!asksForPassword(username, keys, firstCell)) return { keys, suite, server: server!, firstCell, counter: 0n };
    return { suite, server: server!, ...await answerPassword(stream, username, keys, read, password) };
  } catch (error) {
    wipeKeys(keys);
    throw error;
  }
}

export function refusedBy(body: Buffer): HandshakeError | WireError {
  const { code } = decode(refusal, body);
  return isRefusalCode(code) ? new RefusedError(code) : new WireError('malformed', `The server refuses with an unknown code, ${code}.`);
}
