import type { IdentityKind } from '../common/crypto/identity.js';
import type { Material } from './material.js';
import type { Options, Part } from './options.js';
import type { Cores } from './pinning.js';
import type { RelayOptions } from './relay-process.js';
import { ServerChild } from './server-child.js';
import type { Samples } from './statistics.js';
import type { TlsOptions } from './tls-relay-process.js';
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
  readonly plain: Tally;
  readonly gathering: Tally;
  readonly texts: Tally;
}

/** One measurement of a round, with servers of its own. */
export interface Step {
  readonly name: string;
  readonly part: Part;
  /** It takes long, and is measured in the first round alone. */
  readonly once?: boolean;
  run(run: Run): Promise<void>;
}

interface Weighed {
  /** The server's memory will be asked for. */
  readonly weighed?: boolean;
}

interface RelayStart extends Partial<Omit<RelayOptions, 'keys' | 'users'>>, Weighed {
  /** How many are enrolled, at least. */
  readonly users?: number;
}

interface TlsStart extends Partial<Pick<TlsOptions, 'gathers'>>, Weighed {}

/** Does something with this relay, which is gone afterwards. */
export async function withRelay<T>(
  { material, cores }: Run,
  { users = 1, weighed, ...options }: RelayStart,
  use: (relay: ServerChild) => Promise<T>,
): Promise<T> {
  const { keys } = material;
  const given: RelayOptions = { keys, users: material.usersFolder(users), poolKeys: 1, ...options };
  return useThenStop(await ServerChild.start('relay-process', given, cores, weighed), use);
}

/** The same with the TLS relay. */
export async function withTls<T>(
  { material, cores }: Run,
  kind: IdentityKind,
  { gathers = false, weighed }: TlsStart,
  use: (relay: ServerChild) => Promise<T>,
): Promise<T> {
  const given: TlsOptions = { ...material.tls[kind].server, gathers };
  return useThenStop(await ServerChild.start('tls-relay-process', given, cores, weighed), use);
}

async function useThenStop<T>(server: ServerChild, use: (server: ServerChild) => Promise<T>): Promise<T> {
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}
