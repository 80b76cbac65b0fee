/* Comparisons of what is no secret, in place: for so few bytes a loop takes a tenth of the time of Buffer.compare. */

/** Whether two buffers have the same first `length` bytes. Both have to be as long. */
export function sameStart(one: Buffer, other: Buffer, length: number): boolean {
  for (let at = 0; at < length; at++) if (one[at] !== other[at]) return false;
  return true;
}
