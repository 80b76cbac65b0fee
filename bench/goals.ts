import type { Report } from './bench.js';
import { besideOf, type Row } from './rows.js';
import { short } from './short.js';
import type { TlsPeer } from './who.js';

/** What this relay is to reach; nothing fails where it does not. */
interface Goal {
  readonly goal: string;
  /** Rows that are meant, by their id: the goal is met where all of them meet it. */
  readonly rows: RegExp;
  /** A ratio at least, beside one of the peers over TLS; or a value of this relay at most. */
  readonly reach: { readonly beside: TlsPeer; readonly times: number } | { readonly most: number };
}

const asFast = (goal: string, rows: RegExp, beside: TlsPeer = 'plain', times = 1): Goal =>
  ({ goal, rows, reach: { beside, times } });

const goals: readonly Goal[] = [
  asFast('Messages of one pair, as fast as they go: 1.5 times as many a second', /^relay\.pair-rate$/, 'plain', 1.5),
  asFast('Messages of many pairs, each waiting for its answer: as many a second', /^relay\.many-\d+-rate$/),
  asFast('One speaks in a room of 50: as many deliveries a second', /^relay\.room-50-delivered$/),
  asFast('Round trip of one message: at most 1.3 times as long', /^relay\.pair-p50$/, 'plain', 1 / 1.3),
  asFast('Logins with x25519: 3 times as many a second as TLS with RSA-2048', /^x25519-warm\.rate tls-rsa$/, 'plain', 3),
  asFast('Logins with rsa, pool full: 1.5 times as many as TLS with RSA-2048', /^rsa-warm\.rate tls-rsa$/, 'plain', 1.5),
  {
    goal: 'Login storm of 1,000 with suite rsa and no key ready: all are in within 10 s',
    rows: /^storm\.rsa-seconds$/, reach: { most: 10 },
  },
  { goal: 'An idle session: at most 12 KiB of resident memory', rows: /^relay\.idle-swept$/, reach: { most: 12 } },
];

export interface Judged {
  readonly goal: string;
  /** What came out, of each row. */
  readonly result: string;
  readonly met: boolean;
}

/** The goals, of which something was measured, by the medians. */
export const judge = ({ rows }: Pick<Report, 'rows'>): Judged[] => goals.flatMap(({ goal, rows: meant, reach }) => {
  const own = rows.filter(({ id }) => meant.test(id));
  if (own.length === 0) return [];
  const seen = own.map((row) => ('most' in reach ? value(row) : ratio(row, reach.beside)));
  const met = seen.every(({ median }) => ('most' in reach ? median <= reach.most : median >= reach.times));
  return [{ goal, result: seen.map(({ shown }) => shown).join(', '), met }];
});

const value = ({ here: { median }, unit }: Row) => ({ median, shown: `${short(median)} ${unit}` });

/** With the size that the id names, where there are several. */
function ratio(row: Row, beside: TlsPeer) {
  const median = besideOf(row, beside)?.ratio.median ?? NaN;
  const size = /-(\d+)-/.exec(row.id)?.[1];
  return { median, shown: `${short(median)}×${size === undefined ? '' : ` (${size})`}` };
}
