import type { AddressInfo, Server } from 'node:net';
import { UsageError } from '../../common/errors.js';

/** Listens, or throws UsageError 'cannot-listen' with what to do. */
export function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      const { code = error.message } = error;
      const why = reasons.get(code)?.(port, host) ?? `It cannot listen on ${host} port ${port}: ${code}.`;
      reject(new UsageError('cannot-listen', why, { cause: error }));
    };
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      // Later errors concern one connection that could not be accepted (too many open files): the others go on.
      server.on('error', () => undefined);
      resolve(server.address() as AddressInfo);
    });
  });
}

const otherHost = 'Take --host 127.0.0.1, 0.0.0.0 or ::.';

const reasons: ReadonlyMap<string, (port: number, host: string) => string> = new Map([
  ['EADDRINUSE', (port: number) => `Port ${port} is in use, perhaps by another relay. Take another, or 0 for a free one.`],
  ['EACCES', (port: number) => `You may not listen on port ${port}. Take one above 1023.`],
  ['EADDRNOTAVAIL', (_: number, host: string) => `The address ${host} is none of this machine's. ${otherHost}`],
  ['ENOTFOUND', (_: number, host: string) => `There is no host ${JSON.stringify(host)}. ${otherHost}`],
]);
