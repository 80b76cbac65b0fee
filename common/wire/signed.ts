import { type Codec, mapped, rest, struct, text, u64, vec16 } from '../bytes/codec.js';
import { WireError } from '../errors.js';
import { CONTENT_MAX } from './end-to-end.js';
import { SIGNATURE_BYTES_MAX } from './limits.js';

/** Contents of types 8 and 9 (docs/PROTOCOL.md part 11). */

const U64 = 8;
const LENGTH = 2;

/** The longest signed text: beside the longest signature, 64,882 bytes. */
export const SIGNED_TEXT_MAX = CONTENT_MAX - 2 * U64 - LENGTH - SIGNATURE_BYTES_MAX;

/** The last millisecond of the year 9999: a time beyond it has no four digits in ISO 8601. */
export const TIME_MAX = 253_402_300_799_999;

/** ms since 1970. */
const time: Codec<number> = mapped(u64('time'), (value: number) => value, (value) => {
  if (value > TIME_MAX) throw new WireError('malformed', 'time: after the year 9999');
  return value;
});

const signature = vec16('signature', { min: 1, max: SIGNATURE_BYTES_MAX });

/** Type 8. The text stands at the end and has at most SIGNED_TEXT_MAX bytes. */
export const signedTextContent = struct('signed text', {
  time,
  /** How many signed texts of the other the sender had opened. */
  seen: u64('seen'),
  signature,
  text: text(rest('text', { max: SIGNED_TEXT_MAX })),
});

/** Type 9. */
export const signedReceiptContent = struct('signed receipt', {
  /** How many signed texts its sender has said. */
  own: u64('own texts'),
  /** How many of the other's it has opened. */
  other: u64("the other's texts"),
  signature,
});
