import type { Line, Pair } from './line.js';

/** Messages that are under way in a stream. */
const WINDOW = 256;

/** @returns how many messages a pair gets through, as fast as it can in one direction, and in how many ms */
export function stream([one, other]: Pair, seconds: number): Promise<{ messages: number; ms: number }> {
  return new Promise((resolve) => {
    const start = performance.now();
    const [first, end] = [other.received, start + seconds * 1000];
    const more = () => performance.now() < end;
    const done = () => resolve({ messages: other.received - first, ms: performance.now() - start });
    other.heard = () => {
      if (more()) one.send();
      else if (one.sent === other.received) done();
    };
    for (let sent = 0; sent < WINDOW; sent++) one.send();
  });
}

export interface RoundTrips {
  /** Each in ms. */
  readonly times: number[];
  readonly ms: number;
}

/** All pairs at the same time, each with one message under way: the other answers it with one as long. */
export async function pingPong(pairs: readonly Pair[], seconds: number): Promise<RoundTrips> {
  const start = performance.now();
  const times: number[] = [];
  await Promise.all(pairs.map((pair) => answered(pair, start + seconds * 1000, times)));
  return { times, ms: performance.now() - start };
}

function answered([one, other]: Pair, end: number, times: number[]): Promise<void> {
  return new Promise((resolve) => {
    let sentAt = performance.now();
    other.heard = () => other.send();
    one.heard = () => {
      const now = performance.now();
      times.push(now - sentAt);
      if (now >= end) return resolve();
      sentAt = now;
      one.send();
    };
    one.send();
  });
}

export interface Tally {
  sent: number;
  received: number;
}

/** Adds what these lines have sent and received. Throws where something is missing. */
export function count(pairs: readonly Pair[], tally: Tally): void {
  for (const [one, other] of pairs) for (const [from, to] of [[one, other], [other, one]] as [Line, Line][]) {
    if (from.sent !== to.received) throw new Error(`${from.sent} messages were sent, ${to.received} came.`);
    tally.sent += from.sent;
    tally.received += to.received;
  }
}
