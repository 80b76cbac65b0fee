import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../../common/clock.js';
import type { Engine } from '../../engine/engine.js';

/** What this face needs of an engine. */
export type EnginePort = Pick<Engine, 'listen' | 'start' | 'do'>;

/** The part of process.stdin and process.stdout that is needed here: a test puts streams in their place. */
export interface TerminalIo {
  readonly input: Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number };
}

/** Does what asks for something while the face leaves the terminal alone. */
export type Lend = <T>(work: () => Promise<T>) => Promise<T>;

export interface TerminalOptions {
  readonly user: string;
  readonly colour: boolean;
  /** Show the secrets of the login, where the engine tells them. */
  readonly didactic: boolean;
  readonly clock?: Clock;
  /** Who asks for a password needs the keyboard alone. */
  readonly asking?: { lend: Lend };
}

/** Lines are edited and the cursor moves; otherwise lines are read and written, one after another. */
export function isInteractive({ input, output }: TerminalIo): boolean {
  return input.isTTY === true && output.isTTY === true && process.env['TERM'] !== 'dumb';
}
