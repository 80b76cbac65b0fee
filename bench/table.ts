import type { Report } from './bench.js';
import { kinds } from './brokers/kinds.js';
import { judge } from './goals.js';
import { notes } from './notes.js';
import { besideOf, type Row } from './rows.js';
import { short } from './short.js';
import type { Spread } from './statistics.js';
import { columnsOf, groupsOf, type View, viewsOf } from './views.js';
import type { PeerName } from './who.js';

/** The result as a person reads it in a terminal. */
export function table(report: Report): string {
  const lines = [...heading(report), ...viewsOf(report).flatMap(seen)];
  const met = judge(report).map(({ goal, result, met }) => `  ${met ? 'met    ' : 'NOT met'}  ${goal}: ${result}`);
  return `${[...lines, '', 'Goals', ...met, '', ...notes(report).flat()].join('\n')}\n`;
}

const seen = ({ peers, rows }: View): string[] => [
  '', columns('', columnsOf(peers)),
  ...groupsOf(rows).flatMap(({ group, rows: own }) => [
    '', group, ...own.map((row) => columns(`  ${what(row)}`, cells(row, peers))),
  ]),
];

/** A row's values, for the columns of these peers. */
export const cells = (row: Row, peers: readonly PeerName[]): string[] => [
  shown(row.here),
  ...peers.map((peer) => besideOf(row, peer)).flatMap((beside) => [median(beside?.there), shown(beside?.ratio)]),
];

export const what = ({ name, unit }: Row): string => (unit === 'a second' ? `${name} a second` : `${name}, ${unit}`);

export function heading(report: Report): string[] {
  const { node, openssl, machine, date, cores, brokers, missing, options: { seconds, rounds } } = report;
  return [
    'MessageApp beside a relay over mutual TLS 1.3 (node:tls)',
    `${date.slice(0, 10)}, Node ${node}, OpenSSL ${openssl}, ${machine}`,
    cores
      ? `Each server in a process of its own on core ${cores.server}, the load on core ${cores.load}.`
      : 'Nothing is pinned to a core (there is no taskset, or no second core): expect more spread.',
    `Rounds, interleaved: ${rounds}, with ${seconds} s for a measurement. Shown: median (least to most).`,
    'A ratio above 1 is better than TLS, or than the broker, below 1 worse, whether more is better or less.',
    ...brokersOf(brokers, missing),
  ];
}

/** Which brokers ran, and which did not. Nothing where none was asked for. */
function brokersOf(found: Report['brokers'], missing: Report['missing']): string[] {
  const names = found.map(({ broker, version }) => `${kinds[broker].program} ${version}`).join(', ');
  return [
    ...(found.length > 0 ? [`Brokers: ${names}.${process.platform === 'linux' ? '' : UNSEEN}`] : []),
    ...missing.map((broker) => `${kinds[broker].program} is not installed here, so there is no column of it.`),
  ];
}

/** See brokers/proc.ts. */
const UNSEEN = ' Their processor time and memory are not measured: only Linux says them.';

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

/** For those who draw it. */
export const label = ({ name, unit }: Row) => (unit === 'a second' ? `${name} a second` : name);
