import type { Duplex } from 'node:stream';
import { decode, encode } from '../../common/bytes/codec.js';
import type { Certificate } from '../../common/crypto/certificate.js';
import { verifyServerChain } from '../../common/crypto/chain.js';
import { answer, initiate, loginTranscript, wipeKeys } from '../../common/crypto/exchange.js';
import type { Identity } from '../../common/crypto/identity.js';
import type { Suite } from '../../common/crypto/suite.js';
import { HandshakeError, TrustError, UsageError, WireError } from '../../common/errors.js';
import { readHandshakeCell } from '../../common/transport/cells.js';
import { openRecord, sealRecord } from '../../common/transport/single-record.js';
import {
  registered, registrationQuestion, registrationRequest, serverAtTheDesk,
} from '../../common/wire/account-commands.js';
import { isRefusalCell, readCell, writeCell } from '../../common/wire/cell.js';
import { errorCodes, serverCommands } from '../../common/wire/commands.js';
import { refusedBy } from './login.js';

export interface NewAccount {
  readonly username: string;
  readonly invitation: string;
  readonly email: string;
  /** UTF-8; empty: none. */
  readonly password: Buffer;
}

export interface RegisterOptions {
  readonly identity: Identity;
  readonly authorities: readonly Certificate[];
  readonly suites: readonly Suite[];
  readonly serverName: string;
  readonly now: Date;
  readonly signal: AbortSignal;
  /** The server is the right one, and about to be asked: from now on the key must not be lost. */
  readonly keep: () => Promise<void>;
}

/** The server said no: nobody was enrolled. */
export class NotRegisteredError extends TrustError {}

/**
 * Enrols a key under a name (docs/PROTOCOL.md part 12). Throws NotRegisteredError; what a login throws; UsageError
 * 'bad-argument' where an invitation is needed and there is none.
 */
export async function register(stream: Duplex, account: NewAccount, options: RegisterOptions): Promise<void> {
  const { identity, authorities, suites, serverName, now, signal } = options;
  const { body1, expecting } = initiate(loginTranscript(), '', suites);
  stream.write(writeCell('M1', body1));
  const body2 = await next(stream, signal, (cell) => readCell(cell, ['M2']).body);
  const { body3, keys } = await answer(expecting, body2, { identity, certificates: [], registers: true }, (chain) =>
    verifyServerChain(chain, { authorities, serverName, now }).publicKey);
  stream.write(writeCell('R3', body3));
  const open = (counter: bigint) => next(stream, signal, (cell) => {
    return openRecord({ username: '', key: keys.responderToInitiator, counter }, cell, serverAtTheDesk)[0]!;
  });
  try {
    const question = await open(0n);
    if (question.command !== 'regi') throw new WireError('out-of-turn', 'The server said something else than regi.');
    const { invited } = decode(registrationQuestion, question.payload);
    if (invited === 1 && account.invitation === '') {
      throw new UsageError('bad-argument', 'This server wants an invitation: give its code with --invitation CODE.');
    }
    const payload = encode(registrationRequest, account);
    await options.keep();
    const place = { username: '', key: keys.initiatorToResponder, counter: 0n };
    stream.write(sealRecord(place, { command: 'regi', payload }));
    payload.fill(0);
    readOutcome(await open(1n), account.username);
  } finally {
    wipeKeys(keys);
  }
}

async function next<T>(stream: Duplex, signal: AbortSignal, read: (cell: Buffer) => T): Promise<T> {
  const cell = await readHandshakeCell(stream, signal);
  if (isRefusalCell(cell)) throw refusedBy(readCell(cell, ['refusal']).body);
  return read(cell);
}

function readOutcome({ command, payload }: { command: string; payload: Buffer }, username: string): void {
  if (command === 'regd') return void decode(registered, payload);
  if (command !== 'erro') throw new WireError('out-of-turn', 'The server said something else than regd.');
  const { code } = decode(serverCommands.erro, payload);
  if (code === errorCodes.nameTaken) {
    const why = `The name ${username} is taken, or looks like one that is. Choose another.`;
    throw new NotRegisteredError('name-taken', why);
  }
  if (code === errorCodes.badInvitation) {
    throw new NotRegisteredError('unasked', 'The invitation is not valid, or not any more. Ask for another.');
  }
  if (code === errorCodes.limit) {
    const why = 'The server takes no more registrations from here for now: try in an hour.';
    throw new NotRegisteredError('unasked', why);
  }
  if (code === errorCodes.silence) throw new HandshakeError('too-slow', 'The registration took too long.');
  throw new WireError('truncated', 'The server ended the registration.');
}
