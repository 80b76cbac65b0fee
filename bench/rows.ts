import type { Broker } from './brokers/kinds.js';
import { type Plan, plans, type Sizes, type Unit } from './plans.js';
import { type Samples, type Spread, spread } from './statistics.js';
import type { PeerName } from './who.js';

/** What a peer has in the same place. */
export interface Beside {
  readonly peer: PeerName;
  readonly there: Spread;
  /** How many times better this relay is, whether more is better or less; taken round by round. */
  readonly ratio: Spread;
}

/** A line of the result: the same thing measured here and, where the peers have such a thing, there. */
export interface Row {
  readonly group: string;
  readonly name: string;
  readonly unit: Unit;
  readonly here: Spread;
  /** Where it makes no difference whether the peer over TLS gathers frames, both are `plain`. */
  readonly besides: readonly Beside[];
  /** The ratio follows from that of another row: no need to draw it. */
  readonly follows: boolean;
  /** The name of its samples, and that of the peer's: what tells it from all others. */
  readonly id: string;
}

export const besideOf = ({ besides }: Pick<Row, 'besides'>, peer: PeerName): Beside | undefined =>
  besides.find((beside) => beside.peer === peer);

/** The rows of the result. Throws where something was not measured. */
export const rows = (samples: Samples, sizes: Sizes, brokers: readonly Broker[]): Row[] =>
  plans(sizes, brokers).map((plan) => rowOf(samples, plan));

function rowOf(samples: Samples, { group, name, unit, follows = false, ...plan }: Plan): Row {
  const own = samples.of(plan.here);
  const beside = ([peer, sample]: [string, string]): Beside[] => {
    const other = samples.of(sample).map((value) => value * (plan.share ?? 1));
    // There was no way to know.
    if (other.some(Number.isNaN)) return [];
    const times = own.map((value, round) => value / other[round]!);
    const ratio = spread(unit === 'a second' ? times : times.map((ratio) => 1 / ratio));
    return [{ peer: peer as PeerName, there: spread(other), ratio }];
  };
  const besides = Object.entries(plan.besides).flatMap(beside);
  return { group, name, unit, here: spread(own), besides, follows, id: idOf(plan) };
}

const idOf = ({ here, besides: { plain } }: Pick<Plan, 'here' | 'besides'>): string =>
  (plain?.startsWith('tls-') ? `${here} ${plain.split('.')[0]}` : here);
