import { rest, text } from '../bytes/codec.js';
import { WireError } from '../errors.js';
import { isZero } from './cell.js';
import { CONVERSATION, MESSAGE_HEADER } from './commands.js';
import { CELL, RECORD_CELLS_MAX } from './limits.js';
import { RECORD_HEADER } from './record.js';

/** End-to-end records, docs/PROTOCOL.md part 5: their layout and the kinds of what passes between peers. */

/** The byte behind the conversation in a `frwd`. */
export const kinds = { P1: 1, P2: 2, P3: 3, record: 4 } as const;

export const contentTypes = {
  text: 1, receipt: 2, goodbye: 3, discarded: 4, sign: 5, agreed: 6, declined: 7, signedText: 8, signedReceipt: 9,
  renewal1: 16, renewal2: 17, renewal3: 18, renewal4: 19,
} as const;
export type ContentType = keyof typeof contentTypes;

/** Magic, counter and time of sealing: the AAD. */
export const SEALED_AAD = 36;
/** With the tag of 16 bytes. */
export const SEALED_HEADER = 52;
/** Type, a zero and the length. */
const CONTENT_HEADER = 6;

const KIND = 1;

/** Bytes of an end-to-end record that fills a record of `cells` cells: 4096k - 66. */
export const sealedLength = (cells: number): number => CELL * cells - RECORD_HEADER - MESSAGE_HEADER - CONVERSATION - KIND;

/** The longest content of a record of `cells` cells: 3972 bytes for one, 65412 for 16. */
export const contentMax = (cells: number): number => sealedLength(cells) - SEALED_HEADER - CONTENT_HEADER;

export const CONTENT_MAX = contentMax(RECORD_CELLS_MAX);

/** Content of type 1. */
export const textContent = text(rest('text', { max: CONTENT_MAX }));

/** The number of cells of an end-to-end record by its length, or undefined for a length that none has. */
export function sealedCells(length: number): number | undefined {
  const cells = (length + CELL - sealedLength(1)) / CELL;
  return Number.isInteger(cells) && cells >= 1 && cells <= RECORD_CELLS_MAX ? cells : undefined;
}

export interface Content {
  readonly type: number;
  readonly content: Buffer;
}

/** The plaintext of the smallest record that holds the content: header, content, zeros. */
export function packContent({ type, content }: Content): Buffer {
  if (content.length > CONTENT_MAX) throw new WireError('malformed', `A text of ${content.length} bytes does not fit in a record.`);
  const cells = Math.ceil((content.length - contentMax(1)) / CELL) + 1;
  const plaintext = Buffer.alloc(sealedLength(Math.max(1, cells)) - SEALED_HEADER);
  plaintext.writeUInt8(type, 0);
  plaintext.writeUInt32BE(content.length, 2);
  content.copy(plaintext, CONTENT_HEADER);
  return plaintext;
}

/** Throws WireError 'malformed' for a length past the end, padding that is not zero, or more cells than need be. */
export function unpackContent(plaintext: Buffer): Content {
  const length = plaintext.readUInt32BE(2);
  const end = CONTENT_HEADER + length;
  if (plaintext[1] !== 0 || end > plaintext.length) throw new WireError('malformed', 'content: an unfit header');
  if (plaintext.length > contentMax(1) + CONTENT_HEADER && end <= plaintext.length - CELL) {
    throw new WireError('malformed', 'content: in more cells than need be');
  }
  if (!isZero(plaintext.subarray(end))) throw new WireError('malformed', 'content: the padding is not zero');
  return { type: plaintext.readUInt8(0), content: plaintext.subarray(CONTENT_HEADER, end) };
}
