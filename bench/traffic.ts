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

/** Messages to a room that are under way to somebody. */
const ROOM_WINDOW = 64;

/** @returns how often the first of a room was heard by all others, as fast as they can, and in how many ms */
export function fanOut(room: readonly Line[], seconds: number): Promise<{ messages: number; ms: number }> {
  const [speaker, ...listeners] = room;
  return new Promise((resolve) => {
    const start = performance.now();
    const end = start + seconds * 1000;
    let [said, heard] = [ROOM_WINDOW, 0];
    const one = () => {
      if (++heard % listeners.length > 0) return;
      const now = performance.now();
      if (now < end) {
        said++;
        speaker!.send();
      } else if (heard === said * listeners.length) {
        resolve({ messages: said, ms: now - start });
      }
    };
    for (const listener of listeners) listener.heard = one;
    for (let sent = 0; sent < said; sent++) speaker!.send();
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

/**
 * Pairs that talk one after another, each as soon as it is its turn, so many at the same time: a message, and one as
 * long back.
 */
export function inTurn(pairs: readonly Pair[], atOnce: number, seconds: number): Promise<RoundTrips> {
  return new Promise((resolve) => {
    const start = performance.now();
    const end = start + seconds * 1000;
    const times: number[] = [];
    const waiting = pairs.map(([one, other]) => {
      let sentAt = 0;
      const speak = () => {
        sentAt = performance.now();
        one.send();
      };
      other.heard = () => other.send();
      one.heard = () => {
        const now = performance.now();
        times.push(now - sentAt);
        waiting.push(speak);
        if (now < end) waiting.shift()!();
        else if (--talking === 0) resolve({ times, ms: now - start });
      };
      return speak;
    });
    let talking = Math.min(atOnce, pairs.length);
    for (const speak of waiting.splice(0, talking)) speak();
  });
}

export interface Tally {
  sent: number;
  received: number;
}

/** Adds what these lines have sent and received. Throws where something is missing. */
export function count(pairs: readonly Pair[], tally: Tally): void {
  for (const [one, other] of pairs) {
    add(one, other, tally);
    add(other, one, tally);
  }
}

/** The same of a room in which only the first has spoken. */
export function countRoom([speaker, ...listeners]: readonly Line[], tally: Tally): void {
  for (const listener of listeners) add(speaker!, listener, tally);
}

function add({ sent }: Line, { received }: Line, tally: Tally): void {
  if (sent !== received) throw new Error(`${sent} messages were sent, ${received} came.`);
  tally.sent += sent;
  tally.received += received;
}
