import { cellsFor, messageLength, packInto, RECORD_CAPACITY_MAX, type RawMessage, recordCapacity } from '../wire/record.js';
import { atEndOfTurn } from './turn.js';

/** Where every record of this process is packed, one after another: behind `#used` it is zero. */
const place = Buffer.alloc(RECORD_CAPACITY_MAX);

let packed: readonly RawMessage[] | undefined;
let plaintext = place.subarray(0, 0);
let used = 0;

const forget = (): void => {
  packed = undefined;
  place.fill(0, 0, used);
  used = 0;
};

/**
 * The plaintext of a record (docs/PROTOCOL.md part 3), to be sealed before anything else is packed. The members of a
 * room get the same messages in the same turn, each under its own key: they are packed once for all.
 */
export function pack(messages: readonly RawMessage[]): Buffer {
  if (packed && areSame(messages, packed)) return plaintext;
  if (!packed) atEndOfTurn(forget);
  const length = messages.reduce((sum, { payload }) => sum + messageLength(payload), 0);
  packInto(place, messages);
  if (used > length) place.fill(0, length, used);
  used = length;
  // A list of its own: the caller's goes on being used.
  packed = messages.slice();
  plaintext = place.subarray(0, recordCapacity(cellsFor(length)));
  return plaintext;
}

function areSame(some: readonly RawMessage[], others: readonly RawMessage[]): boolean {
  if (some.length !== others.length) return false;
  for (let at = 0; at < some.length; at++) {
    if (some[at]!.payload !== others[at]!.payload || some[at]!.command !== others[at]!.command) return false;
  }
  return true;
}
