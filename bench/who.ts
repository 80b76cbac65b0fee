import { type Broker, kinds } from './brokers/kinds.js';

/** Two over TLS: as a user would write it, each frame leaves as it comes; and gathering, as this relay does. */
export const tlsPeers = ['plain', 'gathering'] as const;
export type TlsPeer = (typeof tlsPeers)[number];

/** Beside whom this relay is put. */
export type PeerName = TlsPeer | Broker;

/** Who is measured. */
export type Who = 'relay' | PeerName;

export const everybody = (brokers: readonly Broker[]): readonly Who[] => ['relay', ...tlsPeers, ...brokers];

export const shownAs: Readonly<Record<Who, string>> = {
  relay: 'this relay', plain: 'TLS, plain', gathering: 'TLS, gathering',
  nats: kinds.nats.program, mosquitto: kinds.mosquitto.program,
};

export const isBroker = (who: Who): who is Broker => who in kinds;
