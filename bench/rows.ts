import { type Plan, plans, type Sizes, type Unit } from './plans.js';
import { type Samples, type Spread, spread } from './statistics.js';

/** What a peer has in the same place. */
export interface Beside {
  readonly tls: Spread;
  /** How many times better this relay is, whether more is better or less; taken round by round. */
  readonly ratio: Spread;
}

/** A line of the result: the same thing measured here and, where the peers have such a thing, there. */
export interface Row {
  readonly group: string;
  readonly name: string;
  readonly unit: Unit;
  readonly here: Spread;
  /** Where it makes no difference whether the peer gathers frames, both are this one. */
  readonly plain: Beside | undefined;
  readonly gathering: Beside | undefined;
  /** The ratio follows from that of another row: no need to draw it. */
  readonly follows: boolean;
  /** The name of its samples, and that of the peer's: what tells it from all others. */
  readonly id: string;
}

/** The rows of the result. Throws where something was not measured. */
export const rows = (samples: Samples, sizes: Sizes): Row[] => plans(sizes).map((plan) => rowOf(samples, plan));

function rowOf(samples: Samples, { group, name, unit, follows = false, ...plan }: Plan): Row {
  const own = samples.of(plan.here);
  const beside = (sample: string | undefined): Beside | undefined => {
    if (sample === undefined) return undefined;
    const other = samples.of(sample).map((value) => value * (plan.share ?? 1));
    const times = own.map((value, round) => value / other[round]!);
    return { tls: spread(other), ratio: spread(unit === 'a second' ? times : times.map((ratio) => 1 / ratio)) };
  };
  const [plain, gathering] = [beside(plan.plain), beside(plan.gathering)];
  return { group, name, unit, here: spread(own), plain, gathering, follows, id: idOf(plan) };
}

const idOf = ({ here, plain }: Pick<Plan, 'here' | 'plain'>): string =>
  (plain?.startsWith('tls-') ? `${here} ${plain.split('.')[0]}` : here);
