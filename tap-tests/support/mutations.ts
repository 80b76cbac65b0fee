/** A number from 0 to below the given one. */
export type Random = (below: number) => number;

/** Numbers that look random and come again with the same seed (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return Math.floor((((z ^ (z >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** FUZZ_SEED=… repeats a run. */
export const seedOfRun = (): number => Number(process.env['FUZZ_SEED'] ?? (Date.now() % 2 ** 31));

/** What mutations take pieces from. */
export interface Material {
  /** Other inputs of the same kind. */
  readonly others: readonly Buffer[];
  /** Short pieces that mean something to somebody. */
  readonly tokens: readonly Buffer[];
  /** No result is longer, unless the input was. */
  readonly max: number;
}

/** One change; `bytes` is the caller's to overwrite. */
type Change = (bytes: Buffer, random: Random, material: Material) => Buffer;

const of = <T>(all: readonly T[], random: Random): T => all[random(all.length)]!;

/** Edges of lengths and of the grammars here: / [ _ and DEL stand beside what a username may have. */
const BYTES = [0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 0x2f, 0x5b, 0x5f, 0x7f, 0x80, 0xc0, 0xed, 0xfe, 0xff];
const LENGTHS = [
  0, 1, 2, 8, 16, 17, 32, 33, 0x7f, 0x80, 0xff, 0x100, 0xfff, 0x1000, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0xff_ffff,
  0x7fff_ffff, 0x8000_0000, 0xffff_fff8, 0xffff_ffff,
];

/** Mostly short, seldom any. */
const span = (random: Random, most: number): number => Math.min(most, 1 + random(random(8) === 0 ? most + 1 : 6));

function slice(bytes: Buffer, random: Random): [from: number, to: number] {
  const from = random(bytes.length + 1);
  return [from, from + span(random, bytes.length - from)];
}

const insert = (bytes: Buffer, at: number, piece: Buffer, over = 0): Buffer =>
  Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(Math.min(bytes.length, at + over))]);

const put = (value: (old: number, random: Random) => number): Change => (bytes, random) => {
  if (bytes.length === 0) return bytes;
  const at = random(bytes.length);
  bytes[at] = value(bytes[at]!, random) & 0xff;
  return bytes;
};

/** A length of 1, 2 or 4 bytes, or one that fits what is behind it but for one. */
const lengthField: Change = (bytes, random) => {
  const width = 1 << random(3);
  if (bytes.length < width) return bytes;
  const at = random(bytes.length - width + 1);
  const left = bytes.length - at - width;
  const value = random(2) === 0 ? of(LENGTHS, random) : left + random(3) - 1;
  bytes.writeUIntBE(((value % 2 ** (8 * width)) + 2 ** (8 * width)) % 2 ** (8 * width), at, width);
  return bytes;
};

const changes: readonly Change[] = [
  put((old, random) => old ^ (1 << random(8))),
  put((_old, random) => of(BYTES, random)),
  put((_old, random) => random(256)),
  put((old, random) => old + random(9) - 4),
  lengthField,
  lengthField,
  // Left out.
  (bytes, random) => {
    const [from, to] = slice(bytes, random);
    return insert(bytes, from, bytes.subarray(0, 0), to - from);
  },
  // Put in once more, here or elsewhere.
  (bytes, random) => insert(bytes, random(bytes.length + 1), bytes.subarray(...slice(bytes, random))),
  // Many times.
  (bytes, random, { max }) => {
    const [from, to] = slice(bytes, random);
    if (to === from) return bytes;
    const times = Math.min(2 ** (1 + random(16)), Math.ceil((max - bytes.length) / (to - from)));
    if (times < 1) return bytes;
    return insert(bytes, from, Buffer.alloc(times * (to - from), Buffer.from(bytes.subarray(from, to))));
  },
  (bytes, random) => insert(bytes, random(bytes.length + 1), Buffer.from([of(BYTES, random)])),
  (bytes, random, { tokens }) =>
    (tokens.length === 0 ? bytes : insert(bytes, random(bytes.length + 1), of(tokens, random))),
  (bytes, random, { tokens }) => {
    if (tokens.length === 0) return bytes;
    const token = of(tokens, random);
    return insert(bytes, random(bytes.length + 1), token, token.length);
  },
  (bytes, random) => bytes.subarray(0, random(bytes.length + 1)),
  // The head of this one and the tail of another.
  (bytes, random, { others }) => {
    if (others.length === 0) return bytes;
    const other = of(others, random);
    return Buffer.concat([bytes.subarray(0, random(bytes.length + 1)), other.subarray(random(other.length + 1))]);
  },
  // A piece of another one.
  (bytes, random, { others }) => {
    if (others.length === 0) return bytes;
    const other = of(others, random);
    const [from, to] = slice(other, random);
    return insert(bytes, random(bytes.length + 1), other.subarray(from, to), random(2) * (to - from));
  },
  // Two neighbours change places.
  (bytes, random) => {
    const [from, to] = slice(bytes, random);
    const end = Math.min(bytes.length, to + span(random, bytes.length));
    const parts = [bytes.subarray(0, from), bytes.subarray(to, end), bytes.subarray(from, to), bytes.subarray(end)];
    return Buffer.concat(parts);
  },
];

const nothing: Material = { others: [], tokens: [], max: 0 };

/** One to four changes of an input, which stays as it is; seldom bytes that have nothing to do with it. */
export function mutate(bytes: Buffer, random: Random, material: Material = nothing): Buffer {
  if (random(200) === 0) return Buffer.from(Array.from({ length: random(80) }, () => random(256)));
  let out: Buffer = Buffer.from(bytes);
  for (let left = 1 + random(1 + random(4)); left > 0; left--) out = of(changes, random)(out, random, material);
  return out.subarray(0, Math.max(material.max, bytes.length));
}
