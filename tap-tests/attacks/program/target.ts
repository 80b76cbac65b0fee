import { lookup } from 'node:dns/promises';
import { BlockList } from 'node:net';
import { dial } from '../../../client/engine/dial.js';
import { type Credentials, logIn } from '../../../client/engine/login.js';
import { x25519Suite } from '../../../common/crypto/suite.js';
import { UsageError } from '../../../common/errors.js';
import type { Target } from '../../support/attacker/line.js';
import type { Options } from './options.js';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const isLoopback = (address: string): boolean => loopback.check(address, address.includes(':') ? 'ipv6' : 'ipv4');

/** Throws UsageError 'bad-argument' where HOST is another machine and nobody said so, 'cannot-connect'. */
export async function findTarget({ host, port, elsewhere }: Options): Promise<Target> {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  const found = await lookup(bare, { all: true }).catch(() => {
    throw new UsageError('cannot-connect', `The host ${JSON.stringify(host)} is not known. Check its name.`);
  });
  const outside = found.find(({ address }) => !isLoopback(address));
  if (outside && !elsewhere) {
    const where = host === outside.address ? host : `${host} (${outside.address})`;
    throw new UsageError('bad-argument', `${where} is not this machine. Only point this at a server of your own; `
      + 'if this is one, say --elsewhere.');
  }
  let failure: unknown;
  for (const { address } of found) {
    try {
      (await dial(address, port)).destroy();
      return { host: address, port };
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

export const isThere = ({ host, port }: Target): Promise<boolean> =>
  dial(host, port).then((socket) => (socket.destroy(), true), () => false);

/** An attacker comes from many addresses where it can: those of IPv4's loopback. */
export const manyAddresses = ({ host }: Target): boolean => process.platform === 'linux' && host.startsWith('127.');

/** @returns the server's public key, of a certificate that was verified as a client does. Throws what `logIn` throws. */
export async function serverKey({ host, port }: Target, serverName: string, credentials: Credentials): Promise<Buffer> {
  const socket = await dial(host, port);
  try {
    const { server } = await logIn(socket, credentials, {
      suites: [x25519Suite], serverName, now: new Date(), signal: AbortSignal.timeout(20_000),
    });
    return server.publicKey.spki;
  } finally {
    socket.destroy();
  }
}
