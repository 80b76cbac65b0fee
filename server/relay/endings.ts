import type { EndReason, ErrorName } from '../../common/wire/commands.js';
import type { LogEvent } from './log.js';

export interface Ending {
  /** What the other members of its conversations are told. */
  readonly reason: EndReason;
  /** Logged beside `logged-out`. */
  readonly event?: LogEvent;
  /** What the client is told before `exit`. */
  readonly error?: ErrorName;
  readonly text?: string;
  /** Nobody reads any more: no last words. */
  readonly abrupt?: true;
}

/** Every way in which a session ends (docs/PROTOCOL.md parts 4 and 6). */
export const endings = {
  exit: { reason: 'left' },
  broken: { reason: 'broken', abrupt: true },
  idle: { reason: 'idle', event: 'cut', error: 'idle', text: 'You were idle for too long.' },
  silence: { reason: 'idle', event: 'cut', error: 'silence', text: 'Nothing was heard from you for too long.' },
  'no-pong': {
    reason: 'idle', event: 'takeover', error: 'silence',
    text: 'You logged in from somewhere else, and did not answer here.',
  },
  flood: { reason: 'broken', event: 'flood', error: 'flood', text: 'You sent more than the server takes in.' },
  malformed: {
    reason: 'broken', event: 'malformed', error: 'malformed', text: 'You sent what the protocol does not allow.',
  },
  'queue-full': { reason: 'didNotRead', event: 'cut', abrupt: true },
  stalled: { reason: 'didNotRead', event: 'cut', abrupt: true },
  revoked: { reason: 'broken', event: 'cut', error: 'revoked', text: 'This name may not log in with this key any more.' },
  closing: { reason: 'broken', error: 'closing', text: 'The server is closing.' },
  fault: { reason: 'broken', error: 'closing', text: 'The server failed.' },
} as const satisfies Record<string, Ending>;

export type Why = keyof typeof endings;
