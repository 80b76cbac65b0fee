import { WireError } from '../errors.js';
import { CELL, RECORD_CELLS_MAX } from './limits.js';

/** Records of the outer layer, docs/PROTOCOL.md part 3: their header and the messages packed into them. */

/** Username, counter and k: the AAD. */
export const RECORD_AAD = 33;
/** With the tag of 16 bytes. */
export const RECORD_HEADER = 49;
const MESSAGE_HEADER = 8;

/** Plaintext bytes of a record of `cells` cells. */
export const recordCapacity = (cells: number): number => CELL * cells - RECORD_HEADER;

/** The longest plaintext of a record: 65487 bytes. */
export const RECORD_CAPACITY_MAX = recordCapacity(RECORD_CELLS_MAX);

/** The smallest number of cells that holds `bytes` of plaintext. */
export const cellsFor = (bytes: number): number => Math.max(1, Math.ceil((bytes + RECORD_HEADER) / CELL));

/** A command with its payload as bytes. */
export interface RawMessage {
  readonly command: string;
  readonly payload: Buffer;
}

export const messageLength = (payload: Buffer): number => MESSAGE_HEADER + payload.length;

/** The messages one after another, then zeros to the end of the smallest record that holds them. */
export function packMessages(messages: readonly RawMessage[]): Buffer {
  let length = 0;
  for (const { payload } of messages) length += MESSAGE_HEADER + payload.length;
  const plaintext = Buffer.alloc(recordCapacity(cellsFor(length)));
  packInto(plaintext, messages);
  return plaintext;
}

/** The same where there is a place for them. Behind the last one nothing is touched. */
export function packInto(plaintext: Buffer, messages: readonly RawMessage[]): void {
  let at = 0;
  for (const { command, payload } of messages) {
    plaintext.write(command, at, 'latin1');
    plaintext.writeUInt32BE(payload.length, at + 4);
    plaintext.set(payload, at + MESSAGE_HEADER);
    at += MESSAGE_HEADER + payload.length;
  }
}

/**
 * The messages of a record's plaintext; payloads are views on it.
 * Throws WireError 'malformed' for a record without a message, a command that is not in `table`, a length past the end,
 * and a tail that is not zero.
 */
export function unpackMessages<C extends string>(plaintext: Buffer, table: Readonly<Record<C, unknown>>): { command: C; payload: Buffer }[] {
  const messages: { command: C; payload: Buffer }[] = [];
  let at = 0;
  while (at < plaintext.length && plaintext[at] !== 0) {
    if (plaintext.length - at < MESSAGE_HEADER) throw new WireError('malformed', 'record: a message is cut off');
    const command = plaintext.toString('latin1', at, at + 4);
    if (!Object.hasOwn(table, command)) throw new WireError('malformed', 'record: an unknown command');
    const length = plaintext.readUInt32BE(at + 4);
    at += MESSAGE_HEADER;
    if (length > plaintext.length - at) throw new WireError('malformed', `${command}: ${length} bytes announced, ${plaintext.length - at} there`);
    messages.push({ command: command as C, payload: plaintext.subarray(at, at + length) });
    at += length;
  }
  if (messages.length === 0) throw new WireError('malformed', 'record: without a message');
  if (!isZeroFrom(plaintext, at)) throw new WireError('malformed', 'record: the padding is not zero');
  return messages;
}

const zeros = Buffer.alloc(RECORD_CAPACITY_MAX);

function isZeroFrom(bytes: Buffer, start: number): boolean {
  return bytes.compare(zeros, 0, bytes.length - start, start) === 0;
}
