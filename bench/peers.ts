import type { Line, Pair } from './line.js';
import { rawPair } from './raw-line.js';
import { rawRoom } from './raw-room.js';
import { type Run, withRelay, withTls } from './run.js';
import type { ServerChild } from './server-child.js';
import { tlsPair, type TlsPlace, tlsRoom } from './tls-line.js';

/**
 * Who is measured: this relay; one over TLS as a user would write it, which writes each frame on as it comes; and one
 * that gathers frames, as this relay does.
 */
export type Who = 'relay' | 'plain' | 'gathering';

export const everybody: readonly Who[] = ['relay', 'plain', 'gathering'];

export const shownAs: Readonly<Record<Who, string>> =
  { relay: 'this relay', plain: 'TLS, plain', gathering: 'TLS, gathering' };

/** Traffic does not depend on the kind of the certificates: these are what most have. */
const KIND = 'rsa';

export interface Peer {
  readonly who: Who;
  readonly server: ServerChild;
  readonly run: Run;
}

/** Does something with one of them, which makes no keys meanwhile. */
export function withPeer(run: Run, who: Who, users: number, use: (peer: Peer) => Promise<void>): Promise<void> {
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
  const { credentials } = peer.run.material;
  if (peer.who !== 'relay') return tlsPair(await placeOf(peer), index);
  return rawPair(await peer.server.port, credentials[2 * index]!, credentials[2 * index + 1]!);
}

export async function makeRoom(peer: Peer, size: number): Promise<Line[]> {
  if (peer.who !== 'relay') return tlsRoom(await placeOf(peer), size);
  return rawRoom(await peer.server.port, peer.run.material.credentials.slice(0, size));
}

const placeOf = async ({ who, server, run }: Peer): Promise<TlsPlace> =>
  ({ port: await server.port, clients: run.material.tls[KIND].clients, gathers: who === 'gathering' });
