import type { LogIn, Visit } from './line.js';

/** When to stop: after a time, or a number of logins. */
export type Until = { readonly seconds: number } | { readonly logins: number };

/** @returns what says whether one more may begin */
function allowance(until: Until): () => boolean {
  const start = performance.now();
  let left = 'logins' in until ? until.logins : Infinity;
  const end = 'seconds' in until ? start + until.seconds * 1000 : Infinity;
  return () => left-- > 0 && performance.now() < end;
}

export interface Logins {
  /** Logins a second. */
  readonly rate: number;
  readonly logins: number;
}

/** Logs in with so many at once, each as soon as it is gone again. */
export async function logInsAtOnce(logIn: LogIn, atOnce: number, until: Until): Promise<Logins> {
  const more = allowance(until);
  const start = performance.now();
  let logins = 0;
  let last = start;
  const one = async (index: number) => {
    while (more()) {
      const visit = await logIn(index);
      logins++;
      last = performance.now();
      await visit.leave();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, index) => one(index)));
  return { rate: logins / (last - start) * 1000, logins };
}

/** Logs in one after another. @returns the milliseconds that each took */
export async function logInsAlone(logIn: LogIn, until: Until): Promise<number[]> {
  const more = allowance(until);
  const times: number[] = [];
  while (times.length === 0 || more()) {
    const start = performance.now();
    const visit: Visit = await logIn(0);
    times.push(performance.now() - start);
    await visit.leave();
  }
  return times;
}
