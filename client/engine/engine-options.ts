import type { Duplex } from 'node:stream';
import type { Clock } from '../../common/clock.js';
import type { Suite } from '../../common/crypto/suite.js';
import type { Credentials } from './login.js';
import type { TrustStore } from './trust-store.js';

export interface EngineOptions {
  readonly credentials: Credentials;
  /** What the server's certificate has to be for, and what pins are kept under. */
  readonly serverName: string;
  /** In the order in which they are offered. */
  readonly suites: readonly Suite[];
  readonly trust: TrustStore;
  readonly clock: Clock;
  /** Opens a connection to the server. Throws UsageError 'cannot-connect'. */
  dial(): Promise<Duplex>;
  /** For how long a lost connection is tried again, in ms. */
  readonly reconnectMs: number;
  /** Shows the ephemeral public key and the session secret of the login: only to see how it works. */
  readonly didactic?: boolean;
  /** The folder for transcripts of signed conversations; without one none are kept. */
  readonly transcripts?: string | undefined;
  /** Asks the person for the password, where the server does; asked once, and remembered until `closed`. */
  readonly password?: () => Promise<string>;
  /** How often it is asked for where it was wrong, in all; once if left out. */
  readonly passwordTries?: number;
  /** Ephemeral RSA keys that are kept ready, so that accepting a chat waits for none. */
  readonly poolKeys?: number;
}
