import type { Material } from './material.js';
import type { Options } from './options.js';
import type { Cores } from './pinning.js';
import type { RelayOptions } from './relay-process.js';
import { ServerChild } from './server-child.js';
import type { Samples } from './statistics.js';
import type { Tally } from './traffic.js';

/** What every step of a round is given. */
export interface Run {
  readonly options: Options;
  readonly cores: Cores | undefined;
  readonly material: Material;
  readonly samples: Samples;
  readonly tallies: Tallies;
}

/** Messages that were sent, and that came, all told. */
export interface Tallies {
  readonly relay: Tally;
  readonly tls: Tally;
  readonly texts: Tally;
}

/** One measurement of a round, with servers of its own. */
export interface Step {
  readonly name: string;
  run(run: Run): Promise<void>;
}

/** More messages in a second than come through. */
export const UNLIMITED = 1_000_000;

/** Does something with this relay, which is gone afterwards. */
export async function withRelay<T>(
  { material, cores }: Run,
  options: Partial<Omit<RelayOptions, 'keys'>>,
  use: (relay: ServerChild) => Promise<T>,
): Promise<T> {
  const given: RelayOptions = { keys: material.keys, poolKeys: 1, rate: 10_000, ...options };
  return useThenStop(await ServerChild.start('relay-process', given, cores), use);
}

/** The same with the TLS relay. */
export async function withTls<T>(
  { material, cores }: Run, kind: keyof Material['tls'], use: (relay: ServerChild) => Promise<T>,
): Promise<T> {
  return useThenStop(await ServerChild.start('tls-relay-process', material.tls[kind].server, cores), use);
}

async function useThenStop<T>(server: ServerChild, use: (server: ServerChild) => Promise<T>): Promise<T> {
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}
