import type { Clock } from '../../common/clock.js';

/**
 * The log: one line an event, with names, reasons, addresses and counts; never a payload, a key or a passphrase. What
 * peers chose is written so that it cannot start a line of its own or reach a terminal as anything but printable ASCII.
 */
export type LogValue = string | number | boolean;
export type LogFields = Readonly<Record<string, LogValue | undefined>>;

/** What the relay writes. Events that a program may wait for keep their names. */
export type LogEvent =
  | 'listening' | 'connected' | 'refused' | 'unfinished' | 'logged-in' | 'registered' | 'logged-out' | 'takeover'
  | 'call' | 'accepted' | 'refused-call' | 'withdrawn' | 'no-answer' | 'conversation' | 'conversation-ended'
  | 'room' | 'room-entered' | 'room-change' | 'room-ended'
  | 'flood' | 'malformed' | 'cut' | 'pool-empty' | 'pool-failed' | 'record-in' | 'record-out'
  | 'users' | 'problem' | 'reloaded' | 'reload-failed' | 'closing' | 'closed' | 'fault';

export type Log = (event: LogEvent, fields?: LogFields) => void;

export const silentLog: Log = () => undefined;

export type LogFormat = 'text' | 'json';

/** A log that gives lines to `write`, each with its line feed. */
export function makeLog(format: LogFormat, clock: Clock, write: (line: string) => void): Log {
  const line = format === 'json' ? jsonLine : textLine;
  return (event, fields = {}) => write(`${line(event, fields, new Date(clock.wall()).toISOString())}\n`);
}

/** `{"event":…, fields…, "time":…}`: the time last, so that the beginning of a line is always the same. */
export function jsonLine(event: LogEvent, fields: LogFields, time: string): string {
  return ascii(JSON.stringify({ event, ...fields, time }));
}

/** The listening line is a sentence for a person; the others are `time event name=value …`. */
export function textLine(event: LogEvent, fields: LogFields, time: string): string {
  if (event === 'listening') return `MessageApp relay listening on ${hostPort(fields)} since ${time}. Ctrl-C ends it.`;
  const given = Object.entries(fields).filter((entry): entry is [string, LogValue] => entry[1] !== undefined);
  return [time, event, ...given.map(([name, value]) => `${name}=${bare(value)}`)].join(' ');
}

function hostPort({ host = '', port = 0 }: LogFields): string {
  const shown = bare(host);
  return `${shown.includes(':') ? `[${shown}]` : shown}:${bare(port)}`;
}

function bare(value: LogValue): string {
  const text = String(value);
  return /^[\w.:/@+[\]-]+$/.test(text) ? text : ascii(JSON.stringify(text));
}

/** Everything but printable ASCII as \uXXXX: as JSON it still says exactly the same. */
function ascii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
