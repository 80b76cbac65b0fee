import { brokerPair, type BrokerPlace, brokerRoom } from './brokers/broker-line.js';
import type { Broker } from './brokers/kinds.js';
import type { Line, Pair } from './line.js';
import { rawPair } from './raw-line.js';
import { rawRoom } from './raw-room.js';
import { type Run, withBroker, withRelay, withTls } from './run.js';
import type { Server } from './server-child.js';
import { tlsPair, type TlsPlace, tlsRoom } from './tls-line.js';
import { isBroker, type TlsPeer, type Who } from './who.js';

/** Traffic does not depend on the kind of the certificates: these are what most have. */
const KIND = 'rsa';

export interface Peer {
  readonly who: Who;
  readonly server: Server;
  readonly run: Run;
}

/** Does something with one of them, which makes no keys meanwhile. */
export function withPeer(run: Run, who: Who, users: number, use: (peer: Peer) => Promise<void>): Promise<void> {
  if (isBroker(who)) return withBroker(run, who, (server) => use({ who, server, run }));
  if (who !== 'relay') {
    return withTls(run, KIND, { gathers: who === 'gathering' }, (server) => use({ who, server, run }));
  }
  return withRelay(run, { users }, async (server) => {
    await server.full();
    await use({ who, server, run });
  });
}

/** @param index of the pair */
export async function makePair(peer: Peer, index: number): Promise<Pair> {
  const { who, server, run: { material: { credentials } } } = peer;
  if (who === 'relay') return rawPair(await server.port, credentials[2 * index]!, credentials[2 * index + 1]!);
  return isBroker(who) ? brokerPair(await brokerPlace(peer, who), index) : tlsPair(await tlsPlace(peer, who), index);
}

export async function makeRoom(peer: Peer, size: number): Promise<Line[]> {
  const { who, server, run: { material } } = peer;
  if (who === 'relay') return rawRoom(await server.port, material.credentials.slice(0, size));
  return isBroker(who) ? brokerRoom(await brokerPlace(peer, who), size) : tlsRoom(await tlsPlace(peer, who), size);
}

const tlsPlace = async ({ server, run }: Peer, who: TlsPeer): Promise<TlsPlace> =>
  ({ port: await server.port, clients: run.material.tls[KIND].clients, gathers: who === 'gathering' });

type Reached = Pick<Peer, 'server' | 'run'>;

export const brokerPlace = async ({ server, run }: Reached, broker: Broker): Promise<BrokerPlace> =>
  ({ broker, port: await server.port, clients: run.material.tls[KIND].clients });
