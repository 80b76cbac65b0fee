import { quantile } from '../statistics.js';
import type { Gauge } from './relay-process.js';

/** One second of a run. Latencies in ms, NaN where no text arrived; memory in bytes. */
export interface Moment {
  readonly at: number;
  readonly texts: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly gauge: Gauge;
}

/** @param all to which this second's latencies are added */
export function momentOf(at: number, latencies: readonly number[], gauge: Gauge, all: number[]): Moment {
  for (const each of latencies) all.push(each);
  return {
    at, texts: latencies.length, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), max: quantile(latencies, 1), gauge,
  };
}
