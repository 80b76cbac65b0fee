import type { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { Test } from 'tap';
import type { Packets } from '../../../bench/brokers/packets.js';

/** The same packets, cut into two at every place, and into single bytes. */
export function cutEverywhere<P>(t: Test, stream: Buffer, reader: () => Packets<P>, expected: readonly P[]): void {
  const read = (...chunks: readonly Buffer[]): P[] => {
    const packets = reader();
    return chunks.flatMap((chunk) => [...packets.push(chunk)]);
  };
  t.strictSame(read(stream), expected, 'in one piece');
  const whole = JSON.stringify(expected);
  const wrong: number[] = [];
  for (let at = 0; at <= stream.length; at++) {
    if (JSON.stringify(read(stream.subarray(0, at), stream.subarray(at))) !== whole) wrong.push(at);
  }
  t.strictSame(wrong, [], 'in two');
  t.strictSame(read(...[...stream].map((byte) => Buffer.from([byte]))), expected, 'byte by byte');
}

/** What came to this end since it was last asked. */
export function heardBy(end: Duplex): () => Buffer {
  let heard: Buffer[] = [];
  end.on('data', (chunk: Buffer) => heard.push(chunk));
  return () => Buffer.concat(heard.splice(0));
}

/** All that is under way between two ends in memory arrives within some turns of the event loop. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await turn();
}
