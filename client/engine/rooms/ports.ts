import type { Self } from '../conversations.js';
import type { Emit } from '../protocol.js';
import type { Session } from '../session.js';
import type { Directory } from './directory.js';
import type { History } from './history.js';

/** What is known of a room beyond one connection. */
export interface Memory {
  readonly history: History;
  /** The last epoch: its number, 0 without one, and T, which is no secret. */
  epoch: number;
  t: Buffer;
  /** The room is entered again with the next connection. */
  wanted: boolean;
  /** How often that was refused since the connection is there. */
  tries: number;
}

/** What a room on one connection is given. */
export interface RoomPorts {
  readonly room: string;
  readonly self: Self;
  readonly directory: Directory;
  readonly session: Pick<Session, 'send' | 'sendNow' | 'submit'>;
  readonly memory: Memory;
  readonly emit: Emit;
  /** Leaves on this connection, and enters anew. */
  enterAgain(): void;
  /** Runs a step behind those that wait: a room does one thing after another. */
  run(step: () => Promise<void> | void): void;
}
