import type { Report } from './bench.js';
import { besideOf, type Row } from './rows.js';
import { type PeerName, shownAs, tlsPeers } from './who.js';

/** Rows beside some of the peers, with which they share columns. */
export interface View {
  readonly peers: readonly PeerName[];
  readonly rows: readonly Row[];
}

type Shown = Pick<Report, 'rows' | 'brokers'>;

/** All rows, beside TLS. */
export const besideTls = ({ rows }: Shown): View => ({ peers: tlsPeers, rows });

/** Those that a broker has too; undefined where there is none. */
export function besideBrokers({ rows, brokers }: Shown): View | undefined {
  const peers = brokers.map(({ broker }) => broker);
  const theirs = rows.filter((row) => peers.some((peer) => besideOf(row, peer)));
  return theirs.length > 0 ? { peers, rows: theirs } : undefined;
}

export const viewsOf = (report: Shown): View[] =>
  [besideTls(report), besideBrokers(report)].flatMap((view) => view ?? []);

/** The names of the columns. */
export const columnsOf = (peers: readonly PeerName[]): string[] =>
  ['here', ...peers.flatMap((peer) => [shownAs[peer], 'ratio'])];

/** Rows of one group after another. */
export function groupsOf(rows: readonly Row[]): { group: string; rows: readonly Row[] }[] {
  const names = [...new Set(rows.map(({ group }) => group))];
  return names.map((name) => ({ group: name, rows: rows.filter(({ group }) => group === name) }));
}
