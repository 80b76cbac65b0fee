import type { Clock } from '../../common/clock.js';
import type { RelayLimits } from '../../common/wire/limits.js';
import type { Log } from './log.js';
import type { Queues } from './queues.js';
import type { Rates } from './rate.js';
import type { Session } from './session.js';
import type { Switchboard } from './switchboard.js';

/** What all sessions of a server share. */
export interface Hub {
  readonly limits: RelayLimits;
  readonly clock: Clock;
  readonly log: Log;
  readonly logWire: boolean;
  readonly rates: Rates;
  readonly queues: Queues;
  readonly switchboard: Switchboard;
  /** The session's socket is gone. */
  readonly closed: (session: Session) => void;
}
