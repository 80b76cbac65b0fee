import type { Duplex } from 'node:stream';
import { encode } from '../../common/bytes/codec.js';
import type { Clock } from '../../common/clock.js';
import type { ErrorCode } from '../../common/errors.js';
import { type RecordPlace, sealRecord } from '../../common/transport/single-record.js';
import { errorCodes, type ErrorName, serverCommands } from '../../common/wire/commands.js';
import { lastWords } from './last-words.js';

/** Somebody was sent away inside of the session, before being logged in: there is nothing more to be said. */
export class Dismissed extends Error {
  /** @param code for the log */
  constructor(readonly code: ErrorCode, message: string) {
    super(message);
  }
}

/** Says `erro` and `exit` in one record, and ends the connection. */
export function dismiss(socket: Duplex, place: RecordPlace, error: ErrorName, clock: Clock): void {
  const payload = encode(serverCommands.erro, { code: errorCodes[error], about: Buffer.alloc(0), text: '' });
  const record = sealRecord(place, { command: 'erro', payload }, { command: 'exit', payload: Buffer.alloc(0) });
  lastWords(socket, record, clock);
}
