import { type Material, Relay, type RelayOptions } from './relay/relay.js';

export type { Clock, Timer } from '../common/clock.js';
export { relayLimits, type RelayLimits } from '../common/wire/limits.js';
export { type Log, type LogEvent, type LogFields, makeLog } from './relay/log.js';
export type { Enrolment, EnrolledUsers } from './relay/registry.js';
export type { Material } from './relay/relay.js';
export { type Accounts, AccountFiles, type NewAccount } from './accounts.js';
export type { RegistrationOptions } from './relay/registration.js';
export { type MaterialPaths, type MaterialRead, readMaterial } from './material.js';

export interface ServerOptions extends Omit<RelayOptions, 'material'> {
  /** Keys, certificates and users, ready; or what reads them, and reads them again at `reload`. */
  readonly material: Material | (() => Promise<Material>);
  /** 0, unless said: a free one. */
  readonly port?: number;
  /** 127.0.0.1, unless said: this machine alone. */
  readonly host?: string;
}

export interface RunningServer {
  readonly host: string;
  readonly port: number;
  /** Tells every client, waits some seconds for them at most, and stops. */
  close(): Promise<void>;
  /**
   * Reads the material again; whoever may not log in any more is cut.
   * Rejects where it cannot be read: then what was read before goes on.
   */
  reload(): Promise<void>;
}

/** Starts a relay in this process. Throws UsageError 'cannot-listen', and what reading the material throws. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { material, port = 0, host = '127.0.0.1', ...others } = options;
  const read = typeof material === 'function' ? material : async () => material;
  const relay = new Relay({ ...others, material: await read() });
  try {
    const address = await relay.listen(port, host);
    return {
      host: address.address,
      port: address.port,
      close: () => relay.close(),
      reload: async () => {
        const begun = relay.now;
        relay.replace(await read(), begun);
      },
    };
  } catch (error) {
    await relay.close();
    throw error;
  }
}
