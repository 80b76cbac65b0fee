import type { Socket } from 'node:net';
import { connectReading } from '../../common/transport/reading.js';
import { UsageError } from '../../common/errors.js';

const CONNECT_MS = 15_000;

/**
 * The socket keeps a listener for its errors, so that one between two steps of the login harms nothing.
 * Throws UsageError 'cannot-connect' with a sentence for a person.
 */
export function dial(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectReading({ host, port, noDelay: true, keepAlive: true });
    const fail = (why: string) => {
      socket.destroy();
      reject(new UsageError('cannot-connect', why));
    };
    socket.setTimeout(CONNECT_MS, () => fail(`${host}, port ${port}, does not answer. Check the address, and a firewall on the way.`));
    socket.on('error', (error: NodeJS.ErrnoException) => fail(why(error, host, port)));
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      resolve(socket);
    });
  });
}

function why(error: NodeJS.ErrnoException, host: string, port: number): string {
  const code = error.code ?? (error as AggregateError).errors?.[0]?.code;
  switch (code) {
    case 'ECONNREFUSED':
      return `Nothing listens on ${host}, port ${port}. Is the server running, and is this its port?`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host ${host} is not known. Check its name.`;
    case 'ETIMEDOUT':
      return `${host}, port ${port}, does not answer. Check the address, and a firewall on the way.`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `There is no way to ${host} from here. Check the network.`;
    default:
      return `Cannot connect to ${host}, port ${port} (${code ?? error.message}).`;
  }
}
