import { relayLimits, ROOM_GATHER_MS } from '../common/wire/limits.js';
import type { Report } from './bench.js';
import { judge } from './goals.js';
import type { Row } from './rows.js';
import { ACTIVE_PAIRS } from './scale-steps.js';
import { short } from './short.js';
import type { Spread } from './statistics.js';
import type { Tally } from './traffic.js';

/** The result as a person reads it in a terminal. */
export function table(report: Report): string {
  const lines = [...heading(report), '', columns('', COLUMNS)];
  let group = '';
  for (const row of report.rows) {
    if (row.group !== group) lines.push('', (group = row.group));
    lines.push(columns(`  ${what(row)}`, cells(row)));
  }
  const met = judge(report).map(({ goal, result, met }) => `  ${met ? 'met    ' : 'NOT met'}  ${goal}: ${result}`);
  return `${[...lines, '', 'Goals', ...met, '', ...notes(report).flat()].join('\n')}\n`;
}

export const COLUMNS = ['here', 'TLS, plain', 'ratio', 'TLS, gathering', 'ratio'];

/** A row's values, for these columns. */
export const cells = ({ here, plain, gathering }: Row): string[] =>
  [shown(here), ...[plain, gathering].flatMap((beside) => [median(beside?.tls), shown(beside?.ratio)])];

export const what = ({ name, unit }: Row): string => (unit === 'a second' ? `${name} a second` : `${name}, ${unit}`);

export function heading({ node, openssl, machine, date, cores, options: { seconds, rounds } }: Report): string[] {
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
const WIDTHS = [25, 12, 26, 16, 26];

function columns(name: string, values: readonly string[]): string {
  return `${name.padEnd(NAME)}${values.map((value, index) => value.padStart(WIDTHS[index]!)).join('')}`;
}

const median = (spread: Spread | undefined): string => (spread ? short(spread.median) : '-');

function shown(spread: Spread | undefined): string {
  if (!spread) return '-';
  const { median, min, max } = spread;
  return min === max ? short(median) : `${short(median)} (${short(min)} to ${short(max)})`;
}

/** Paragraphs, each a few lines. */
export function notes({ messages, options: { keys } }: Report): string[][] {
  const [relay, plain, gathering, texts] =
    [messages.relay, messages.plain, messages.gathering, messages.texts].map(arrived);
  return [
    [
      'TLS, plain: the relay writes each whole frame to its receiver as it comes, and so do its clients: what one',
      'would write over node:tls. TLS, gathering: it takes runs of frames to one receiver together, and all writes of',
      'a turn of the event loop, as this relay does. Traffic over TLS is with RSA-2048 certificates, which makes no',
      'difference to it; logins are the same for both, and stand under plain.',
    ],
    [
      'Logins: from connecting to the first word of the server; the rate of 8 at once, the time of one alone.',
      'Both sides check chains of certificates; here all are Ed25519. TLS: full handshakes only.',
      'Suite rsa: a server that has just started has no key yet; the first to log in waits for one, which then',
      `serves many (cold pool). A warm pool has ${keys} keys, made before, and each serves one login. A client`,
      'that offers both suites, as it does unless told otherwise, gets x25519 where the pool is empty.',
    ],
    [
      'Login storm: all connect at once; whoever is refused tries again after the pauses of the real client, until all',
      `are in. The relay keeps ${relayLimits.poolKeys} keys, as by default, and has none yet.`,
    ],
    [
      'Messages: raw clients seal and open real records of the outer layer; inside is a ready-made end-to-end',
      'body that fills one cell of 4096 bytes. TLS: 4096 bytes with the receiver in the first 8. For the rate:',
      'one direction, 256 under way. Here a busy sender packs up to 16 messages into a record, gathering TLS up to 4.',
    ],
    [
      'Rooms: one speaks, 64 messages under way, raw clients and records as above; each member gets them, the speaker',
      'too; over TLS all others. Keys: all members are engines in one process on one core, and so take turns;',
      `TLS has nothing of the kind. ${ROOM_GATHER_MS} ms are a wait: all who join meanwhile get their keys at once.`,
    ],
    [
      'Memory: what the server has more with all of them than without, over their number; measured in one round.',
      `Sessions: one round, three times the seconds; ${ACTIVE_PAIRS} pairs at most talk at the same time, each with a`,
      'message or its answer under way.',
    ],
    [
      `Nothing was lost: ${relay} messages here, ${plain} over plain and ${gathering} over gathering TLS,`,
      `${texts} texts.`,
    ],
  ];
}

const arrived = ({ sent, received }: Tally) => `${received} of ${sent}`;

/** For those who draw it. */
export const label = ({ name, unit }: Row) => (unit === 'a second' ? `${name} a second` : name);
