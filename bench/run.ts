import type { IdentityKind } from '../common/crypto/identity.js';
import { BrokerChild } from './brokers/broker-child.js';
import type { Broker } from './brokers/kinds.js';
import type { BrokerProgram } from './brokers/programs.js';
import type { Material } from './material.js';
import type { Options, Part } from './options.js';
import type { Cores } from './pinning.js';
import type { RelayOptions } from './relay-process.js';
import { type Server, ServerChild } from './server-child.js';
import type { Samples } from './statistics.js';
import type { TlsOptions } from './tls-relay-process.js';
import type { Tally } from './traffic.js';
import type { Who } from './who.js';

/** What every step of a round is given. */
export interface Run {
  readonly options: Options;
  readonly cores: Cores | undefined;
  readonly brokers: readonly BrokerProgram[];
  readonly material: Material;
  readonly samples: Samples;
  readonly tallies: Tallies;
}

/** Messages that were sent, and that came, all told. */
export type Tallies = Readonly<Record<Who | 'texts', Tally>>;

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

/** The same with a broker, with RSA-2048 certificates. Throws where it is not among those of this run. */
export async function withBroker<T>(
  { brokers, material, cores }: Run, broker: Broker, use: (server: Server) => Promise<T>,
): Promise<T> {
  const program = brokers.find((each) => each.broker === broker);
  if (!program) throw new Error(`${broker} is not part of this run.`);
  return useThenStop(await BrokerChild.start(program, material.tls.rsa.server, cores), use);
}

async function useThenStop<S extends Server, T>(server: S, use: (server: S) => Promise<T>): Promise<T> {
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}
