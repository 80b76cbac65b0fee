import { type Samples, type Spread, spread } from './statistics.js';

/** A line of the result: the same thing measured here and, where the peer has such a thing, there. */
export interface Row {
  readonly group: string;
  readonly name: string;
  readonly unit: 'a second' | 'ms' | 'µs';
  readonly here: Spread;
  readonly tls: Spread | undefined;
  /** How many times better this relay is, whether more is better or less; taken round by round. */
  readonly ratio: Spread | undefined;
  /** The ratio follows from that of another row: no need to draw it. */
  readonly follows: boolean;
}

interface Plan {
  readonly group: string;
  readonly name: string;
  readonly unit: Row['unit'];
  /** Names of samples. */
  readonly here: string;
  readonly tls?: string;
  readonly follows?: boolean;
  /** What the peer's samples are multiplied by. */
  readonly share?: number;
}

/** Samples of this relay, what they are called, and which of the peer's they are compared with. */
type Compared = readonly [here: string, name: string, unit: Row['unit'], tls: string];

const pools = ['rsa-cold', 'rsa-warm', 'x25519-cold', 'x25519-warm'];
const poolName = (pool: string) => `${pool.replace('-', ', ')} pool`;

const suites = ['rsa', 'x25519'];

const loginRows: readonly Compared[] = [
  ...pools.map((pool): Compared => [`${pool}.rate`, `${poolName(pool)}: logins`, 'a second', 'rate']),
  ...pools.map((pool): Compared => [`${pool}.alone`, `${poolName(pool)}: one alone`, 'ms', 'alone']),
  ...suites.map((suite): Compared => [`${suite}-cold.first`, `${suite}: the first of all`, 'ms', 'first']),
];

function logins(kind: 'ed25519' | 'rsa', certificates: string): Plan[] {
  const group = `Logins beside TLS with ${certificates} certificates`;
  return loginRows.map(([here, name, unit, tls]) => ({ group, here, name, unit, tls: `tls-${kind}.${tls}` }));
}

const trafficRows: readonly Compared[] = [
  ['rate', 'messages', 'a second', 'rate'],
  ['cpu', "server's processor time a message", 'µs', 'cpu'],
  ['p50', 'round trip, median', 'ms', 'p50'],
  ['p99', 'round trip, 99 of 100 below', 'ms', 'p99'],
];

const traffic = (set: 'pair' | 'many', group: string): Plan[] => trafficRows.map(([here, name, unit, tls]) =>
  ({ group, name, unit, here: `relay.${set}-${here}`, tls: `tls.${set}-${tls}` }));

const text: Plan = {
  group: 'A text between two engines, end to end, beside half a round trip through TLS',
  name: 'median', unit: 'ms', here: 'text-p50', tls: 'tls.pair-p50', share: 1 / 2,
};

function agreed(size: number): Plan[] {
  const group = 'Rooms: from the join of one more until all have the keys of a new epoch';
  const here = `room-${size}-secured`;
  return [
    { group, name: `${size} members`, unit: 'ms', here },
    { group, name: `${size} members: a member's processor time`, unit: 'ms', here: `${here}-member` },
    { group, name: `${size} members: server's processor time`, unit: 'ms', here: `${here}-server` },
  ];
}

const roomRows: readonly (readonly [sample: string, name: string, unit: Row['unit'], follows: boolean])[] = [
  ['said', 'said', 'a second', true],
  ['delivered', 'delivered', 'a second', false],
  ['cpu', "server's time a delivery", 'µs', false],
];

const inRoom = (size: number): Plan[] => roomRows.map(([sample, name, unit, follows]) => ({
  group: 'Messages of one member to all others of a room', name: `${size} members: ${name}`, unit, follows,
  here: `relay.room-${size}-${sample}`, tls: `tls.room-${size}-${sample}`,
}));

export interface Sizes {
  readonly pairs: number;
  readonly rooms: readonly number[];
}

const plans = ({ pairs, rooms }: Sizes): readonly Plan[] => [
  ...logins('ed25519', 'the same Ed25519'),
  ...logins('rsa', 'RSA-2048'),
  ...traffic('pair', 'Messages of one pair'),
  ...traffic('many', `Messages of ${pairs} at a time, each pair waiting for its answer`),
  text,
  { ...text, name: '99 of 100 below', here: 'text-p99', tls: 'tls.pair-p99' },
  ...rooms.flatMap(inRoom),
  ...rooms.flatMap(agreed),
];

/** The rows of the result. Throws where something was not measured. */
export function rows(samples: Samples, sizes: Sizes): Row[] {
  return plans(sizes).map(({ group, name, unit, here, tls, share = 1, follows = false }) => {
    const own = samples.of(here);
    const row = { group, name, unit, here: spread(own), follows };
    if (tls === undefined) return { ...row, tls: undefined, ratio: undefined };
    const other = samples.of(tls).map((value) => value * share);
    const times = own.map((value, round) => value / other[round]!);
    const ratios = unit === 'a second' ? times : times.map((ratio) => 1 / ratio);
    return { ...row, tls: spread(other), ratio: spread(ratios) };
  });
}
