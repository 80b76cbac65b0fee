import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** Why the memory of another process cannot be looked at here, or false: what a test is skipped with. */
export const unreadable = process.platform === 'linux' ? false : 'only Linux shows the memory of a child (/proc)';

const PIECE = 16 * 1024 * 1024;
/** A value that lies across two pieces is found in the second. */
const OVERLAP = 64;

interface Region {
  readonly from: number;
  readonly to: number;
  /** Like `[heap]` or `[stack]`; empty for most. */
  readonly name: string;
}

/** What cannot be written to holds no secret. */
function regionsOf(pid: number): Region[] {
  return readFileSync(`/proc/${pid}/maps`, 'latin1').split('\n').flatMap((line) => {
    const [, from, to, name = ''] = /^([0-9a-f]+)-([0-9a-f]+) rw\S+ \S+ \S+ \S+ *(.*)$/.exec(line) ?? [];
    return from === undefined ? [] : [{ from: parseInt(from, 16), to: parseInt(to!, 16), name }];
  });
}

/** All that a child of this process has in its memory. Stop it first: nothing may move while it is read. */
function* memoryOf(pid: number): Generator<Region & { readonly bytes: Buffer }> {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const buffer = Buffer.alloc(PIECE + OVERLAP);
  try {
    for (const region of regionsOf(pid)) {
      for (let from = region.from; from < region.to; from += PIECE) {
        const length = readAt(memory, buffer, from, Math.min(region.to - from, buffer.length));
        yield { ...region, from, bytes: buffer.subarray(0, length) };
      }
    }
  } finally {
    closeSync(memory);
  }
}

/** What the kernel keeps for itself ([vvar]) cannot be read, and holds nothing of the program's. */
function readAt(memory: number, buffer: Buffer, from: number, length: number): number {
  try {
    return readSync(memory, buffer, 0, length, from);
  } catch {
    return 0;
  }
}

/** A secret as a computation with it may leave it behind. */
function formsOf(value: Buffer): Map<string, Buffer> {
  const xor = (pad: number) => Buffer.from(value.map((byte) => byte ^ pad));
  return new Map([
    ['as it is', value], ['in little-endian words', Buffer.from(value).swap32()],
    ['in the inner pad of HMAC', xor(0x36)], ['in the outer pad of HMAC', xor(0x5c)],
  ]);
}

interface Wanted {
  readonly name: string;
  readonly form: string;
  readonly bytes: Buffer;
}

/**
 * Looks for values of 32 bytes, at any address and in every form of the above.
 * @returns a line for each place: `name, form, at address region`
 */
export function searchMemory(pid: number, values: ReadonlyMap<string, Buffer>): string[] {
  const wanted = [...values].flatMap(([name, value]) =>
    [...formsOf(value)].map(([form, bytes]): Wanted => ({ name, form, bytes })));
  const byStart = new Map<number, Wanted[]>();
  const mayStart = new Uint8Array(0x10000);
  for (const each of wanted) {
    const start = each.bytes.readUInt16BE(0);
    byStart.set(start, [...byStart.get(start) ?? [], each]);
    mayStart[start] = 1;
  }
  const places = new Set<string>();
  for (const { from, name: region, bytes } of memoryOf(pid)) {
    for (let at = 0, start = bytes[0]!; at + 1 < bytes.length; at++) {
      start = ((start & 0xff) << 8) | bytes[at + 1]!;
      if (mayStart[start] === 0) continue;
      for (const { name, form, bytes: value } of byStart.get(start)!) {
        if (bytes.compare(value, 0, value.length, at, Math.min(at + value.length, bytes.length)) !== 0) continue;
        places.add(`${name}, ${form}, at ${(from + at).toString(16)} ${region}`.trim());
      }
    }
  }
  return [...places];
}
