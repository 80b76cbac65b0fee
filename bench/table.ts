import { ROOM_GATHER_MS } from '../common/wire/limits.js';
import type { Report } from './bench.js';
import type { Row } from './rows.js';
import type { Spread } from './statistics.js';
import type { Tally } from './traffic.js';

/** The result as a person reads it. */
export function table(report: Report): string {
  const lines = [...heading(report), '', columns('', ['here', 'TLS', 'ratio'])];
  let group = '';
  for (const row of report.rows) {
    if (row.group !== group) lines.push('', (group = row.group));
    const { name, unit, here, tls, ratio } = row;
    const what = unit === 'a second' ? `${name} a second` : `${name}, ${unit}`;
    lines.push(columns(`  ${what}`, [here, tls, ratio].map(shown)));
  }
  return `${[...lines, '', ...notes(report)].join('\n')}\n`;
}

function heading({ node, openssl, machine, date, cores, options: { seconds, rounds } }: Report): string[] {
  return [
    'MessageApp beside a relay over mutual TLS 1.3 (node:tls)',
    `${date.slice(0, 10)}, Node ${node}, OpenSSL ${openssl}, ${machine}`,
    cores
      ? `Each server in a process of its own on core ${cores.server}, the load on core ${cores.load}.`
      : 'Nothing is pinned to a core (there is no taskset, or no second core): expect more spread.',
    `Rounds, interleaved: ${rounds}, with ${seconds} s for a measurement. Shown: median (least to most).`,
    'A ratio above 1 is better than TLS, below 1 worse, whether more is better or less.',
  ];
}

const NAME = 46;
const VALUE = 26;

function columns(name: string, values: readonly string[]): string {
  return `${name.padEnd(NAME)}${values.map((value) => value.padStart(VALUE)).join('')}`;
}

function shown(spread: Spread | undefined): string {
  if (!spread) return '-';
  const { median, min, max } = spread;
  return min === max ? short(median) : `${short(median)} (${short(min)} to ${short(max)})`;
}

/** Three digits say all that such a number knows. */
export function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function notes({ messages: { relay, tls, texts }, options: { keys } }: Report): string[] {
  return [
    'Logins: from connecting to the first word of the server; the rate of 8 at once, the time of one alone.',
    'Both sides check chains of certificates; here all are Ed25519. TLS: full handshakes only.',
    'Suite rsa: a server that has just started has no key yet; the first to log in waits for one, which then',
    `serves many (cold pool). A warm pool has ${keys} keys, made before, and each serves one login. A client`,
    'that offers both suites, as it does unless told otherwise, gets x25519 where the pool is empty.',
    'Messages: raw clients seal and open real records of the outer layer; inside is a ready-made end-to-end',
    'body that fills one cell of 4096 bytes. TLS: 4096 bytes with the receiver in the first 8. For the rate:',
    'one direction, 256 under way. Here a busy sender packs up to 16 messages into a record, TLS up to 4.',
    'Rooms: one speaks, 64 messages under way, raw clients and records as above; each member gets them, the speaker',
    'too; over TLS all others. Keys: all members are engines in one process on one core, and so take turns;',
    `TLS has nothing of the kind. ${ROOM_GATHER_MS} ms are a wait: all who join meanwhile get their keys at once.`,
    `Nothing was lost: ${arrived(relay)} messages here, ${arrived(tls)} over TLS, ${arrived(texts)} texts.`,
  ];
}

const arrived = ({ sent, received }: Tally) => `${received} of ${sent}`;

/** For those who draw it. */
export const label = ({ name, unit }: Row) => (unit === 'a second' ? `${name} a second` : name);
