/** Numbers that look random and come again with the same seed (mulberry32). */
export function seeded(seed: number): (below: number) => number {
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

const INTERESTING = [0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 0x2f, 0x5b, 0x5f, 0x7f, 0x80, 0xc0, 0xed, 0xfe, 0xff];

/** One to four changes: bits, bytes that often matter, lengths, pieces left out, doubled or put elsewhere. */
export function mutate(bytes: Buffer, random: (below: number) => number): Buffer {
  let out: Buffer = Buffer.from(bytes);
  for (let left = 1 + random(4); left > 0; left--) {
    const at = random(out.length + 1);
    const end = Math.min(out.length, at + 1 + random(6));
    switch (random(8)) {
      case 0: if (at < out.length) out.writeUInt8(out.readUInt8(at) ^ (1 << random(8)), at); break;
      case 1: if (at < out.length) out.writeUInt8(INTERESTING[random(INTERESTING.length)]!, at); break;
      case 2: if (at < out.length) out.writeUInt8(random(256), at); break;
      case 3: if (at + 2 <= out.length) out.writeUInt16BE([0, 1, 0x7fff, 0x8000, 0xffff, out.length][random(6)]!, at); break;
      case 4: out = Buffer.concat([out.subarray(0, at), out.subarray(end)]); break;
      case 5: out = Buffer.concat([out.subarray(0, end), out.subarray(at)]); break;
      case 6: out = Buffer.concat([out.subarray(0, at), Buffer.from([INTERESTING[random(INTERESTING.length)]!]), out.subarray(at)]); break;
      default: out = out.subarray(0, at);
    }
  }
  return out;
}
