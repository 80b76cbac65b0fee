import { x25519Suite } from '../common/crypto/suite.js';
import { brokerMember } from './brokers/broker-line.js';
import type { Visit } from './line.js';
import { AT_ONCE } from './material.js';
import { brokerPlace, type Peer } from './peers.js';
import { RawClient } from './raw-client.js';
import { TlsClient } from './tls-client.js';
import { isBroker } from './who.js';

/** Does something for each index below `count`, some at once. @returns the results in order */
export async function forEach<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  let next = 0;
  const some = async () => {
    for (let index = next++; index < count; index = next++) made[index] = await make(index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, some));
  return made;
}

/** Logs users in who say nothing. @param first index of the first one */
export async function crowd(peer: Peer, first: number, count: number): Promise<Visit[]> {
  const { who, server, run: { material } } = peer;
  if (isBroker(who)) {
    const place = await brokerPlace(peer, who);
    return forEach<Visit>(count, (index) => brokerMember(place, first + index));
  }
  const port = await server.port;
  const { clients } = material.tls.rsa;
  return forEach<Visit>(count, (index) => who === 'relay'
    ? RawClient.logIn(port, material.credentials[first + index]!, [x25519Suite])
    : TlsClient.logIn(port, clients[index % clients.length]!));
}
