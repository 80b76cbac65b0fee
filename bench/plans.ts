import type { Broker } from './brokers/kinds.js';
import type { Part } from './options.js';
import { type PeerName, tlsPeers } from './who.js';

/** As shown: more a second is better, of all else less. */
export type Unit = 'a second' | 'ms' | 'µs' | 's' | 'KiB' | 'tries';

/** What a row is made of. */
export interface Plan {
  readonly part: Part;
  readonly group: string;
  readonly name: string;
  readonly unit: Unit;
  /** Names of samples. */
  readonly here: string;
  /** The same of the peers that have such a thing. */
  readonly besides: Besides;
  /** The ratio follows from that of another row: no need to draw it. */
  readonly follows?: boolean;
  /** What the peers' samples are multiplied by. */
  readonly share?: number;
}

type Besides = Readonly<Partial<Record<PeerName, string>>>;

type Peers = readonly PeerName[];

/** Samples under the names of those who have them. */
const named = (peers: Peers, sample: (peer: PeerName) => string): Besides =>
  Object.fromEntries(peers.map((peer) => [peer, sample(peer)]));

/** Of samples that this relay and these peers have under one name. */
const all = (peers: Peers, sample: string) =>
  ({ here: `relay.${sample}`, besides: named(peers, (peer) => `${peer}.${sample}`) });

/** Samples of this relay, what they are called, and which of the peer's they are compared with. */
type Compared = readonly [here: string, name: string, unit: Unit, theirs: string];

const pools = ['rsa-cold', 'rsa-warm', 'x25519-cold', 'x25519-warm'];
const poolName = (pool: string) => `${pool.replace('-', ', ')} pool`;

const suites = ['rsa', 'x25519'];

const loginRows: readonly Compared[] = [
  ...pools.map((pool): Compared => [`${pool}.rate`, `${poolName(pool)}: logins`, 'a second', 'rate']),
  ...pools.map((pool): Compared => [`${pool}.alone`, `${poolName(pool)}: one alone`, 'ms', 'alone']),
  ['x25519-warm.cpu', "x25519: server's processor time a login", 'ms', 'cpu'],
  ...suites.map((suite): Compared => [`${suite}-cold.first`, `${suite}: the first of all`, 'ms', 'first']),
];

/** The first login of all is none of a broker's: it makes no keys when it starts. */
function logins(kind: 'ed25519' | 'rsa', certificates: string, brokers: readonly Broker[]): Plan[] {
  const group = `Logins beside TLS with ${certificates} certificates`;
  return loginRows.map(([here, name, unit, theirs]) => {
    const others = theirs === 'first' ? {} : named(brokers, (broker) => `${broker}-login.${theirs}`);
    return { part: 'logins', group, name, unit, here, besides: { plain: `tls-${kind}.${theirs}`, ...others } };
  });
}

type Sampled = readonly [sample: string, name: string, unit: Unit, follows?: boolean];

const trafficRows: readonly Sampled[] = [
  ['rate', 'messages', 'a second'],
  ['cpu', "server's processor time a message", 'µs'],
  ['p50', 'round trip, median', 'ms'],
  ['p99', 'round trip, 99 of 100 below', 'ms'],
];

const traffic = (part: Part, set: string, group: string, peers: Peers): Plan[] =>
  trafficRows.map(([sample, name, unit]) => ({ part, group, name, unit, ...all(peers, `${set}-${sample}`) }));

const crypto = (part: 'pair' | 'many', name: string): Plan => ({
  part, group: 'What node:crypto takes by itself to open a message and to seal it again', name, unit: 'µs',
  here: `crypto-${part}`, besides: {},
});

const texts = (name: string, quantile: string): Plan => ({
  part: 'pair', group: 'A text between two engines, end to end, beside half a round trip through TLS',
  name, unit: 'ms', ...all(tlsPeers, `pair-${quantile}`), here: `text-${quantile}`, share: 1 / 2,
});

function agreed(size: number): Plan[] {
  const group = 'Rooms: from the join of one more until all have the keys of a new epoch';
  const here = `room-${size}-secured`;
  return [
    { name: `${size} members`, here },
    { name: `${size} members: a member's processor time`, here: `${here}-member` },
    { name: `${size} members: server's processor time`, here: `${here}-server` },
  ].map((each): Plan => ({ part: 'rooms', group, unit: 'ms', besides: {}, ...each }));
}

const roomRows: readonly Sampled[] = [
  ['said', 'said', 'a second', true],
  ['delivered', 'delivered', 'a second'],
  ['cpu', "server's time a delivery", 'µs'],
];

const inRoom = (size: number, peers: Peers): Plan[] => roomRows.map(([sample, name, unit, follows = false]) => ({
  part: 'rooms', group: 'Messages of one member to all others of a room', name: `${size} members: ${name}`,
  unit, follows, ...all(peers, `room-${size}-${sample}`),
}));

function stormOf(users: number): Plan[] {
  const group = `Login storm: ${users} users at once at a relay just started, beside TLS with RSA-2048 certificates`;
  return ['rsa', 'rsa,x25519'].flatMap((offer): Plan[] => [
    ['seconds', 'until the last is in', 's'] as const,
    ['cpu', "server's processor time", 's'] as const,
    ['again', 'refused, and tried again', 'tries'] as const,
  ].map(([sample, name, unit]) => ({
    part: 'storm', group, name: `${offer}: ${name}`, unit, here: `storm.${offer}-${sample}`,
    besides: unit === 'tries' ? {} : { plain: `storm.tls-${sample}` },
  })));
}

/** Whether there is garbage in it, only we can say. */
const idle = (sessions: number, brokers: readonly Broker[]): Plan[] => ([
  ['swept', 'resident, garbage collected'], ['resident', 'resident, as it is'], ['heap', 'heap of V8'],
] as const).map(([sample, name]) => ({
  part: 'idle', group: `Memory of a session, of ${sessions} that are logged in and say nothing`, name, unit: 'KiB',
  ...all(sample === 'resident' ? ['plain', ...brokers] : ['plain'], `idle-${sample}`),
}));

const scaled = (sessions: number, peers: Peers): Plan[] => ([
  ['rate', 'messages', 'a second'], ['p50', 'round trip, median', 'ms'],
] as const).map(([sample, name, unit]) => ({
  part: 'scale', group: 'Sessions, half of which talk two and two, 64 pairs at a time',
  name: `${sessions} sessions: ${name}`, unit, follows: sample === 'p50', ...all(peers, `scale-${sessions}-${sample}`),
}));

export interface Sizes {
  readonly pairs: readonly number[];
  readonly rooms: readonly number[];
  readonly storm: number;
  readonly idle: number;
  readonly scale: readonly number[];
  readonly only: readonly Part[];
}

/** All rows of a run, in their order. */
export function plans(
  { pairs, rooms, storm, idle: sessions, scale, only }: Sizes, brokers: readonly Broker[],
): readonly Plan[] {
  const peers = [...tlsPeers, ...brokers];
  return [
    ...logins('ed25519', 'the same Ed25519', []),
    ...logins('rsa', 'RSA-2048', brokers),
    ...stormOf(storm),
    ...traffic('pair', 'pair', 'Messages of one pair', peers),
    ...pairs.flatMap((many) =>
      traffic('many', `many-${many}`, `Messages of ${many} pairs, each waiting for its answer`, peers)),
    crypto('many', 'one in a record'),
    crypto('pair', 'one of 16 in a record'),
    texts('median', 'p50'),
    texts('99 of 100 below', 'p99'),
    ...rooms.flatMap((size) => inRoom(size, peers)),
    ...rooms.flatMap(agreed),
    ...idle(sessions, brokers),
    ...scale.flatMap((many) => scaled(many, peers)),
  ].filter(({ part }) => only.includes(part));
}
