import { CELL, RECORD_CELLS_MAX, SIGNATURE_BYTES_MAX } from './limits.js';
import { WireError } from '../errors.js';
import { isZero } from './cell.js';

/** The layout of what is said in a room, docs/PROTOCOL.md part 10. */

/** Id of the epoch, counter, time: the AAD. */
export const ROOM_AAD = 40;
/** With the tag of 16 bytes. */
export const ROOM_HEADER = 56;
/** Type, a zero, the length; and the length of the signature. */
const CONTENT_HEADER = 6;
const SIGNATURE_HEADER = 2;

export const roomContentTypes = { text: 1, receipt: 2 } as const;
export type RoomContentType = keyof typeof roomContentTypes;

/** Bytes of a record that fills `cells` cells in `room`, in both directions and with names of any length: 4096k - 100. */
export const roomRecordLength = (cells: number): number => CELL * cells - 100;

/** The number of cells of a record by its length, or undefined for a length that none has. */
export function roomRecordCells(length: number): number | undefined {
  const cells = (length + 100) / CELL;
  return Number.isInteger(cells) && cells >= 1 && cells <= RECORD_CELLS_MAX ? cells : undefined;
}

/** The longest content beside the longest signature: 64,860 bytes. */
export const ROOM_CONTENT_MAX =
  roomRecordLength(RECORD_CELLS_MAX) - ROOM_HEADER - CONTENT_HEADER - SIGNATURE_HEADER - SIGNATURE_BYTES_MAX;

export interface RoomContent {
  readonly type: number;
  readonly content: Buffer;
  readonly signature: Buffer;
}

const cellsOf = (bytes: number): number => Math.max(1, Math.ceil((bytes + ROOM_HEADER + 100) / CELL));

/** The plaintext of the smallest record that holds content and signature. Throws WireError 'malformed' beyond 64,860 bytes. */
export function packRoomContent({ type, content, signature }: RoomContent): Buffer {
  if (content.length > ROOM_CONTENT_MAX) throw new WireError('malformed', `A text of ${content.length} bytes does not fit in a record.`);
  const length = CONTENT_HEADER + content.length + SIGNATURE_HEADER + signature.length;
  const plaintext = Buffer.alloc(roomRecordLength(cellsOf(length)) - ROOM_HEADER);
  plaintext.writeUInt8(type, 0);
  plaintext.writeUInt32BE(content.length, 2);
  content.copy(plaintext, CONTENT_HEADER);
  plaintext.writeUInt16BE(signature.length, CONTENT_HEADER + content.length);
  signature.copy(plaintext, CONTENT_HEADER + content.length + SIGNATURE_HEADER);
  return plaintext;
}

/** Throws WireError 'malformed' for a length past the end, padding that is not zero, or more cells than need be. */
export function unpackRoomContent(plaintext: Buffer): RoomContent {
  const end = CONTENT_HEADER + plaintext.readUInt32BE(2);
  if (plaintext[1] !== 0 || end + SIGNATURE_HEADER > plaintext.length) throw new WireError('malformed', 'content: an unfit header');
  const signatureEnd = end + SIGNATURE_HEADER + plaintext.readUInt16BE(end);
  if (signatureEnd > plaintext.length || signatureEnd === end + SIGNATURE_HEADER) throw new WireError('malformed', 'content: an unfit signature');
  if (plaintext.length + ROOM_HEADER !== roomRecordLength(cellsOf(signatureEnd))) {
    throw new WireError('malformed', 'content: in more cells than need be');
  }
  if (!isZero(plaintext.subarray(signatureEnd))) throw new WireError('malformed', 'content: the padding is not zero');
  return {
    type: plaintext.readUInt8(0),
    content: plaintext.subarray(CONTENT_HEADER, end),
    signature: plaintext.subarray(end + SIGNATURE_HEADER, signatureEnd),
  };
}
