import { RecordOpener, RecordSealer } from '../crypto/record-key.js';
import { hkdfExpand } from '../crypto/node.js';
import { labels } from '../crypto/labels.js';
import { Secret } from '../crypto/secret.js';
import { WireError } from '../errors.js';
import { packMessages, type RawMessage, unpackMessages } from '../wire/record.js';

/** Records one by one, as long as nobody is logged in (docs/PROTOCOL.md part 12). */
export interface RecordPlace {
  /** Empty while one registers. */
  readonly username: string;
  /** Stays the caller's. */
  readonly key: Secret;
  readonly counter: bigint;
}

export const sealRecord = ({ username, key, counter }: RecordPlace, ...messages: readonly RawMessage[]): Buffer =>
  Buffer.concat(new RecordSealer(username, key, counter).seal(packMessages(messages)));

/**
 * The messages of a record of one cell.
 * Throws WireError 'bad-record', also where it has more cells; 'malformed' for what is not in `table`.
 */
export function openRecord<C extends string>(
  { username, key, counter }: RecordPlace, cell: Buffer, table: Readonly<Record<C, unknown>>,
): { command: C; payload: Buffer }[] {
  const plaintext = new RecordOpener(username, key, counter).open(cell);
  if (!plaintext) throw new WireError('bad-record', 'A record does not verify.');
  return unpackMessages(plaintext, table);
}

/** The same, where one message is due. Throws WireError 'malformed' for several, too. */
export function openMessage<C extends string>(
  place: RecordPlace, cell: Buffer, table: Readonly<Record<C, unknown>>,
): { command: C; payload: Buffer } {
  const [message, ...others] = openRecord(place, cell, table);
  if (others.length > 0) throw new WireError('malformed', 'record: several messages where one is due');
  return message!;
}

/** The key of a direction behind its `pass`; the one before is destroyed. */
export function keyBehindPassword(key: Secret): Secret {
  const next = new Secret(hkdfExpand(key.bytes, labels.password, 32));
  key.wipe();
  return next;
}
